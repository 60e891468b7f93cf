"""The store of tasks by itself: writing in batches, and what a million finished tasks cost who asks.

Run as `python -m benchmarks.store [--tasks 1000000] [--waiting 100000] [--batch 500]`. One process writes, as
a node does; times of reading are the worst of several.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from rich.console import Console
from rich.table import Table

from topowave.tasks import JournalFile, JournalReader, LabTask, begin_run, reader_at
from topowave.tasks.commands import Add, Command, Finish, Recover, Start
from topowave.tasks.listing import SORTS, Cursor, Sort, TaskFilter
from topowave.tasks.retention import Retention
from topowave.tasks.store.base import Store
from topowave.tasks.store.sqlite import SqliteStore

NODES = 31
READS = 5
LISTS = {
    "all": TaskFilter(),
    "status=completed": TaskFilter(("completed",)),
    "status=failed": TaskFilter(("failed",)),
    "node=n3": TaskFilter(nodes=("n3",)),
    "text that none has": TaskFilter(text="nowhere"),
}


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=1_000_000, help="finished tasks")
    parser.add_argument(
        "--waiting", type=int, default=100_000, help="tasks that wait when the lab is resumed"
    )
    parser.add_argument("--batch", type=int, default=500, help="tasks in one transaction")
    asked = parser.parse_args()
    table = Table("what", "figure")
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), asked.tasks, asked.waiting, asked.batch, table.add_row)
    Console().print(table)


def measure(folder: Path, tasks: int, waiting: int, batch: int, tell: Callable[[str, str], None]) -> None:
    """Fill a journal and read it; `tell` gets what was measured and the figure."""
    names = [f"n{number}" for number in range(NODES)]
    run = begin_run(folder, names, resume=False)
    spent = {"added": 0.0, "started": 0.0, "finished": 0.0}
    with closing(SqliteStore.open(run.place)) as store, closing(_reader(run.place, tasks)) as reader:
        for start in range(0, tasks + waiting, batch):
            node = names[start // batch % NODES]
            own = tuple(LabTask(f"{node}.1-1.{number}") for number in range(start, start + batch))
            spent["added"] += _time(store, [Add(node, own, 1)])
            if start < tasks:
                spent["started"] += _time(store, [Start(node, own)])
                spent["finished"] += _time(store, [Finish(node, task) for task in own])
            if start % (20 * batch) == 0:
                reader.upkeep()  # as the balancer does twice a second: it also writes the log back
        for what, seconds in spent.items():
            count = tasks + waiting if what == "added" else tasks
            tell(f"tasks {what} a second, {batch} at a time", f"{count / seconds:,.0f}")
        reader.upkeep()
        tell("counts, as GET /status asks for them", _worst(reader.counts))
        for what, wanted in LISTS.items():
            for sort in SORTS:
                tell(f"a page of 100, {what}, sort={sort}", _worst(_Pages(reader, wanted, sort)))
    run.close()
    began = time.perf_counter()
    again = begin_run(folder, names, resume=True)
    with closing(SqliteStore.open(again.place)) as store:
        for node in names:
            store.execute([Recover(node)])
    tell(f"--resume of {waiting:,} waiting tasks, all nodes", f"{time.perf_counter() - began:.1f} s")
    again.end()


class _Pages:
    """Reads a page of a list each time it is called, and then the next one."""

    def __init__(self, reader: JournalReader, wanted: TaskFilter, sort: Sort) -> None:
        self._reader = reader
        self._wanted = wanted
        self._sort: Sort = sort
        self._place: Cursor | None = None

    def __call__(self) -> None:
        following = self._reader.page(self._wanted, self._sort, self._place, 100)["next"]
        self._place = None if following is None else Cursor.read(following, self._sort)


def _reader(place: JournalFile, tasks: int) -> JournalReader:
    return reader_at(place, Retention(tasks))


def _time(store: Store, commands: list[Command[object]]) -> float:
    began = time.perf_counter()
    store.execute(commands)
    return time.perf_counter() - began


def _worst(work: Callable[[], object]) -> str:
    """Return how long something takes, the worst of several times."""
    took: list[float] = []
    for _ in range(READS):
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    return f"{max(took) * 1000:.1f} ms"


if __name__ == "__main__":
    main()
