"""Groups of tasks are what all rows together say, after whatever happened, though few rows are read."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from random import Random
from typing import Any

import pytest

from topowave.tasks import JournalPlace, JournalReader, LabTask, reader_at
from topowave.tasks.attributes import Attributes
from topowave.tasks.commands import Add, Cancel, Expire, Fail, Finish, PutBack, Start
from topowave.tasks.groups import ALL, GroupedTasks, GroupFilter, roles_of
from topowave.tasks.listing import TaskFilter
from topowave.tasks.retention import Retention
from topowave.tasks.script import PRIORITIES, Outcome, Script
from topowave.tasks.states import STATES
from topowave.tasks.store import sql_groups
from topowave.tasks.store.database import Database
from topowave.tasks.store.sql_commands import apply

NODES = ("a", "b")
KINDS = [
    Attributes(category="build", priority="high"),
    Attributes(category="build", priority="low", roles=("gpu", "leaf")),
    Attributes(category="", priority="medium"),
    Attributes(category="test", priority="critical", roles=("gpu",)),
]
FILTERS = [
    ALL,
    GroupFilter(roles=frozenset({"gpu"})),
    GroupFilter(nodes=frozenset({"a"})),
    GroupFilter(priorities=frozenset({"high", "low"})),
    GroupFilter(categories=frozenset({"build", "test"}), nodes=frozenset({"b"})),
]


class Work:
    """Tasks that come and end at random, by the commands of a lab."""

    def __init__(self, db: Database, seed: int) -> None:
        self.random = Random(seed)
        self._db = db
        self._number = 0
        self._open: list[tuple[str, LabTask]] = []
        self._failed: list[str] = []

    def add(self, count: int = 1) -> None:
        for _ in range(count):
            self._number += 1
            node, kind = self.random.choice(NODES), self.random.choice(KINDS)
            task = LabTask(
                f"{node}.1-1.{self._number}", kind="script", priority=kind.priority, roles=kind.roles
            )
            add = Add(node, (task,), self._number, {task.id: Script("/x.py", "null")}, {task.id: kind})
            apply(self._db, add)
            apply(self._db, Start(node, (task,)))
            self._open.append((node, task))

    def end(self) -> None:
        if not self._open:
            return
        node, task = self._open.pop(self.random.randrange(len(self._open)))
        match self.random.randrange(4):
            case 0:
                apply(self._db, Fail(node, task, Outcome(reason="exception", error="it broke")))
                self._failed.append(task.id)
            case 1:
                apply(self._db, Cancel(node, task, "running"))
            case _:
                apply(self._db, Finish(node, task, Outcome("1")))

    def put_back(self) -> None:
        if self._failed:
            apply(self._db, PutBack((self._failed.pop(),)))


def counted(db: Database, wanted: GroupFilter) -> dict[str, Counter[Any]]:
    """Count all rows, one by one."""
    found: dict[str, Counter[Any]] = {"cells": Counter(), "nodes": Counter(), "roles": Counter()}
    for status, priority, category, node, roles in db.execute(
        "SELECT status, priority, category, node, COALESCE(roles, '') FROM task"
    ):
        of = roles_of(roles)
        if (
            (wanted.nodes and node not in wanted.nodes)
            or (wanted.categories and category not in wanted.categories)
            or (wanted.priorities and PRIORITIES[priority] not in wanted.priorities)
            or (wanted.roles and wanted.roles.isdisjoint(of))
        ):
            continue
        found["cells"][(priority, category), status] += 1
        found["nodes"][node, status] += 1
        for role in of:
            found["roles"][role, status] += 1
    return found


def said(read: GroupedTasks) -> dict[str, Counter[Any]]:
    """Return the totals of a reading in the same form."""
    tables: dict[str, dict[Any, list[int]]] = {
        "cells": dict(read.totals.cells),
        "nodes": dict(read.totals.nodes),
        "roles": dict(read.totals.roles),
    }
    return {
        name: Counter(
            {
                (key, state): count
                for key, row in table.items()
                for state, count in zip(STATES, row, strict=True)
                if count
            }
        )
        for name, table in tables.items()
    }


@pytest.mark.parametrize("seed", range(3))
def test_groups_are_what_all_rows_say_whatever_happened(
    db: Database, reader: JournalReader, seed: int
) -> None:
    work = Work(db, seed)
    for _ in range(25):
        for _ in range(work.random.randrange(5)):
            work.random.choice([work.add, work.add, work.end, work.put_back])()
        wanted = work.random.choice(FILTERS)
        read = reader.grouped(wanted)
        assert said(read) == counted(db, wanted)
        assert read.counts == reader.counts()


def test_what_upkeep_lets_go_is_no_longer_listed_and_stays_counted(place: JournalPlace, db: Database) -> None:
    work = Work(db, 1)
    with closing(reader_at(place, Retention(tasks=5))) as reader:
        read = reader.grouped()
        for _ in range(4):
            work.add(12)
            for _ in range(10):
                work.end()
            reader.grouped()
            for _ in range(2):
                work.end()
            reader.upkeep()
            read = reader.grouped()
            assert said(read) == counted(db, ALL)
            assert sum(read.gone.values()) + sum(read.totals.by_status()) == read.counts.submitted
        gone = [sum(row[at] for row in read.gone_cells.values()) for at in range(len(STATES))]
        assert gone == [read.gone.get(state, 0) for state in STATES]


def test_categories_of_which_no_task_is_left_take_no_memory(
    place: JournalPlace, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sql_groups, "GROUPS_MOST", 5)
    with closing(reader_at(place, Retention(tasks=1))) as reader:
        reader.grouped()
        for number in range(20):
            task, kind = LabTask(f"a.1-1.{number}", kind="script"), Attributes(category=f"job {number}")
            apply(db, Add("a", (task,), number, {task.id: Script("/x.py", "null")}, {task.id: kind}))
            apply(db, Start("a", (task,)))
            apply(db, Finish("a", task, Outcome("1")))
            reader.grouped()
            reader.upkeep()
        read = reader.grouped()
    assert read.gone == {"completed": 19, "failed": 0, "cancelled": 0}
    assert said(read) == counted(db, ALL)
    assert len(read.totals.cells) == 1
    assert len(read.gone_cells) == 6  # one of them `other`
    assert sum(map(sum, read.gone_cells.values())) == 19


def test_ends_of_a_machine_with_a_slow_clock_are_seen(db: Database, reader: JournalReader) -> None:
    work = Work(db, 2)
    work.add(20)
    work.end()
    reader.grouped()
    work.end()
    reader.grouped()
    work.end()
    db.execute("UPDATE task SET finished_at = finished_at - 1 WHERE number = (SELECT MAX(number) FROM task)")
    for hours in (0.0001, 1):
        for _ in range(3):
            work.end()
        db.execute(
            "UPDATE task SET finished_at = finished_at - ? WHERE finished_at = "
            "(SELECT MAX(finished_at) FROM task)",
            (hours * 3600,),
        )
        assert said(reader.grouped()) == counted(db, ALL)


def test_all_rows_are_grouped_once_and_then_only_what_ended_since_is_read(
    db: Database, reader: JournalReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = Work(db, 3)
    work.add(30)
    for _ in range(9):
        work.end()
    reader.grouped()
    monkeypatch.setattr(sql_groups, "_ALL_ENDED", "SELECT fails")
    for _ in range(9):
        work.end()
        assert said(reader.grouped()) == counted(db, ALL)


def test_past_the_most_groups_further_ones_have_the_category_other(
    db: Database, reader: JournalReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sql_groups, "GROUPS_MOST", 2)
    work = Work(db, 4)
    work.add(40)
    for _ in range(40):
        work.end()
    read = reader.grouped()
    rows = counted(db, ALL)
    assert said(read)["nodes"] == rows["nodes"]
    assert any(category == "other" for _, category in read.totals.cells)


def test_late_and_waiting_tasks_are_told(db: Database, reader: JournalReader) -> None:
    kinds = [Attributes(deadline=seconds) for seconds in (1.0, 4e9)]
    tasks = [LabTask(f"a.1-1.{at}", deadline=kind.deadline) for at, kind in enumerate(kinds)]
    attributes = {task.id: kind for task, kind in zip(tasks, kinds, strict=True)}
    apply(db, Add("a", tuple(tasks), 1, attributes=attributes))
    read = reader.grouped()
    assert (read.soon, read.totals.late) == (1, 0)
    (first,) = db.execute("SELECT MIN(submitted_at) FROM task").fetchone()
    assert read.oldest_waiting == first
    apply(db, Expire("a", (tasks[0],)))
    read = reader.grouped()
    assert (read.soon, read.totals.late) == (0, 1)


def test_a_page_and_groups_of_the_same_moment_have_the_same_number_and_no_others(
    db: Database, reader: JournalReader
) -> None:
    work = Work(db, 5)
    work.add(3)
    first = reader.grouped().moment
    assert reader.page(TaskFilter(), "submitted", None, 10)["moment"] == first
    assert reader.grouped().moment == first
    work.end()
    later = reader.page(TaskFilter(), "submitted", None, 10)["moment"]
    assert later > first
    assert reader.grouped().moment == later
    reader.execute([PutBack(("nobody",))])
    assert reader.grouped().moment >= later
