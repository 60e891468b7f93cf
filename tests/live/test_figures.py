"""Figures equal what `GET /tasks` lists and what the journal has, at every moment, whatever is killed."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from tests.live.tasks import journal_of
from tests.support.live_lab import ROOT, LiveLab, live_lab
from tests.support.waiting import PATIENCE_S
from topowave.tasks.script import PRIORITIES

TOPOLOGY = ROOT / "topology.json"
LOG = "swf:@nasa-ipsc?tasks=400,utilisation=0.8"
FILTERS: tuple[dict[str, str], ...] = (
    {},
    {"priority": "high"},
    {"category": "blue"},
    {"node": "a"},
    {"priority": "low", "category": "blue"},
)


class SecondReader:
    """The journal, read by somebody who knows nothing of the lab but SQL."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)

    def close(self) -> None:
        self._db.close()

    def changes(self) -> int:
        """A number that changes with each commit of anybody."""
        self._db.execute("SELECT COUNT(*) FROM lab").fetchone()
        (found,) = self._db.execute("PRAGMA data_version").fetchone()
        return int(found)

    def counts(self, query: dict[str, str]) -> dict[str, Counter[str]]:
        """Count all rows that are wanted."""
        found = {name: Counter[str]() for name in ("by_status", "by_priority", "by_category", "by_node")}
        rows: list[tuple[str, int, str, str]] = self._db.execute(
            "SELECT status, priority, category, node FROM task"
        ).fetchall()
        for status, priority, category, node in rows:
            row = {"priority": PRIORITIES[priority], "category": category, "node": node}
            if any(row[name] != value for name, value in query.items()):
                continue
            found["by_status"][status] += 1
            for name, value in row.items():
                found[f"by_{name}"][f"{value} {status}"] += 1
        return found


def said(requests: dict[str, Any]) -> dict[str, Counter[str]]:
    """Figures in the form of `SecondReader.counts`."""
    tables = {name: requests[name] for name in ("by_priority", "by_category", "by_node")}
    return {
        "by_status": Counter({state: n for state, n in requests["by_status"].items() if n}),
        **{
            table: Counter(
                {f"{name} {state}": n for name, row in rows.items() for state, n in row.items() if n}
            )
            for table, rows in tables.items()
        },
    }


class Watch:
    """Compares the figures of a lab with what others say of the same moment."""

    def __init__(self, lab: LiveLab, reader: SecondReader) -> None:
        self._lab = lab
        self._reader = reader
        self.with_journal = 0
        self.with_listing = 0

    def look(self, query: dict[str, str]) -> None:
        """Compare once, where nothing was written meanwhile, and everybody could read."""
        words = "&".join(f"{name}={value}" for name, value in query.items())
        before, began = self._reader.changes(), time.time()
        counted = self._reader.counts(query)
        figures: dict[str, Any] = self._lab.get(f"/figures?{words}")
        page = self._lab.get(f"/tasks?limit=1000&{words}")
        still = self._reader.changes() == before
        requests = figures["requests"]
        if requests is None:  # in the moment in which SQLite mends its index after a kill
            return
        told = said(requests)
        if still and requests["time"] >= began:
            other = requests["other_nodes"] + requests["other_categories"]
            names = ["by_status", "by_priority"] if other else list(counted)
            assert {name: told[name] for name in names} == {name: counted[name] for name in names}
            self.with_journal += 1
        if page["moment"] == requests["moment"]:
            listed = Counter(task["status"] for task in page["tasks"])
            assert page["next"] is None
            assert told["by_status"] == listed
            self.with_listing += 1

    def until(self, journal: int, listing: int) -> None:
        """Look until so many comparisons were made since now, with each of both."""
        goal = self.with_journal + journal, self.with_listing + listing
        deadline = time.monotonic() + PATIENCE_S
        number = 0
        while self.with_journal < goal[0] or self.with_listing < goal[1]:
            assert time.monotonic() < deadline, (goal, self.with_journal, self.with_listing)
            with suppress(sqlite3.OperationalError):  # in that moment too
                self.look(FILTERS[number % len(FILTERS)])
            number += 1


def test_figures_equal_the_listing_and_the_journal_while_a_real_log_is_played_and_processes_die(
    tmp_path: Path,
) -> None:
    with (
        live_lab(tmp_path, TOPOLOGY, task_time=0.5, rebalance_interval=1) as lab,
        closing(SecondReader(journal_of(tmp_path))) as reader,
    ):
        watch = Watch(lab, reader)
        leaf = lab.topology.nodes[-1].name
        orders = [
            {"duration": 0.1, "priority": PRIORITIES[number % 4], "category": ("", "blue")[number % 2]}
            for number in range(40)
        ]
        words = ["load", "play", LOG, "--speedup", "1000", "--balancer", lab.balancer]
        play = subprocess.Popen(
            [sys.executable, "-m", "topowave", *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            lab.post("/tasks", orders)
            watch.until(5, 3)
            pid = lab.pid(leaf)
            lab.post(f"/nodes/{leaf}/kill")
            watch.until(5, 3)
            lab.until_back(leaf, pid)
            watch.until(5, 3)
            lab.kill_balancer()
            watch.until(5, 3)
        finally:
            play.kill()
            play.wait()
        lab.until(lambda: lab.get("/figures/series?points=2000")["series"]["load"], bool)
        assert lab.get("/figures/nodes")["nodes"] == [node.name for node in lab.topology.nodes]
