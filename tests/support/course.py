"""Stand-ins for the lab course's own programs: its node, its balancer and its page, as a stranger meets them.

They are small real servers and clients that behave as those programs do, clumsiness included: a connection is
opened for a frame and closed; the handler of `/ws` returns after one frame; `sender` is `http://host:PORT/ws`
and means "a WebSocket there"; a purpose that there is none of is ""; one wave at a time is remembered; tasks
are added by `GET /add_task`; `POST /rebalance` moves one task and does not say so.
"""

from __future__ import annotations

import json
import socket
from collections.abc import AsyncGenerator, Collection
from contextlib import asynccontextmanager
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp
from starlette.websockets import WebSocket, WebSocketDisconnect
from websockets.asyncio.client import ClientConnection, connect

Frame = dict[str, Any]

SILENCE = httpx.Timeout(10.0)


async def send(url: str, frame: Frame) -> None:
    """Send a frame as the course does: on a connection of its own; whether it arrives is nobody's concern."""
    try:
        async with connect(url.replace("http:", "ws:"), proxy=None) as connection:
            await connection.send(json.dumps(frame))
    except (OSError, TimeoutError):
        pass


@asynccontextmanager
async def served(app: ASGIApp, port: int) -> AsyncGenerator[None]:
    """Run an app with uvicorn's own defaults on 127.0.0.1."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(100)
    config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", ws="websockets-sansio")
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup(sockets=[listener])
    try:
        yield
    finally:
        await server.shutdown(sockets=[listener])
        listener.close()


class CourseNode:
    """The course's node.

    Args:
        name, port, cpu: as its command line has them.
        children: the ports of its children.
        has_parent: whether it has a parent.
        load: its tasks at the beginning.

    Attributes:
        heard: every frame that came in, in order.
    """

    def __init__(
        self, name: str, port: int, cpu: int = 4, children: Collection[int] = (), load: int = 0
    ) -> None:
        self.name, self.port, self.cpu, self.children, self.load = name, port, cpu, list(children), load
        self.heard: list[Frame] = []
        self.asked: list[str] = []
        self._parent = ""
        self._back: Frame | None = None
        self._inc = {port}
        self._ninc: set[int] = set()
        self.app = Starlette(
            routes=[
                WebSocketRoute("/ws", self._ws),
                Route("/add_task", self._add_task, methods=["GET"]),
                Route("/rebalance", self._rebalance, methods=["POST"]),
                Route("/specs", self._specs, methods=["GET"]),
            ]
        )

    def specs(self) -> Frame:
        """Return what it says of itself."""
        own = {"name": self.name, "load": self.load, "cpu": self.cpu}
        return own | {"children": self.children, "port": self.port}

    async def _ws(self, websocket: WebSocket) -> None:
        await websocket.accept()
        try:
            frame = json.loads(await websocket.receive_text())
        except WebSocketDisconnect:
            return
        self.heard.append(frame)
        if frame["route"] == "echo":
            await self.on_echo(frame)
        elif frame["route"] == "echo_back":
            await self._on_echo_back(frame)
        elif frame["route"] == "finn":
            await self._on_finn(frame)

    async def on_echo(self, frame: Frame) -> None:
        """Pass an echo on to the children; a leaf answers."""
        self._parent = frame["sender"]
        purpose = frame.get("purpose", "")
        for port in self.children:
            await self.send(self._url(port), {"route": "echo", "payload": self.specs(), "purpose": purpose})
        if not self.children:
            back = {"route": "echo_back", "payload": self.specs(), "purpose": purpose}
            await self.send(self._parent, back)

    async def _on_echo_back(self, frame: Frame) -> None:
        if self._back is None:
            self._back = self.specs() | {"children": []}
        found: list[Frame] = self._back["children"]
        found.append(frame["payload"])
        if len(found) == len(self.children):
            back = {"route": "echo_back", "payload": self._back, "purpose": frame.get("purpose", "")}
            await self.send(self._parent, back)
            self._back = None

    async def _on_finn(self, frame: Frame) -> None:
        self._inc.update(frame["inc"])
        self._ninc.update(frame["ninc"])
        self._ninc.add(self.port)
        if self._inc == self._ninc:
            self.load += 1
        packet = {"route": "finn", "inc": list(self._inc), "ninc": list(self._ninc)}
        for port in self.children:
            await self.send(self._url(port), dict(packet))
        self._inc, self._ninc = {self.port}, set()

    async def send(self, url: str, frame: Frame) -> None:
        """Send a frame in its own name."""
        await send(url, frame | {"sender": self._url(self.port)})

    async def _add_task(self, request: Request) -> Response:
        self.asked.append(request.method)
        self.load += 1
        return JSONResponse({"status": "ok"})

    async def _rebalance(self, request: Request) -> Response:
        if self.load < 1:
            return JSONResponse({"status": "error"})
        target = request.query_params["target"]
        async with httpx.AsyncClient(trust_env=False, timeout=SILENCE) as http:
            await http.get(f"http://localhost:{target}/add_task")
        self.load -= 1
        return JSONResponse({"status": "ok"})

    async def _specs(self, _: Request) -> Response:
        return JSONResponse(self.specs())

    def _url(self, port: int) -> str:
        return f"http://localhost:{port}/ws"


class CourseBalancer:
    """The course's balancer.

    Args:
        port: its own.
        root: the port of the root.
        max_cpu: percent of cpu from which a node is to give.
    """

    def __init__(self, port: int, root: int, max_cpu: float = 75) -> None:
        self.port, self.root, self.max_cpu = port, root, max_cpu
        self.trees: list[Frame] = []
        self.answers: list[Frame] = []
        self._clients: list[WebSocket] = []
        self.app = Starlette(
            routes=[
                WebSocketRoute("/ws", self._ws),
                Route("/echo_ws", self._echo_ws, methods=["GET"]),
                Route("/finn_ws", self._finn_ws, methods=["GET"]),
                Route("/avg-disbalance", self._disbalance, methods=["GET"]),
            ]
        )

    @property
    def url(self) -> str:
        """Where it wants to be answered."""
        return f"http://localhost:{self.port}/ws"

    async def round(self) -> None:
        """Begin a round of rebalancing, as its thread does every few seconds."""
        await self._ask({"route": "echo", "purpose": "rebalance"}, self.url)

    async def finn(self) -> None:
        """Begin a Finn wave: nobody answers it, so its sender is empty."""
        await self._ask({"route": "finn", "inc": [], "ninc": []}, "")

    async def _ask(self, frame: Frame, receiver: str) -> None:
        await send(f"http://localhost:{self.root}/ws", frame | {"sender": receiver})

    async def _ws(self, websocket: WebSocket) -> None:
        await websocket.accept()
        self._clients.append(websocket)
        try:
            while True:
                text = await websocket.receive_text()
                frame = json.loads(text)
                self.trees.append(frame)
                if frame.get("purpose") == "rebalance":
                    await self._rebalance(frame["payload"])
                    return  # and hears nothing more on this connection
                for client in [client for client in self._clients if client is not websocket]:
                    try:
                        await client.send_text(text)
                    except (RuntimeError, WebSocketDisconnect):
                        self._clients.remove(client)
        except WebSocketDisconnect:
            pass

    async def _rebalance(self, tree: Frame) -> None:
        nodes, waiting = list[Frame](), [tree]
        while waiting:
            nodes.append(waiting.pop())
            waiting.extend(nodes[-1].get("children", []))
        free = sorted(nodes, key=lambda node: node["load"] - node["cpu"])
        async with httpx.AsyncClient(trust_env=False, timeout=SILENCE) as http:
            for node in nodes:
                if node["load"] >= int(node["cpu"] / 100 * self.max_cpu):
                    target = free.pop(0)["port"]
                    url = f"http://localhost:{node['port']}/rebalance?target={target}"
                    self.answers.append((await http.post(url)).json())

    async def _echo_ws(self, request: Request) -> Response:
        await self._ask({"route": "echo"}, request.query_params["receiver"])
        return JSONResponse({"status": "success"})

    async def _finn_ws(self, _: Request) -> Response:
        await self.finn()
        return JSONResponse({"status": "success"})

    async def _disbalance(self, _: Request) -> Response:
        cpu = load = 0
        waiting = [self.root]
        async with httpx.AsyncClient(trust_env=False, timeout=SILENCE) as http:
            while waiting:
                found = (await http.get(f"http://localhost:{waiting.pop()}/specs")).json()
                cpu, load = cpu + found["cpu"], load + found["load"]
                waiting.extend(found["children"])
        return JSONResponse({"load": load / cpu})


class CoursePage:
    """The course's page: it listens on the balancer's `/ws` and asks for an echo wave again and again.

    Args:
        balancer: the balancer's port.
        origin: where the page itself comes from.
    """

    def __init__(self, balancer: int, origin: str = "http://localhost:3000") -> None:
        self._balancer, self._origin = balancer, origin

    @asynccontextmanager
    async def opened(self) -> AsyncGenerator[ClientConnection]:
        """Open its connection."""
        url = f"ws://localhost:{self._balancer}/ws"
        async with connect(url, proxy=None, origin=self._origin) as connection:  # type: ignore[arg-type]
            yield connection

    async def refresh(self, connection: ClientConnection) -> Frame:
        """Ask for the tree, and return what it draws."""
        receiver = f"ws://localhost:{self._balancer}/ws"
        headers = {"origin": self._origin, "accept": "application/json"}
        async with httpx.AsyncClient(trust_env=False, timeout=SILENCE, headers=headers) as http:
            url = f"http://localhost:{self._balancer}/echo_ws"
            answer = await http.get(url, params={"receiver": receiver})
        # Without this header a browser keeps the answer from the page.
        assert answer.headers.get("access-control-allow-origin") in {self._origin, "*", None}
        answer.json()
        while True:
            frame = json.loads(await connection.recv())
            if "payload" in frame:
                tree: Frame = frame["payload"]
                return tree
