"""Agents, started by the real command in processes of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from tests.support.waiting import PATIENCE_S


class StartedAgent:
    """An agent in a process of its own.

    Args:
        port: of its controller, on this machine.
        options: further ones of the command.
        name: the agent's.

    Attributes:
        process: the agent's parent.
        lines: what it has said so far.
    """

    def __init__(self, port: int, *options: str, name: str = "one") -> None:
        command = [sys.executable, "-m", "topowave", "agent", "--controller", str(port), "--name", name]
        self.process = subprocess.Popen([*command, *options], stderr=subprocess.PIPE, text=True)
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.lines.append(line.rstrip("\n"))

    def says(self, text: str) -> Callable[[], bool]:
        """Return what looks whether it has said so."""
        return lambda: any(text in line for line in self.lines)

    def children(self) -> set[int]:
        """Return the processes that it has started: its link, and what it runs."""
        listing = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return set(map(int, listing.read_text().split()))

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.process.pid, number)

    def ended(self) -> int:
        """Return its exit code, once it has ended."""
        return self.process.wait(PATIENCE_S)

    def end(self) -> None:
        """Kill it, if it has not ended."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(PATIENCE_S)
        self._reader.join()
        assert self.process.stderr is not None
        self.process.stderr.close()


@contextmanager
def started_agent(port: int, *options: str, name: str = "one") -> Generator[StartedAgent]:
    """Run an agent until the context ends; then Ctrl-C, and what has not ended by then is killed."""
    agent = StartedAgent(port, *options, name=name)
    try:
        yield agent
    finally:
        if agent.process.poll() is None:
            agent.signal(signal.SIGINT)
        try:
            agent.ended()
        finally:
            agent.end()
