"""The WebSocket `/session`: sessions for pages, each with a process of its own.

A server has one `Sessions`, whose `serve` answers each WebSocket at `PATH`, and closes it when it stops. Who
may ask at all is said by the guard before the server, as for every other address.
`docs/reference/session-protocol.md` describes what is said.
"""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from starlette.websockets import WebSocket

from topowave.sessions.live_session import LiveSession, refused
from topowave.sessions.outlet import Outlet
from topowave.sessions.process import SessionLimits
from topowave.sessions.protocol import AnyAsk, AskError, Close, Network, Open, Resume, Stop, read_ask, refusal
from topowave.translation import sentence_of, text
from topowave.translation.text import Text

PATH = "/session"
"""Where sessions are on a server."""


class Sessions:
    """All sessions of a server.

    Args:
        bounds: what they may take.
        own_classes: whether a page may bring a class of its own. It is a program, which runs with the rights
            of the server; so only where nobody can ask but who may run programs here anyway.
    """

    def __init__(self, bounds: SessionLimits | None = None, *, own_classes: bool = False) -> None:
        self.bounds = bounds or SessionLimits()
        self.own_classes = own_classes
        self.live: dict[str, LiveSession] = {}
        """Those that run, by name."""
        self.pages = 0
        """WebSockets that are open."""

    async def serve(self, websocket: WebSocket) -> None:
        """Answer one page until it leaves; its session then waits a while for it."""
        await websocket.accept()
        self.pages += 1
        try:
            await self._answer(websocket)
        finally:
            self.pages -= 1

    async def _answer(self, websocket: WebSocket) -> None:
        visit = _Visit(self, Outlet(websocket))
        visit.prepare()
        loop = asyncio.get_running_loop()
        tasks: list[asyncio.Task[Any]] = [
            loop.create_task(visit.outlet.push()),
            loop.create_task(visit.outlet.lost.wait()),
            loop.create_task(visit.answer_all(websocket)),
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            found: list[Any] = await asyncio.gather(*tasks, return_exceptions=True)
            await visit.leave()
        await visit.outlet.hang_up("")
        for each in found:
            if isinstance(each, Exception):
                raise each

    async def begin(self) -> LiveSession | None:
        """Return a new session; None if there are too many.

        Where all places are taken, that of the session goes first which has waited longest for its page.
        """
        if len(self.live) >= self.bounds.sessions:
            left = [each for each in self.live.values() if each.left_s is not None]
            if not left:
                return None
            await min(left, key=lambda each: each.left_s or 0.0).end(text("another page needed its place"))
        return self.begin_if_room()

    def begin_if_room(self) -> LiveSession | None:
        """Return a new session; None if there are as many as there may be."""
        if len(self.live) >= self.bounds.sessions:
            return None
        made = LiveSession(self.bounds, self._forget)
        self.live[made.name] = made
        return made

    def _forget(self, session: LiveSession) -> None:
        self.live.pop(session.name, None)

    async def close(self) -> None:
        """End them all."""
        ends = [each.end(text("the server stops"), told=False) for each in self.live.values()]
        await asyncio.gather(*ends)


class _Visit:
    """One WebSocket, and the session that it has.

    A process takes a second to start, so one is started as soon as a page is there, for what it will open.
    """

    def __init__(self, sessions: Sessions, outlet: Outlet) -> None:
        self.outlet = outlet
        self.session: LiveSession | None = None
        self._sessions = sessions
        self._prepared: LiveSession | None = None

    def prepare(self) -> None:
        """Start the process of the next session, if there is room for one more."""
        if self._prepared is None or self._prepared.over:
            self._prepared = self._sessions.begin_if_room()

    async def leave(self) -> None:
        """Let the session wait for its page; one that was never opened ends."""
        if self.session is not None and not self.session.free:
            self.session.detach(self.outlet)
        elif self.session is not None:
            await self.session.end(text("its page has not opened it"))
        await self._forget_prepared()

    async def _forget_prepared(self) -> None:
        prepared, self._prepared = self._prepared, None
        if prepared is not None:
            await prepared.end(text("its page has not opened it"))

    async def answer_all(self, websocket: WebSocket) -> None:
        """Take asks until the page leaves."""
        while (event := await websocket.receive())["type"] == "websocket.receive":
            frame: bytes = event.get("bytes") or (event.get("text") or "").encode()
            try:
                ask = read_ask(frame)
            except AskError as error:
                await self.outlet.send(refusal(error.id, [sentence_of(error)]))
            else:
                await self._take(ask, frame)

    async def _take(self, ask: AnyAsk, frame: bytes) -> None:
        problem = await self._make_ready(ask)
        if problem is not None:
            await self._refuse(ask, problem)
            return
        session = self.session
        if session is None or session.over:
            await self._refuse(ask, text("no session is open; the first ask is `open`"))
        elif isinstance(ask, Close):
            self.session = None
            await session.end(text("its page has closed it"))
            await self.outlet.send(msgspec.json.encode({"id": ask.id, "at": session.at}))
        elif isinstance(ask, Stop):
            for each in session.stop():
                await self._refuse(each, text("it was stopped"))
            await self.outlet.send(msgspec.json.encode({"id": ask.id, "at": session.at}))
        elif not session.take(ask, frame):
            await self._refuse(ask, text("too many asks wait; ask again when some have been answered"))

    async def _make_ready(self, ask: AnyAsk) -> Text | None:
        """Have the session that an ask begins or needs; returns why not."""
        if isinstance(ask, Open):
            if ask.file is not None and not self._sessions.own_classes:
                return text("classes of one's own do not run on this server; run `topowave lab`")
            return await self._open()
        if isinstance(ask, Resume):
            return await self._resume(ask)
        if isinstance(ask, Network) and (self.session is None or self.session.over):
            return await self._open()
        return None

    async def _open(self) -> Text | None:
        """Have a new session; returns why not."""
        former, self.session = self.session, None
        if former is not None and not former.free:
            await former.end(text("its page has opened another one"))
            former = None
        prepared, self._prepared = former or self._prepared, None
        ready = prepared is not None and prepared.free
        self.session = prepared if ready else await self._sessions.begin()
        if self.session is None:
            most = self._sessions.bounds.sessions
            return text("all places for sessions are taken ({most}); close one", most=most)
        await self.session.attach(self.outlet)
        return None

    async def _resume(self, ask: Resume) -> Text | None:
        """Have a session that is there; returns why not."""
        found = self._sessions.live.get(ask.session)
        if found is None or found.over:
            return text("there is no such session any more; open another one")
        if self.session is not None and self.session is not found:
            await self.session.end(text("its page has another one"))
        self.session = found
        await found.attach(self.outlet)
        await self._forget_prepared()
        return None

    async def _refuse(self, ask: AnyAsk, problem: str) -> None:
        await self.outlet.send(refused(ask, problem))
