"""Foreign nodes: programs that know only the plain frames, as a student would write them in any language."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve

from tests.unit.nodes.lab import Lab

Frame = dict[str, Any]


class ForeignNode:
    """A node of a tree: a new connection for every frame, no wave ids, waves told apart by their purpose."""

    host = "127.0.0.1"

    def __init__(self, name: str, port: int, children: Iterable[str] = ()) -> None:
        self.name, self.port, self.children = name, port, list(children)
        self.heard: list[Frame] = []
        self.parent: dict[str | None, str] = {}
        self.replies: dict[str | None, list[Frame]] = {}

    async def serve(self, connection: ServerConnection) -> None:
        async for text in connection:
            frame = json.loads(text)
            self.heard.append(frame)
            purpose = frame.get("purpose")
            if frame["route"] == "echo":
                self.parent[purpose], self.replies[purpose] = frame["sender"], []
                for child in self.children:
                    await self.send(child, {"route": "echo", "sender": self.url}, purpose)
            elif frame["route"] == "echo_back":
                self.replies[purpose].append(frame["payload"])
            elif frame["route"] == "finn":
                known = {key: [*frame[key], self.port] for key in ("inc", "ninc")}
                for child in self.children:
                    await self.send(child, {"route": "finn", "sender": self.url, **known})
                continue
            if len(self.replies[purpose]) == len(self.children):
                payload = {"name": self.name, "port": self.port, "cpu": 4, "load": 3}
                payload = payload | {"children": self.replies.pop(purpose)}
                back = {"route": "echo_back", "payload": payload, "sender": self.url}
                await self.send(self.parent.pop(purpose), back, purpose)

    async def send(self, url: str, frame: Frame, purpose: str | None = None) -> None:
        async with connect(url, proxy=None) as connection:
            await connection.send(json.dumps(frame | ({"purpose": purpose} if purpose else {})))

    @property
    def url(self) -> str:
        return f"ws://{self.host}:{self.port}/ws"


class SilentNode(ForeignNode):
    """It takes every frame and never answers."""

    async def serve(self, connection: ServerConnection) -> None:
        async for text in connection:
            self.heard.append(json.loads(text))


class SlowNode(ForeignNode):
    """It answers only when it is told to."""

    def __init__(self, name: str, port: int, children: Iterable[str] = ()) -> None:
        super().__init__(name, port, children)
        self.may_answer = asyncio.Semaphore(0)

    async def send(self, url: str, frame: Frame, purpose: str | None = None) -> None:
        await self.may_answer.acquire()
        await super().send(url, frame, purpose)


@asynccontextmanager
async def joining(lab: Lab, name: str, kind: type[ForeignNode] = ForeignNode) -> AsyncGenerator[ForeignNode]:
    """Run a foreign node at its place in the lab's tree."""
    lab.listeners[name].close()
    node = kind(name, lab.port(name), [lab.ws(child) for child in lab.topology.node(name).children])
    node.host = lab.topology.node(name).host or node.host
    async with serve(node.serve, node.host, node.port):
        yield node
