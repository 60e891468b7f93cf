"""The two that are compared: a lab of Topowave's, and the raw TCP tree on the same network."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx

from benchmarks.probes import children
from benchmarks.raw_tree import count

PATIENCE_S = 60.0
"""How long either side may take for anything (s)."""
LOOK_INTERVAL_S = 0.05
"""Time before each look whether a wave has ended (s): long enough not to take part in it."""


class Contestant(ABC):
    """A program with a tree of nodes.

    `start_s` is the time from its start until it says that all is up, `first_wave_s` that until its first
    wave over all nodes is complete.
    """

    def __init__(self, command: list[str], folder: Path, checkout: Path | None = None) -> None:
        environment = os.environ if checkout is None else {**os.environ, "PYTHONPATH": str(checkout)}
        self._began = began = time.perf_counter()
        self.process = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        self.said = self.process.stdout.readline()
        if not self.said:
            raise RuntimeError(f"{' '.join(command)} did not start")
        self.start_s = time.perf_counter() - began

    def everything(self) -> list[int]:
        """All its processes."""
        return [self.process.pid, *children(self.process.pid)]

    def nodes(self) -> list[int]:
        """The processes of its nodes."""
        return children(self.process.pid)

    @abstractmethod
    def wave_ms(self) -> float:
        """Run one echo wave from the root; return how long it took there (ms)."""

    def stop(self) -> None:
        """End it."""
        self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=PATIENCE_S)


class Ours(Contestant):
    """`topowave up`, with rebalancing off so that only our wave runs.

    `program` is the module that is run; with `checkout`, that of another checkout and in its environment.
    `words` is what it is told besides.
    """

    def __init__(
        self,
        folder: Path,
        processes: int,
        program: str = "topowave",
        *,
        checkout: Path | None = None,
        words: Sequence[str] = (),
    ) -> None:
        python = sys.executable if checkout is None else str(checkout / ".venv" / "bin" / "python")
        command = [python, "-m", program, "up", "--json", "--processes", str(processes), *words]
        super().__init__(command, folder, checkout)
        self._client = httpx.Client(base_url=json.loads(self.said)["balancer"], timeout=PATIENCE_S)
        self._size: int = json.loads(self.said)["nodes"]
        tree = self._client.get("/echo").raise_for_status().json()
        self.first_wave_s = time.perf_counter() - self._began
        assert count(tree) == self._size

    def nodes(self) -> list[int]:
        """The processes of its nodes; the balancer is the first child."""
        return children(self.process.pid)[1:]

    def wave_ms(self) -> float:
        """Have the balancer run a wave, and ask it afterwards how long the wave took at the root.

        `/echo` answers when the wave is over, so nothing else runs meanwhile on either side.
        """
        wave_id = self._client.get("/echo").raise_for_status().headers["X-Wave"]
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            time.sleep(LOOK_INTERVAL_S)
            wave: dict[str, Any] = self._client.get(f"/waves/{wave_id}").json()
            if wave["state"] != "running":
                assert wave["state"] == "complete", wave
                assert wave["nodes"] == self._size, wave
                return float(wave["duration_ms"])
        raise RuntimeError(f"wave {wave_id} did not end")

    def stop(self) -> None:
        """End it."""
        self._client.close()
        super().stop()


class Raw(Contestant):
    """The raw tree."""

    def __init__(self, folder: Path, processes: int) -> None:
        command = [
            sys.executable,
            "-m",
            "benchmarks.raw_tree",
            "topology.json",
            "--processes",
            str(processes),
        ]
        super().__init__(command, folder)
        port = json.loads((folder / "topology.json").read_text())["port"]
        self._root = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)
        self._answers = self._root.makefile()
        self.wave_ms()
        self.first_wave_s = time.perf_counter() - self._began

    def wave_ms(self) -> float:
        """Ask the root for a wave."""
        self._root.sendall(b'{"wave": 1}\n')
        answer = json.loads(self._answers.readline())
        return float(answer["us"]) / 1000

    def stop(self) -> None:
        """End it: it ends with its input."""
        self._answers.close()
        self._root.close()
        self.process.communicate(timeout=PATIENCE_S)
