"""What each command does to the tasks of a journal, and that one that comes too late does nothing."""

from __future__ import annotations

import json
import sqlite3

import pytest

from topowave.tasks import LabTask, limits
from topowave.tasks.commands import (
    Add,
    Cancel,
    Finish,
    FinishExternal,
    ForgetNodes,
    Interrupt,
    Offer,
    Recover,
    Start,
    Take,
    TakeBack,
)
from topowave.tasks.store import sql_upkeep
from topowave.tasks.store.database import Database
from topowave.tasks.store.sql_commands import apply
from topowave.tasks.store.sql_counts import read_counts
from topowave.tasks.store.sql_upkeep import prune
from topowave.tasks.store.sqlite import private_journal


def tasks(count: int, start: int = 1) -> tuple[LabTask, ...]:
    return tuple(LabTask(f"a.1-1.{number}") for number in range(start, start + count))


@pytest.fixture
def db() -> sqlite3.Connection:
    return private_journal()


def states(db: Database) -> dict[str, tuple[str, str, int]]:
    found = db.execute("SELECT id, node, status, attempts FROM task ORDER BY number")
    return {task.rsplit(".", 1)[1]: (node, state, attempts) for task, node, state, attempts in found}


def history(db: Database, task: LabTask) -> list[str]:
    (text,) = db.execute("SELECT history FROM task WHERE id = ?", (task.id,)).fetchone()
    return [what for _, _, what in json.loads(f"[{text.rstrip(',')}]")]


def contents(db: Database) -> list[object]:
    """Return all rows of tasks and of the tally."""
    return [db.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall() for table in ("task", "tally")]


def test_a_task_is_queued_runs_and_is_done(db: Database) -> None:
    (task,) = tasks(1)
    apply(db, Add("a", (task,), 1))
    assert apply(db, Start("a", (task,))) == {task.id: None}
    assert apply(db, Finish("a", task))
    assert states(db) == {"1": ("a", "completed", 1)}
    assert history(db, task) == ["assigned", "running", "completed"]
    assert read_counts(db)[0].conserved


def test_what_comes_too_late_or_from_another_node_changes_nothing(db: Database) -> None:
    first, second = tasks(2)
    apply(
        db,
        Add(
            "a",
            (
                first,
                second,
            ),
            1,
        ),
    )
    assert apply(db, Start("b", (first,))) == {}
    assert apply(db, Start("a", (first,))) == {first.id: None}
    before = contents(db)
    assert apply(db, Start("a", (first,))) == {}
    assert not apply(db, Finish("b", first))
    assert not apply(db, Finish("a", second))
    assert not apply(db, Cancel("a", first, "assigned"))
    assert not apply(db, TakeBack("a", "a.1-1.1"))
    assert apply(db, Take("b", "a.1-1.1", 1, 2)) == ()
    assert apply(db, Offer("b", (first,), "a.1-1.1", "c")) == frozenset()
    assert contents(db) == before


def test_a_move_ends_with_whoever_comes_first(db: Database) -> None:
    apply(db, Add("a", tasks(4), 1))
    apply(db, Offer("a", tasks(2), "m.1", "b"))
    apply(db, Offer("a", tasks(2, 3), "m.2", "b"))
    assert read_counts(db)[0].moving == 4
    assert apply(db, Take("b", "m.1", 7, 2)) == tasks(2)
    assert not apply(db, TakeBack("a", "m.1"))
    assert apply(db, Take("b", "m.1", 7, 2)) == ()
    assert apply(db, TakeBack("a", "m.2"))
    assert apply(db, Take("b", "m.2", 7, 2)) == ()
    assert states(db) == {
        "1": ("b", "assigned", 0),
        "2": ("b", "assigned", 0),
        "3": ("a", "assigned", 0),
        "4": ("a", "assigned", 0),
    }
    assert history(db, LabTask("a.1-1.1")) == ["assigned", "moving to b", "assigned"]
    assert history(db, LabTask("a.1-1.3")) == ["assigned", "moving to b", "assigned again"]


