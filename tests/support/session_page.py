"""A page that asks a session over its WebSocket, and a server that has nothing but sessions."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from websockets.asyncio.client import ClientConnection, connect

from tests.support.waiting import PATIENCE_S
from tests.unit.nodes.lab import listener
from topowave.sessions.process import SessionLimits
from topowave.sessions.server import PATH, Sessions
from topowave.web.uvicorn_adapter.server import serving

Frame = dict[str, Any]
PATIENT = SessionLimits(stuck_s=60.0, open_s=110.0)
"""For tests of anything but deadlines: a machine that stalls ends no session."""


@dataclass
class SessionPage:
    """What a page does, one ask after the other; `pushed` are the frames that nobody asked for."""

    socket: ClientConnection
    pushed: list[Frame] = field(default_factory=list[Frame])
    ids: count[int] = field(default_factory=lambda: count(1))

    async def ask(self, do: str, **fields: object) -> Frame:
        """Return the answer to an ask."""
        return await self.answer_to(await self.send(do, **fields))

    async def send(self, do: str, **fields: object) -> int:
        """Ask, and do not wait; returns the id."""
        number = next(self.ids)
        await self.socket.send(json.dumps({"id": number, "do": do, **fields}))
        return number

    async def answer_to(self, number: int) -> Frame:
        """Return the answer with this id, which has to be the next one."""
        while "id" not in (frame := await self.next()):
            self.pushed.append(frame)
        assert frame["id"] == number
        return frame

    async def next(self) -> Frame:
        """Return the next frame."""
        async with asyncio.timeout(PATIENCE_S):
            found: Frame = json.loads(await self.socket.recv())
        return found


@asynccontextmanager
async def page_at(url: str, **options: Any) -> AsyncGenerator[SessionPage]:
    """Open a page's WebSocket."""
    async with connect(url, max_size=None, **options) as socket:
        yield SessionPage(socket)


@asynccontextmanager
async def session_server(
    bounds: SessionLimits = PATIENT, *, own_classes: bool = True
) -> AsyncGenerator[tuple[str, Sessions]]:
    """Serve sessions alone; gives their address, and the sessions."""
    sessions = Sessions(bounds, own_classes=own_classes)
    app = Starlette(routes=[WebSocketRoute(PATH, sessions.serve)])
    bound = listener()
    async with serving(app, bound):
        yield f"ws://127.0.0.1:{bound.getsockname()[1]}{PATH}", sessions
        await sessions.close()
