"""A node that is cut off: it lives and answers people, but for a while no neighbour reaches it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection
from contextlib import suppress

from starlette.websockets import WebSocket, WebSocketDisconnect

from topowave.nodes.links.peers import Peer
from topowave.web.owned_tasks import OwnedTasks

_log = logging.getLogger(__name__)


class Partition:
    """Cuts a node's links, in both directions, and repairs them after a time.

    Args:
        peers: the neighbours.
        changed: called whenever the links are cut or repaired.

    Attributes:
        active: whether the node is cut off now: a frame of a neighbour is to end its connection.
        heard: the connections on which neighbours have spoken.
    """

    def __init__(self, peers: Collection[Peer], changed: Callable[[], None]) -> None:
        self._peers = peers
        self._changed = changed
        self._repair_timer: asyncio.TimerHandle | None = None
        self._closing = OwnedTasks(_log)
        self.active = False
        self.heard: set[WebSocket] = set()

    def begin(self, seconds: float) -> None:
        """Cut all links for so long; a node that is cut off already is cut off for so long from now."""
        if self._repair_timer is not None:
            self._repair_timer.cancel()
        self._repair_timer = asyncio.get_running_loop().call_later(seconds, self.end)
        self.active = True
        for peer in self._peers:
            peer.partition()
        for connection in self.heard:
            self._closing.start("Closing a neighbour's connection", _close(connection))
        self._changed()

    def end(self) -> None:
        """Repair the links."""
        if self._repair_timer is not None:
            self._repair_timer.cancel()
            self._repair_timer = None
        if self.active:
            self.active = False
            for peer in self._peers:
                peer.repair()
            self._changed()

    async def close(self) -> None:
        """Forget it all; the links are closed by who owns them."""
        if self._repair_timer is not None:
            self._repair_timer.cancel()
        await self._closing.finish()


async def _close(connection: WebSocket) -> None:
    with suppress(RuntimeError, WebSocketDisconnect):  # it is being closed already
        await connection.close(1001, "cut off")