def test_a_node_that_starts_finds_its_tasks_in_order_and_what_ran_first(db: Database) -> None:
    apply(db, Add("b", (LabTask("b.1-2.1"),), 1))
    apply(db, Add("a", tasks(3), 1))
    apply(db, Add("a", tasks(3, 4), 2))
    apply(db, Start("a", tasks(2)))
    apply(db, Finish("a", LabTask("a.1-1.1")))
    apply(db, Offer("a", tasks(1, 4), "m.1", "b"))
    apply(db, Cancel("a", LabTask("a.1-1.6"), "assigned"))
    found = apply(db, Recover("a"))
    assert [task.id[-1] for task in found.assigned] == ["2", "3", "4", "5"]
    assert (found.submitted, found.completed, found.failed, found.cancelled) == (6, 1, 0, 1)
    assert found.position > 2
    assert history(db, LabTask("a.1-1.2"))[-1] == "assigned again: its node ended while it ran"
    assert history(db, LabTask("a.1-1.4"))[-1] == "assigned again: its node ended while it moved"
    apply(db, Start("a", tasks(1, 2)))
    assert states(db)["2"] == ("a", "running", 2)
    assert states(db)["1"] == ("a", "completed", 1)


def test_a_task_whose_node_dies_ten_times_under_it_is_failed(db: Database) -> None:
    apply(db, Add("a", tasks(1), 1))
    for attempt in range(1, limits.ATTEMPTS + 1):
        assert apply(db, Start("a", tasks(1))), attempt
        apply(db, Recover("a"))
    found = apply(db, Recover("a"))
    assert (found.assigned, found.failed) == ((), 1)
    assert states(db) == {"1": ("a", "failed", limits.ATTEMPTS)}
    assert history(db, *tasks(1))[-1] == f"failed: its node ended {limits.ATTEMPTS} times while it ran"
    assert read_counts(db)[0].conserved


def test_a_task_whose_node_stops_as_it_should_is_never_failed_for_that(db: Database) -> None:
    apply(db, Add("a", tasks(1), 1))
    apply(db, Add("b", (LabTask("b.1-1.1"),), 1))
    apply(db, Start("b", (LabTask("b.1-1.1"),)))
    for _ in range(limits.ATTEMPTS + 5):
        assert apply(db, Start("a", tasks(1)))
        apply(db, Interrupt("a"))
        assert apply(db, Recover("a")).assigned == tasks(1)
    assert history(db, *tasks(1))[-1] == "assigned again: its node stopped while it ran"
    (other,) = db.execute("SELECT status FROM task WHERE node = 'b'").fetchone()
    assert other == "running"


def test_a_task_that_runs_is_interrupted_to_move_and_begins_anew_there(db: Database) -> None:
    apply(db, Add("a", tasks(4), 1))
    apply(db, Start("a", tasks(2)))
    apply(db, Finish("a", LabTask("a.1-1.1")))
    # One has ended before, one runs, one waits, one is not offered.
    assert apply(db, Offer("a", tasks(3), "m.1", "b")) == {"a.1-1.2", "a.1-1.3"}
    assert not apply(db, Finish("a", LabTask("a.1-1.2")))
    taken = apply(db, Take("b", "m.1", 7, 2))
    assert [(task.id[-1], task.interrupted) for task in taken] == [("2", True), ("3", False)]
    assert apply(db, Start("b", taken)) == {"a.1-1.2": None, "a.1-1.3": None}
    assert states(db) == {
        "1": ("a", "completed", 1),
        "2": ("b", "running", 2),
        "3": ("b", "running", 1),
        "4": ("a", "assigned", 0),
    }
    assert history(db, LabTask("a.1-1.2")) == [
        "assigned",
        "running",
        "moving to b: interrupted while it ran",
        "assigned",
        "running",
    ]
    assert history(db, LabTask("a.1-1.3")) == ["assigned", "moving to b", "assigned", "running"]
    assert read_counts(db)[0].conserved


@pytest.mark.parametrize("taken_back", [True, False])
def test_who_was_interrupted_and_not_taken_is_queued_again_first(db: Database, taken_back: bool) -> None:
    apply(db, Add("a", tasks(1), 1))
    apply(db, Add("a", tasks(1, 2), 2))
    apply(db, Start("a", tasks(1)))
    apply(db, Offer("a", tasks(1), "m.1", "b"))
    if taken_back:
        assert apply(db, TakeBack("a", "m.1"))
    found = apply(db, Recover("a")).assigned
    assert [(task.id[-1], task.interrupted) for task in found] == [("1", True), ("2", False)]


