"""A transport whose `close` has a deadline.

asyncio's `close` waits until the peer has read what is left to say. A peer that never does keeps its
descriptor and its place among the server's connections for ever, and where little is left, so little that
writing was never paused, no send timeout watches it.
"""

from __future__ import annotations

import asyncio
from typing import cast

from topowave.wire import limits


class _ClosingTransport:
    """What a protocol is given in place of its transport; all but `close` is the transport's own."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        # Looked up with each frame, so they are attributes: not a call more than without this class.
        self.write = transport.write
        self.is_closing = transport.is_closing

    def __getattr__(self, name: str) -> object:
        return getattr(self._transport, name)

    def close(self) -> None:
        """Close once the peer has read what is left, or in SEND_TIMEOUT."""
        self._transport.close()
        if self._transport.get_write_buffer_size():
            asyncio.get_running_loop().call_later(limits.SEND_TIMEOUT, self._transport.abort)


def closing_in_time(transport: asyncio.Transport) -> asyncio.Transport:
    """Return a transport that closes within SEND_TIMEOUT, whatever its peer does."""
    return cast("asyncio.Transport", _ClosingTransport(transport))
