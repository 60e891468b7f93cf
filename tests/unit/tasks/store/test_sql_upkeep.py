"""Old tasks and results go, by number and by age, and the law goes on counting them."""

from __future__ import annotations

import time
from contextlib import closing

import pytest

from topowave.tasks import JournalPlace, LabTask, Outcome, Script, reader_at
from topowave.tasks.commands import Add, Cancel, Fail, Finish, PutBack, Start
from topowave.tasks.retention import Retention
from topowave.tasks.store import sql_upkeep
from topowave.tasks.store.database import Database
from topowave.tasks.store.sql_commands import apply

DAY = 86_400.0
LONG = "x" * 1000
PARAMS = f'["{LONG}"]'


def scripts(db: Database, count: int) -> list[LabTask]:
    """Add script tasks with long params that run."""
    tasks = [LabTask(f"a.1-1.{number}", kind="script") for number in range(1, count + 1)]
    apply(db, Add("a", tuple(tasks), 1, {task.id: Script("/x.py", PARAMS) for task in tasks}))
    apply(db, Start("a", tuple(tasks)))
    return tasks


def make_older(db: Database, task: LabTask, days: float) -> None:
    db.execute("UPDATE task SET finished_at = finished_at - ? WHERE id = ?", (days * DAY, task.id))


def test_finished_tasks_go_when_they_are_too_old_and_are_counted(
    place: JournalPlace, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sql_upkeep, "PRUNED_AT_ONCE", 2)
    tasks = scripts(db, 9)
    for task in tasks[:7]:
        apply(db, Finish("a", task, Outcome("1")))
    for task in tasks[:5]:
        make_older(db, task, 3)
    with closing(reader_at(place, Retention(tasks_for=2 * DAY))) as reader:
        before = reader.counts()
        reader.upkeep()
        assert reader.counts() == before
        assert (before.completed, before.conserved) == (7, True)
        assert [reader.task(task.id) is None for task in tasks] == [True] * 5 + [False] * 4
    assert db.execute("SELECT COUNT(*) FROM script").fetchone() == (4,)


def test_no_more_goes_at_a_time_than_nobody_minds(
    place: JournalPlace, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sql_upkeep, "PRUNED_AT_ONCE", 2)
    monkeypatch.setattr(sql_upkeep, "PRUNED_MOST", 4)
    for task in scripts(db, 9):
        apply(db, Finish("a", task, Outcome("1")))
    left: list[int] = []
    with closing(reader_at(place, Retention(tasks=0))) as reader:
        for _ in range(4):
            reader.upkeep()
            (rows,) = db.execute("SELECT COUNT(*) FROM task").fetchone()
            left.append(rows)
        assert (reader.counts().completed, reader.counts().conserved) == (9, True)
    assert left == [5, 1, 0, 0]


@pytest.mark.parametrize("at_once", [1, 2, 100])
def test_results_go_when_they_are_too_old_and_so_does_what_a_task_was_called_with(
    place: JournalPlace, db: Database, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(sql_upkeep, "PRUNED_AT_ONCE", at_once)
    done, failed, cancelled, fresh, runs = tasks = scripts(db, 5)
    apply(db, Finish("a", done, Outcome(f'"{LONG}"')))
    apply(db, Fail("a", failed, Outcome(reason="raised", error="no", output=LONG)))
    apply(db, Cancel("a", cancelled, "running"))
    apply(db, Finish("a", fresh, Outcome(f'"{LONG}"')))
    for task in (done, failed, cancelled):
        make_older(db, task, 1)
    with closing(reader_at(place, Retention(results_for=DAY / 2))) as reader:
        for _ in range(3):
            reader.upkeep()
        found = {task: reader.task(task.id) or {} for task in tasks}
        assert (found[done]["status"], found[done]["result"], found[done]["reason"]) == (
            "completed",
            None,
            "not_kept",
        )
        assert (found[failed]["reason"], found[failed]["output"]) == ("raised", "")
        assert [found[task]["params"] for task in (done, failed, cancelled)] == [None] * 3
        assert [found[task]["params"] for task in (fresh, runs)] == [[LONG]] * 2
        assert found[fresh]["result"] == LONG


def test_what_nobody_knows_any_more_how_to_call_is_not_put_back(place: JournalPlace, db: Database) -> None:
    first, second = scripts(db, 2)
    for task in (first, second):
        apply(db, Fail("a", task, Outcome(reason="raised", error="no")))
    make_older(db, first, 1)
    with closing(reader_at(place, Retention(results_for=DAY / 2))) as reader:
        reader.upkeep()
        assert apply(db, PutBack((first.id, second.id))) == {second.id}
        assert reader.counts().conserved
        assert (reader.counts().failed, reader.counts().pending) == (1, 1)


def test_params_count_as_bytes_that_are_kept(db: Database) -> None:
    (task,) = scripts(db, 1)
    apply(db, Finish("a", task, Outcome("1")))
    assert sql_upkeep.outcome_bytes(db) > len(PARAMS)
    assert sql_upkeep.let_outcomes_go(db, 1) > len(PARAMS)
    assert sql_upkeep.outcome_bytes(db) == 0


def test_the_oldest_go_first_whenever_they_were_submitted(place: JournalPlace, db: Database) -> None:
    tasks = scripts(db, 4)
    for days, task in enumerate(tasks):
        apply(db, Finish("a", task, Outcome("1")))
        make_older(db, task, days)
    assert sql_upkeep.prune(db, most=2) == 2
    assert db.execute("SELECT id FROM task ORDER BY number").fetchall() == [(task.id,) for task in tasks[:2]]
    assert sql_upkeep.prune(db, before=time.time() - DAY / 2) == 1