def test_an_interruption_is_no_failed_attempt(db: Database) -> None:
    apply(db, Add("a", tasks(1), 1))
    apply(db, Start("a", tasks(1)))
    apply(db, Offer("a", tasks(1), "m.1", "b"))
    apply(db, TakeBack("a", "m.1"))
    for attempt in range(1, limits.ATTEMPTS + 1):
        assert apply(db, Start("a", tasks(1))), attempt
        apply(db, Recover("a"))
    assert states(db) == {"1": ("a", "failed", limits.ATTEMPTS + 1)}


def test_tasks_of_nodes_that_are_gone_are_pending_whatever_they_did(db: Database) -> None:
    apply(db, Add("a", tasks(4), 1))
    apply(db, Add("b", tasks(1, 5), 1))
    apply(db, Start("a", tasks(2)))
    apply(db, Finish("a", LabTask("a.1-1.1")))
    apply(db, Offer("a", tasks(1, 4), "m.1", "b"))
    assert apply(db, ForgetNodes(frozenset({"b", "c"}))) == 3
    assert [state for _, state, _ in states(db).values()] == ["completed", *["pending"] * 3, "assigned"]
    assert history(db, LabTask("a.1-1.4"))[-1] == "pending: its node has left"
    assert apply(db, Take("b", "m.1", 1, 2)) == ()
    assert apply(db, ForgetNodes(frozenset({"b", "c"}))) == 0
    assert read_counts(db)[0].conserved


def test_a_task_handed_to_somebody_elses_program_is_done_here(db: Database) -> None:
    apply(db, Add("a", tasks(1), 1))
    apply(db, Offer("a", tasks(1), "m.1", "theirs"))
    assert apply(db, FinishExternal("a", LabTask("a.1-1.1"), "theirs"))
    assert not apply(db, TakeBack("a", "m.1"))
    assert history(db, *tasks(1))[-1] == "handed to theirs, which is somebody else's program"
    assert read_counts(db)[0].completed == 1


def test_finished_tasks_that_are_let_go_are_still_counted(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sql_upkeep, "PRUNED_AT_ONCE", 2)
    apply(db, Add("a", tasks(5), 1))
    apply(db, Start("a", tasks(3)))
    for task in tasks(2, 2):
        apply(db, Finish("a", task))
    apply(db, Cancel("a", LabTask("a.1-1.5"), "assigned"))
    before = read_counts(db)
    assert (before[0].conserved, before[1]) == (True, 3)
    assert prune(db) == 2
    assert set(states(db)) == {"1", "4", "5"}
    assert read_counts(db) == (before[0], 1)
    assert apply(db, Recover("a")).completed == 2
    assert [prune(db), prune(db)] == [1, 0]
    assert read_counts(db)[0].conserved


def test_a_history_has_an_end_but_always_tells_how_the_task_ended(db: Database) -> None:
    apply(db, Add("a", tasks(1), 1))
    for number in range(200):
        apply(db, Offer("a", tasks(1), f"m.{number}", "b"))
        apply(db, TakeBack("a", f"m.{number}"))
    apply(db, Cancel("a", tasks(1)[0], "assigned"))
    (length,) = db.execute("SELECT length(history) FROM task").fetchone()
    assert length < limits.HISTORY_CHARS + 200
    assert history(db, *tasks(1))[-1] == "cancelled"


@pytest.mark.parametrize(
    "harm",
    [
        "DELETE FROM task WHERE id = 'a.1-1.2'",
        "INSERT INTO task (id, node, status, position, history, submitted_at) "
        "VALUES ('x', 'a', 'assigned', 1, '', 0)",
        "UPDATE tally SET count = count + 1",
    ],
)
def test_a_task_that_is_lost_or_doubled_breaks_the_law(db: Database, harm: str) -> None:
    apply(db, Add("a", tasks(3), 1))
    assert read_counts(db)[0].conserved
    db.execute(harm)
    assert not read_counts(db)[0].conserved


def test_a_task_cannot_be_entered_twice_or_in_a_state_that_there_is_not(db: Database) -> None:
    apply(db, Add("a", tasks(1), 1))
    with pytest.raises(sqlite3.IntegrityError):
        apply(db, Add("a", tasks(1), 1))
    with pytest.raises(sqlite3.IntegrityError):
        db.execute("UPDATE task SET status = 'lost'")
