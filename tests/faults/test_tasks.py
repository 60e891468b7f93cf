"""Givers and receivers are killed in the middle of moves, many times: no task is lost, none is doubled.

Whoever is asked gives what waits, and where nothing waits, what runs.

TOPOWAVE_FAULT_ROUNDS sets how many nodes are killed; the tests run a short form.
"""

from __future__ import annotations

import operator
import os
import random
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.faults.watching import Record
from tests.live.tasks import all_tasks, assert_run_once_or_said_so, integrity, journal_reader
from tests.support.live_lab import ROOT, LiveLab, live_lab
from topowave.orchestrator.limits import RESTARTS_WINDOW_S
from topowave.orchestrator.restarts import RestartBudget
from topowave.tasks import JournalError, JournalLostError, JournalReader, TaskCounts

ROUNDS = int(os.environ.get("TOPOWAVE_FAULT_ROUNDS", "12"))
EACH = 60
"""So many tasks each node is given that is to be killed: enough that some of them are under way to others."""
TASKS = EACH * ROUNDS
LATE_S = 15.0
"""So much later than it was killed a process may be seen to be dead."""
SHORT_S = 1.0
"""A question to a node that may be dead waits no longer."""


@dataclass
class Movers:
    """Threads that make every node give to every other, again and again, and one that reads the counts."""

    lab: LiveLab
    reader: JournalReader
    over: threading.Event = field(default_factory=threading.Event)
    moved: int = 0
    looks: int = 0
    moving_seen: int = 0
    broken: list[TaskCounts] = field(default_factory=list[TaskCounts])
    least: int = 0
    most: int = 0

    def submit(self, node: str) -> None:
        """Give a node so many tasks that others take some; they are there once it has promised them."""
        self.most += EACH
        self.lab.post("/tasks", {"node": node, "count": EACH})
        self.least = self.most

    def move(self, seed: int) -> None:
        """Ask random nodes to give some tasks to random others."""
        chance = random.Random(seed)
        nodes = self.lab.topology.nodes
        with httpx.Client(timeout=SHORT_S, trust_env=False) as http:
            while not self.over.is_set():
                giver, receiver = chance.sample(nodes, 2)
                url = f"http://127.0.0.1:{giver.port}/rebalance"
                params = {"target": receiver.port, "count": chance.randint(1, 20)}
                try:
                    self.moved += http.post(url, params=params).json().get("moved", 0)
                except (httpx.HTTPError, ValueError):
                    continue

    def look(self) -> None:
        """Read the counts as often as they can be read."""
        while not self.over.is_set():
            least = self.least
            try:
                counts = self.reader.counts()
            except JournalLostError:
                raise  # which ends the test: the lab would do nothing more
            except JournalError:
                continue  # in the moment in which SQLite mends its index after a kill
            self.looks += 1
            self.moving_seen += counts.moving > 0
            if not counts.conserved or not least <= counts.submitted <= self.most:
                self.broken.append(counts)


def together(works: list[Callable[[], None]], over: threading.Event, meanwhile: Callable[[], None]) -> None:
    """Let threads work while something else happens, and end them."""
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    try:
        meanwhile()
    finally:
        over.set()
        for thread in threads:
            thread.join()


def nodes_up(lab: LiveLab) -> list[dict[str, Any]]:
    """The nodes that run, as the balancer knows them."""
    return [node for node in lab.get("/status")["nodes"] if node["state"] == "up"]


@pytest.mark.timeout(10 * ROUNDS + 300)
def test_no_task_is_lost_or_doubled_while_givers_and_receivers_are_killed_in_the_middle_of_moves(
    tmp_path: Path, record_property: Record
) -> None:
    chance = random.Random(4)
    with (
        live_lab(tmp_path, ROOT / "topology.json", task_time=0.2, rebalance_interval=0.5) as lab,
        journal_reader(tmp_path) as reader,
        journal_reader(tmp_path) as own,
    ):
        movers = Movers(lab, own)

        def kill() -> None:
            killed = dict.fromkeys((node.name for node in lab.topology.nodes), 0)
            budgets = {name: RestartBudget(window_s=RESTARTS_WINDOW_S + LATE_S) for name in killed}
            last = ""

            def victim() -> dict[str, Any] | None:
                """One of those killed least that will be started again.

                It is not the one before, which the balancer may still take for up.
                """
                up = [node for node in nodes_up(lab) if node["name"] != last]
                up = sorted(chance.sample(up, len(up)), key=lambda node: killed[node["name"]])
                return next((node for node in up if budgets[node["name"]].spend(time.monotonic())), None)

            for number in range(ROUNDS):
                found = lab.until(victim, bool)
                assert found is not None
                before = movers.moved
                movers.submit(found["name"])
                lab.until(lambda: movers.moved, partial(operator.lt, before))
                last = found["name"]
                killed[last] += 1
                os.kill(found["pid"], signal.SIGKILL)
                if number % 3 == 2:
                    lab.until(lambda: len(nodes_up(lab)), lambda up: up == len(lab.topology.nodes))

        works: list[Callable[[], None]] = [movers.look, *(partial(movers.move, seed) for seed in range(3))]
        together(works, movers.over, kill)
        assert movers.broken == []
        assert movers.moved > 0
        assert movers.moving_seen > 0
        assert movers.looks > ROUNDS
        counts = lab.until(reader.counts, lambda found: found.completed == TASKS)
        assert (counts.submitted, counts.conserved, counts.failed, counts.cancelled) == (TASKS, True, 0, 0)
        found = all_tasks(reader)
        assert len({task["id"] for task in found}) == TASKS
        for task in found:
            assert_run_once_or_said_so(task)
        assert any(task["attempts"] > 1 for task in found)
        again = sum(task["attempts"] > 1 for task in found)
        told = [event["what"] for task in found for event in task["history"]]
        interrupted = sum(what.endswith("interrupted while it ran") for what in told)
        assert interrupted > 0
    record_property("times", ROUNDS)
    record_property(
        "seen",
        f"{movers.moved} tasks moved, {interrupted} of them interrupted while they ran; {TASKS} done once, "
        f"{again} of them begun again and say so; "
        f"the law held in {movers.looks} readings, {movers.moving_seen} with a move under way",
    )
    assert integrity(tmp_path) == "ok"
