"""A real lab that has something to do: a tree of nodes, and tasks that come and end at a steady rate."""

from __future__ import annotations

import itertools
import json
import tempfile
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from benchmarks.contestants import PATIENCE_S, Ours
from topowave.tasks.attributes import Attributes
from topowave.topology import Topology, generate, write_topology

BASE_PORT = 23_000
TASK_S = 3.0
"""How long each task runs (s), so some 3 times the rate run at a time."""
ORDERS_A_SECOND = 10
"""Requests a second among which the tasks are divided."""
KINDS = (
    Attributes(category="build"),
    Attributes(category="test", priority="low"),
    Attributes(category="deploy", priority="high"),
    Attributes(category="report"),
    Attributes(priority="critical"),
)
"""What tasks are, in turn."""


class Lab(Ours):
    """A lab with its page."""

    def __init__(self, folder: Path, processes: int, *words: str) -> None:
        super().__init__(folder, processes, words=words)
        said = json.loads(self.said)
        self.balancer_url: str = said["balancer"]
        self.page_url = f"http://127.0.0.1:{json.loads((folder / 'config.json').read_text())['page_port']}"
        self.balancer_pid = self._balancer_pid()

    def get(self, path: str) -> Any:
        """Return what the balancer answers."""
        return self._client.get(path).raise_for_status().json()

    def _balancer_pid(self) -> int:
        memory = self.get("/figures")["system"]["memory"]
        return next(int(each["pid"]) for each in memory if each["name"] == "balancer")


def tree(nodes: int) -> Topology:
    """Return the network of such a lab."""
    return generate("binary", nodes=nodes, seed=1, base_port=BASE_PORT + 2)


@contextmanager
def lab(nodes: int, *words: str, processes: int = 2, **settings: object) -> Generator[Lab]:
    """Start a lab of a binary tree.

    Args:
        nodes: how many.
        words: what `topowave up` is told besides.
        processes: that share the nodes.
        settings: other than the usual.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_topology(tree(nodes), folder / "topology.json")
        ports = {"balancer_port": BASE_PORT, "page_port": BASE_PORT + 1}
        (folder / "config.json").write_text(json.dumps({**ports, **settings}))
        running = Lab(folder, processes, *words)
        try:
            yield running
        finally:
            running.stop()


@contextmanager
def busy(url: str, rate: int) -> Generator[None]:
    """Let so many tasks come every second while the `with` block runs; as many end, a little later."""
    over = threading.Event()
    failures: list[Exception] = []

    def submit() -> None:
        began_s = time.monotonic()
        given = 0
        with httpx.Client(base_url=url, timeout=PATIENCE_S) as client:
            for turn in itertools.count():
                if over.wait(1 / ORDERS_A_SECOND):
                    return
                due = round((time.monotonic() - began_s) * rate) - given
                if due <= 0:
                    continue
                kind = KINDS[turn % len(KINDS)]
                order = {
                    "count": due,
                    "duration": TASK_S,
                    "category": kind.category,
                    "priority": kind.priority,
                }
                try:
                    client.post("/tasks", json=order).raise_for_status()
                except httpx.HTTPError as error:
                    failures.append(error)
                    return
                given += due

    thread = threading.Thread(target=submit)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
    if failures:
        raise failures[0]
