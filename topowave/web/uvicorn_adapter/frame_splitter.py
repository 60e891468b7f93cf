"""Text frames of WebSockets (RFC 6455, section 5), written and cut out directly; the rest is the library's.

A message between nodes is one unfragmented text frame; to write or read it takes a few bytes before the text.
"""

from __future__ import annotations

import enum
import random
from collections.abc import Iterator

try:
    from websockets.speedups import apply_mask
except ImportError:  # where websockets is installed without its C extension
    from websockets.utils import apply_mask

TEXT = 0x81
"""First byte of an unfragmented text frame without extensions."""
SHORTEST = 8
"""Bytes of the shortest frame that is looked at at once: its head, however long that is, is complete."""
MASKED = 0x80
"""Bit of the second byte that says that a mask follows."""
FINAL = 0x80
"""Bit of the first byte that says that the message ends here."""
CONTROL = 0x08
"""Bit of the opcode that control frames have."""
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


class Cut(enum.Enum):
    """What a piece is: the text of a frame, or bytes that the library has to look at."""

    TEXT = enum.auto()
    OTHER = enum.auto()


class Splitter:
    """Cuts what a client sends into the texts of text frames, and the rest.

    A frame that is no plain text frame is passed on whole, so the library always stands between two frames.
    After the first fragment, and the first frame that is too long or not masked, all goes to the library.

    Args:
        most: the longest frame to wait for, in bytes.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._rest = b""
        self._given_up = False

    def whole(self, data: bytes) -> bytes | None:
        """Return the text where `data` is just one text frame of ASCII, as it mostly is; else None."""
        if self._rest or self._given_up or len(data) < SHORTEST or data[0] != TEXT:
            return None
        length, body = data[1] - MASKED, 6
        if length == EIGHT_BYTES:
            return None
        if length == TWO_BYTES:
            length, body = int.from_bytes(data[2:4], "big"), 8
        if len(data) - body != length or length > self._most:
            return None
        text = apply_mask(data[body:], data[body - 4 : body])
        return text if text.isascii() else None

    def split(self, data: bytes) -> Iterator[tuple[Cut, bytes]]:
        """Yield the pieces that are complete; the beginning of a frame is kept until the rest of it comes."""
        if self._given_up:
            yield Cut.OTHER, data
            return
        if self._rest:
            data = self._rest + data
            self._rest = b""
        at, end = 0, len(data)
        while end - at >= 2:
            first, second = data[at], data[at + 1]
            length = second & 0x7F
            body = at + 6
            if length >= TWO_BYTES:
                wide = 2 if length == TWO_BYTES else 8
                body += wide
                if end < body:
                    break
                length = int.from_bytes(data[at + 2 : at + 2 + wide], "big")
            if not second & MASKED or length > self._most or not (first & FINAL or first & CONTROL):
                self._given_up = True
                yield Cut.OTHER, data[at:]
                return
            stop = body + length
            if end < stop:
                break
            if first == TEXT:
                text = apply_mask(data[body:stop], data[body - 4 : body])
                if text.isascii():
                    yield Cut.TEXT, text
                else:
                    yield Cut.OTHER, data[at:stop]
            else:
                yield Cut.OTHER, data[at:stop]
            at = stop
        self._rest = data[at:]
