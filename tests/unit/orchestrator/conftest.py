"""Labs of stand-ins for the tests of the orchestrator."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.unit.orchestrator.support import Message, StandIns


@pytest.fixture
def standins(tmp_path: Path, free_ports: Callable[[int], list[int]]) -> Iterator[Callable[..., StandIns]]:
    """Starts labs of stand-ins with some nodes, and ends them after the test."""
    started: list[StandIns] = []

    def start(
        nodes: int = 3,
        behaviour: str = "",
        topology: Message | None = None,
        processes: str = "per-node",
        ignored: str = "",
        output: int = subprocess.PIPE,
    ) -> StandIns:
        folder = tmp_path / str(len(started))
        folder.mkdir()
        started.append(
            StandIns(folder, free_ports(nodes + 2), behaviour, topology, processes, ignored, output)
        )
        return started[-1]

    yield start
    for each in started:
        each.end()


@pytest.fixture
def lab(standins: Callable[..., StandIns]) -> StandIns:
    """A lab of three stand-in nodes that is up."""
    one = standins()
    one.read_until("running")
    return one
