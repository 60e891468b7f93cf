"""What figures cost: a reading of the journal, a second of history, an answer, and a day in memory.

Run as `python -m benchmarks.figures [--tasks 100000] [--nodes 1000] [--rate 100]`. Nothing is started: one
process writes to a journal as a lab's nodes do, and another reads it as the balancer does. Times are CPU time
of this process, the thread that reads included; shares are of one core.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from array import array
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from random import Random

from rich.console import Console
from rich.table import Table

from topowave.balancer.figures.columns import lab_series
from topowave.balancer.figures.point import CELL_WIDTH, COUNTERS, GAUGES, NodePoint, Point
from topowave.balancer.figures.record import Record
from topowave.balancer.figures.requests import request_figures
from topowave.tasks import JournalFile, LabTask, begin_run, reader_at
from topowave.tasks.attributes import Attributes
from topowave.tasks.commands import Add, Finish, Start
from topowave.tasks.groups import GroupedTasks, GroupFilter
from topowave.tasks.retention import Retention
from topowave.tasks.script import PRIORITIES
from topowave.tasks.store.sqlite import SqliteStore

CATEGORIES = ("build", "test", "deploy", "report", "")
WAITING = 2000
HOUR_S = 3600
DAY_S = 24 * HOUR_S
READS = 20


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=100_000, help="finished tasks")
    parser.add_argument("--nodes", type=int, default=1000)
    parser.add_argument("--rate", type=int, default=100, help="tasks that come and end in a second")
    given = parser.parse_args()
    table = Table("what", "value")
    with tempfile.TemporaryDirectory() as folder:
        run = begin_run(Path(folder), [], resume=False)
        assert isinstance(run.place, JournalFile)
        with (
            closing(SqliteStore.open(run.place)) as store,
            closing(reader_at(run.place, Retention(tasks=10 * given.tasks))) as reader,
        ):
            lab = _Tasks(store, given.nodes)
            lab.finish(given.tasks)
            lab.add(WAITING)
            first = _cpu_ms(reader.grouped)
            table.add_row(f"first reading, {given.tasks:,} finished tasks", f"{first:.0f} ms")
            took = told = narrow = 0.0
            for _ in range(READS):
                lab.finish(given.rate)
                took += _cpu_ms(reader.grouped)
                read = reader.grouped()
                told += _cpu_ms(partial(_as_json, read))
                narrow += _cpu_ms(lambda: reader.grouped(GroupFilter(priorities=frozenset({"high"}))))
            table.add_row(
                f"a reading after {given.rate} more, {WAITING:,} that wait", f"{took / READS:.2f} ms"
            )
            table.add_row("the same, narrowed by a filter", f"{narrow / READS:.2f} ms")
            table.add_row("an answer as JSON", f"{told / READS:.2f} ms")
        run.end()
    before = _memory_mb()
    record = Record(0.0)
    sampled = _cpu_ms(lambda: _sample(record, given.nodes)) / DAY_S
    table.add_row(f"a sample of {given.nodes:,} nodes into the history", f"{sampled:.3f} ms")
    table.add_row("a day of history, second by second", f"{_memory_mb() - before:.0f} MB")
    asked = _cpu_ms(lambda: lab_series(record.stretch(DAY_S - HOUR_S, DAY_S, 600)))
    table.add_row("an hour in 600 steps", f"{asked:.1f} ms")
    each_s = took / READS + told / READS + sampled
    table.add_row("all of it once a second, a dashboard open", f"{each_s / 10:.2f} % of a core")
    Console().print(table)


class _Tasks:
    """A journal's tasks, as nodes add and finish them."""

    def __init__(self, store: SqliteStore, nodes: int) -> None:
        self._store = store
        self._nodes = nodes
        self._number = 0
        self._random = Random(1)

    def add(self, count: int) -> dict[str, list[LabTask]]:
        """Add tasks at random nodes, and start a third of them."""
        found: dict[str, list[LabTask]] = {}
        for _ in range(count):
            self._number += 1
            node = f"n{self._random.randrange(self._nodes)}"
            kind = Attributes(
                category=self._random.choice(CATEGORIES), priority=self._random.choice(PRIORITIES)
            )
            task = LabTask(f"{node}.1-1.{self._number}", priority=kind.priority)
            found.setdefault(node, []).append(task)
            self._store.execute([Add(node, (task,), self._number, attributes={task.id: kind})])
            if self._number % 3 == 0:
                self._store.execute([Start(node, (task,))])
        return found

    def finish(self, count: int) -> None:
        """Let tasks come and end."""
        for begin in range(0, count, 1000):
            for node, tasks in self.add(min(1000, count - begin)).items():
                self._store.execute([Start(node, tuple(tasks)), *(Finish(node, task) for task in tasks)])


def _sample(record: Record, nodes: int) -> None:
    """Feed a day of a busy lab into a history: each second every node has another load."""
    names = tuple(f"n{number}" for number in range(nodes))
    random = Random(1)
    loads = [[random.randrange(100) for _ in names] for _ in range(60)]
    cells = len(CATEGORIES) * len(PRIORITIES) * CELL_WIDTH
    for second in range(1, DAY_S + 1):
        now = loads[second % len(loads)]
        gauges = array("d", [float(second)] * len(GAUGES))
        record.add(
            Point(
                second,
                float(second),
                second,
                1,
                1,
                gauges,
                gauges,
                gauges,
                array("d", [float(second)] * len(COUNTERS)),
                array("d", [1.0] * cells),
                NodePoint.of(names, now, now, [second] * nodes),
            )
        )


def _as_json(read: GroupedTasks) -> str:
    return request_figures(read, 1.0, 1.0).model_dump_json()


def _cpu_ms(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return (time.process_time() - began) * 1000


def _memory_mb() -> float:
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * resource.getpagesize() / 2**20


if __name__ == "__main__":
    main()
