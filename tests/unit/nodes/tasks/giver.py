"""One node's tasks and moves on a journal of its own, and another node, of which only the answers are."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from tests.unit.wire.peers import raw
from topowave.nodes.tasks import migration
from topowave.nodes.tasks.migration import Target, TaskMigration
from topowave.nodes.tasks.node_tasks import NodeTasks
from topowave.nodes.tasks.scripts import ScriptRunner
from topowave.tasks import LabTask, TaskCounts, journal_at, reader_at
from topowave.tasks.store.sqlite import make_journal
from topowave.topology import LabConfig
from topowave.wire import limits
from topowave.wire.addresses import Address
from topowave.wire.http_client import bounded_client

Answer = str | int | None
"""What a scripted node says: an answer, a status, or nothing for ever."""


PATIENT_S, GIVES_UP_S = 60.0, 0.2
"""How long a move may take, and when a question that nobody answers is given up (s)."""


def give_up_soon(monkeypatch: pytest.MonkeyPatch, after_s: float = GIVES_UP_S) -> None:
    """Give up questions soon, but not moves: so what is done then is not cut short on a slow machine."""

    def client(_: float, *, headers: Mapping[str, str]) -> httpx.AsyncClient:
        return bounded_client(after_s, headers=headers)

    monkeypatch.setattr(limits, "MOVE_TIMEOUT", PATIENT_S)
    monkeypatch.setattr(migration, "bounded_client", client)


class Scripted:
    """Another node, of which only the answers are there."""

    def __init__(self, say: Callable[[str], Answer]) -> None:
        self.say = say
        self.asked: list[str] = []
        self.counts: list[int] = []
        self.port = 0

    def target(self, *, foreign: bool = False) -> Target:
        return Target("other", Address("127.0.0.1", self.port), foreign)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := (await reader.readuntil(b"\r\n\r\n")).decode():
            method, path, _ = head.split("\r\n")[0].split()
            length = next((line for line in head.lower().split("\r\n") if "content-length" in line), ":0")
            body = await reader.readexactly(int(length.split(":")[1]))
            if body:
                self.counts.append(json.loads(body)["count"])
            self.asked.append(f"{method} {path}")
            said = self.say(path)
            if said is None:
                await asyncio.Event().wait()
            if said == "die":
                return
            status, text = (said, "") if isinstance(said, int) else (200, json.dumps({"answer": said}))
            if said == "nonsense":
                text = "<html>"
            writer.write(f"HTTP/1.1 {status} x\r\nContent-Length: {len(text)}\r\n\r\n{text}".encode())
            await writer.drain()


@asynccontextmanager
async def scripted(*said: Answer) -> AsyncGenerator[Scripted]:
    """Run a node that gives these answers, the last one again and again."""
    left = list(said)
    node = Scripted(lambda _: left.pop(0) if len(left) > 1 else left[0])

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await node.talk(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            return

    async with raw(talk) as port:
        node.port = port
        yield node


class Giver:
    """One node's tasks and moves on a journal of its own."""

    def __init__(self, tasks: NodeTasks, path: Path) -> None:
        self.tasks = tasks
        self.queue = tasks.queue
        self.migration = TaskMigration("a", tasks, tasks.executor.proceed)
        self.path = path

    def id(self, number: int) -> str:
        """The id of the task that was added as this one."""
        return f"{self.tasks.incarnation_id}.{number}"

    def end_all(self) -> None:
        """Let the time of all running tasks be over."""
        for each in self.queue.ids()[: self.queue.counts().running]:
            self.tasks.executor.finish(LabTask(each))

    def task_counts(self) -> TaskCounts:
        reader = reader_at(self.path)
        try:
            return reader.counts()
        finally:
            reader.close()


@asynccontextmanager
async def giver(
    folder: Path, count: int = 5, incarnation: int = 1, runs: float | None = None
) -> AsyncGenerator[Giver]:
    """Run one node's tasks: on two cores, for `runs` seconds each; None: they wait, so that all can move."""
    path = folder / "journal.db"
    if not path.exists():
        make_journal(path)
    async with journal_at(path) as journal:
        scripts = ScriptRunner(LabConfig(), 1)
        tasks = NodeTasks("a", 2, incarnation, journal, runs or 60, lambda: None, scripts)
        if runs is None:
            tasks.executor.stop()
        tasks.recover()
        await tasks.ready()
        if count:
            await tasks.add(count)
        found = Giver(tasks, path)
        try:
            yield found
        finally:
            await found.migration.close()
            assert found.task_counts().conserved
