"""Tasks that are on no node: submitted, offered, taken or not, tried again, put back, given up, urgent."""

from __future__ import annotations

import sqlite3
import time

import pytest

from topowave.tasks import Attributes, JournalReader, LabTask, NewTask, Outcome, Script
from topowave.tasks.commands import (
    Add,
    Cancel,
    Expire,
    ExpirePending,
    Fail,
    Finish,
    ForgetNodes,
    Place,
    PutBack,
    Recover,
    Retry,
    SetPriority,
    Start,
    Submit,
    Take,
    TakeBack,
)
from topowave.tasks.disciplines.registry import DISCIPLINES, find_discipline
from topowave.tasks.listing import TaskFilter
from topowave.tasks.store import sql_lab_commands as lab
from topowave.tasks.store.database import Database
from topowave.tasks.store.sql_commands import apply
from topowave.tasks.store.sql_counts import read_counts
from topowave.tasks.store.sql_upkeep import prune

PI = Script("/s/pi.py", "[1]", "io", 2.5)
SAID = Attributes("A pie", "maths", "high", 3, 4e9, ("gpu", "büro"), "order-7", 4, 0.5, 2.25)
FAILED = Outcome(reason="raised", error="line 7")


def submit(db: Database, *attributes: Attributes) -> tuple[str, ...]:
    return apply(db, Submit(tuple(NewTask(each, PI) for each in attributes)))


def status(db: Database, task: str) -> tuple[str, str, str | None]:
    found: tuple[str, str, str | None] = db.execute(
        "SELECT status, node, move FROM task WHERE id = ?", (task,)
    ).fetchone()
    return found


def test_a_pending_task_is_told_with_all_that_was_said_of_it(db: Database, reader: JournalReader) -> None:
    before = time.time() - 0.001
    assert submit(db, SAID) == ("lab.1",)
    assert apply(db, Submit((NewTask(),))) == ("lab.2",)
    (first, second), counts = (
        reader.page(TaskFilter(("pending",)), "submitted", None, 9)["tasks"],
        reader.counts(),
    )
    assert before <= first.pop("submitted_at") <= time.time() + 0.001
    assert first == {
        "id": "lab.1",
        "status": "pending",
        "node": None,
        "kind": "script",
        "title": "A pie",
        "category": "maths",
        "priority": "high",
        "weight": 3,
        "roles": ["gpu", "büro"],
        "request": "order-7",
        "duration": 2.25,
        "attempts": 0,
        "max_attempts": 4,
        "deadline": 4e9,
        "not_before": None,
        "assigned_at": None,
        "started_at": None,
        "finished_at": None,
        "reason": None,
    }
    assert (second["kind"], second["roles"], second["request"], second["weight"]) == ("emulated", [], None, 1)
    found = reader.task("lab.1")
    assert found is not None
    assert (found["script"], found["params"], found["type"]) == ("/s/pi.py", [1], "io")
    assert [(each["node"], each["what"]) for each in found["history"]] == [(None, "pending")]
    assert (counts.pending, counts.submitted, counts.conserved) == (2, 2, True)


def test_a_task_of_either_kind_that_a_node_adds_keeps_what_was_said_of_it(
    db: Database, reader: JournalReader
) -> None:
    tasks = SAID.task("a.1-1.1"), LabTask("a.1-1.2"), SAID.task("a.1-1.3", "script")
    said = {"a.1-1.1": SAID, "a.1-1.3": SAID}
    apply(db, Add("a", tasks, 1, {"a.1-1.3": PI}, said))
    first, second, third = reader.page(TaskFilter(nodes=("a",)), "submitted", None, 9)["tasks"]
    assert first | {"id": third["id"], "kind": "script", "submitted_at": third["submitted_at"]} == third
    assert (first["weight"], first["deadline"], first["roles"]) == (3, 4e9, ["gpu", "büro"])
    assert (second["weight"], second["title"], second["priority"]) == (1, "", "medium")
    found = apply(db, Recover("a")).assigned
    assert [(each.weight, each.deadline, each.roles, each.priority) for each in found] == [
        (3, 4e9, ("gpu", "büro"), "high"),
        (1, None, (), "medium"),
        (3, 4e9, ("gpu", "büro"), "high"),
    ]


def test_a_pending_task_goes_to_the_node_that_it_was_offered_to_last_and_to_no_other(
    db: Database,
) -> None:
    ids = submit(db, SAID, SAID)
    assert apply(db, Place((*ids, "nobody"), "m.1")) == frozenset(ids)
    assert apply(db, Place(ids[:1], "m.2")) == {"lab.1"}
    assert [task.id for task in apply(db, Take("b", "m.1", 5, 2))] == ["lab.2"]
    assert apply(db, TakeBack("", "m.2"))
    assert status(db, "lab.1") == ("pending", "", None)
    assert apply(db, Take("c", "m.2", 5, 1)) == ()
    assert not apply(db, TakeBack("", "m.2"))
    assert status(db, "lab.2") == ("assigned", "b", None)
    assert apply(db, Place(ids, "m.3")) == {"lab.1"}
    (taken,) = apply(db, Take("c", "m.3", 5, 1))
    assert (taken.kind, taken.weight, taken.roles, taken.deadline) == ("script", 3, ("gpu", "büro"), 4e9)
    assert apply(db, Start("c", (taken,))).keys() == {"lab.1"}
    assert read_counts(db)[0].conserved


def test_a_node_takes_nothing_back_that_is_pending_and_the_balancer_nothing_that_moves(
    db: Database,
) -> None:
    submit(db, SAID)
    apply(db, Place(("lab.1",), "m.1"))
    assert not apply(db, TakeBack("a", "m.1"))
    assert status(db, "lab.1") == ("pending", "", "m.1")


def test_ids_of_pending_tasks_go_on_when_the_oldest_rows_have_gone(db: Database) -> None:
    assert submit(db, SAID, SAID) == ("lab.1", "lab.2")
    for task in ("lab.1", "lab.2"):
        assert apply(db, Cancel("", LabTask(task), "pending"))
    assert (prune(db), db.execute("SELECT COUNT(*) FROM script").fetchone()) == (2, (0,))
    assert submit(db, SAID) == ("lab.3",)
    counts = read_counts(db)[0]
    assert (counts.submitted, counts.cancelled, counts.pending, counts.conserved) == (3, 2, 1, True)


def test_a_script_without_a_result_waits_for_its_next_attempt_and_is_failed_after_the_last(
    db: Database, reader: JournalReader
) -> None:
    submit(db, Attributes(max_attempts=3, backoff=2.0))
    pauses: list[float] = []
    for attempt in range(1, 4):
        apply(db, Place(("lab.1",), f"m.{attempt}"))
        (task,) = apply(db, Take("a", f"m.{attempt}", attempt, 1))
        waiting = reader.task("lab.1")
        assert waiting
        assert waiting["not_before"] is None
        run = apply(db, Start("a", (task,)))["lab.1"]
        assert run is not None
        if run.pause is None:
            assert apply(db, Fail("a", task, FAILED))
            break
        pauses.append(run.pause)
        assert reader.pending(None, 9) == ()
        assert apply(db, Retry("a", task, FAILED, run.pause))
        assert not apply(db, Retry("a", task, FAILED, run.pause))
        found = reader.task("lab.1")
        assert found is not None
        assert (found["status"], found["node"], found["attempts"]) == ("pending", None, attempt)
        assert (found["error"], found["not_before"] > time.time()) == ("line 7", True)
        assert reader.pending(None, 9) == ()  # it waits
        db.execute("UPDATE task SET not_before = 1")
        assert [each.task.id for each in reader.pending(None, 9)] == ["lab.1"]
    assert [1.5 <= pauses[0] <= 2.5, 3 <= pauses[1] <= 5, len(pauses)] == [True, True, 2]
    failed = reader.task("lab.1")
    assert failed is not None
    assert (failed["status"], failed["reason"], failed["attempts"]) == ("failed", "raised", 3)
    assert read_counts(db)[0].conserved


def test_a_failed_task_is_put_back_as_if_it_had_never_been_tried_and_says_so(
    db: Database, reader: JournalReader
) -> None:
    task = SAID.task("a.1-1.1", "script")
    apply(db, Add("a", (task,), 1, {task.id: PI}, {task.id: SAID}))
    assert apply(db, PutBack((task.id,))) == frozenset()
    apply(db, Start("a", (task,)))
    apply(db, Fail("a", task, FAILED))
    before = reader.counts()
    assert apply(db, PutBack((task.id, "nobody"))) == {task.id}
    assert apply(db, PutBack((task.id,))) == frozenset()
    found = reader.task(task.id)
    assert found is not None
    assert (found["status"], found["node"], found["attempts"], found["finished_at"]) == (
        "pending",
        None,
        0,
        None,
    )
    assert (found["deadline"], found["history"][-1]["what"]) == (4e9, "put back")
    counts = reader.counts()  # which has fewer failed ones, and is no older copy for that
    assert (before.failed, counts.failed, counts.pending, counts.conserved) == (1, 0, 1, True)
    assert reader.put_back() == {"a": 1}
    again = apply(db, Recover("a"))
    assert (again.submitted, again.failed, again.put_back) == (1, 0, 1)
    apply(db, Place((task.id,), "m.1"))
    (taken,) = apply(db, Take("b", "m.1", 1, 1))
    run = apply(db, Start("b", (taken,)))[task.id]
    assert run is not None
    assert run.pause is not None  # all attempts are left
    assert apply(db, Finish("b", taken, Outcome(result="3")))
    ended = reader.task(task.id)
    assert ended is not None
    assert (ended["status"], ended["result"], ended["reason"], ended["error"]) == ("completed", 3, None, None)


def test_what_is_too_late_is_failed_at_its_node_and_where_it_is_pending(
    db: Database, reader: JournalReader
) -> None:
    late, soon = Attributes(deadline=1000.0), Attributes(deadline=4e9)
    submit(db, late, soon, late)
    apply(db, Place(("lab.3",), "m.1"))
    tasks = late.task("a.1-1.1"), LabTask("a.1-1.2")
    apply(db, Add("a", tasks, 1, {}, {"a.1-1.1": late}))
    apply(db, Start("a", tasks[1:]))
    apply(db, Expire("a", tasks))
    apply(db, Expire("b", tasks))
    assert apply(db, ExpirePending(1)) == ("lab.1",)
    assert apply(db, ExpirePending(9)) == ("lab.3",)
    assert apply(db, Take("b", "m.1", 1, 1)) == ()
    found = [reader.task(task) for task in ("lab.1", "lab.2", "a.1-1.1", "a.1-1.2")]
    assert [each and (each["status"], each["reason"]) for each in found] == [
        ("failed", "deadline"),
        ("pending", None),
        ("failed", "deadline"),
        ("running", None),
    ]
    assert [each and each["error"] for each in found[::2]] == ["its deadline passed before it was over"] * 2
    assert apply(db, PutBack(("lab.1",))) == {"lab.1"}
    again = reader.task("lab.1")
    assert again is not None
    assert again["deadline"] is None  # else it would be too late again
    assert read_counts(db)[0].conserved


def test_urgent_pending_tasks_come_first_and_pages_go_on_where_the_last_one_ended(
    db: Database, reader: JournalReader
) -> None:
    submit(db, *(Attributes(priority=each) for each in ("low", "high", "medium", "high", "critical")))
    db.execute("UPDATE task SET not_before = 4e9 WHERE id = 'lab.3'")
    first = reader.pending(None, 2)
    second = reader.pending(first[-1], 9)
    assert [each.task.id for each in (*first, *second)] == ["lab.5", "lab.2", "lab.4", "lab.1"]
    assert reader.pending(second[-1], 9) == ()
    assert apply(db, SetPriority("", LabTask("lab.1"), "critical"))
    assert not apply(db, SetPriority("a", LabTask("lab.1"), "low"))
    assert [each.task.id for each in reader.pending(None, 9)] == ["lab.1", "lab.5", "lab.2", "lab.4"]


def test_an_assigned_task_that_becomes_more_urgent_comes_after_those_that_are(db: Database) -> None:
    tasks = tuple(Attributes(priority="high" if n == 3 else "low").task(f"a.1-1.{n}") for n in (1, 2, 3))
    apply(db, Add("a", tasks, 1, {}, {task.id: Attributes(priority=task.priority) for task in tasks}))
    apply(db, Start("a", tasks[1:2]))
    assert apply(db, SetPriority("a", tasks[0], "high", 7))
    assert not apply(db, SetPriority("a", tasks[1], "high", 8))  # it runs
    assert [(each.id[-1], each.priority) for each in apply(db, Recover("a")).assigned] == [
        ("2", "low"),
        ("3", "high"),
        ("1", "high"),
    ]


def test_pending_tasks_stay_when_nodes_leave(db: Database) -> None:
    submit(db, SAID)
    apply(db, Add("a", (LabTask("a.1-1.1"),), 1))
    assert apply(db, ForgetNodes(frozenset({"b"}))) == 1
    assert status(db, "lab.1") == ("pending", "", None)


def test_the_reader_writes_a_batch_or_nothing_of_it(db: Database, reader: JournalReader) -> None:
    ids, placed = reader.execute([Submit((NewTask(), NewTask())), Place(("lab.2",), "m.1")])
    assert (ids, placed) == (("lab.1", "lab.2"), frozenset({"lab.2"}))
    twice = Add("a", (LabTask("lab.1"),), 1)
    with pytest.raises(Exception, match=r"(?i)unique"):
        reader.execute([Submit((NewTask(),)), twice])
    assert reader.counts().submitted == 2


@pytest.mark.parametrize("command", ["pending", "late"])
def test_pending_tasks_are_found_by_an_index_among_any_number_of_others(
    sqlite: sqlite3.Connection, command: str
) -> None:
    statement, values = {"pending": (lab.PENDING, (-1, 0, 1.0, 9)), "late": (lab.LATE, (1.0, 9))}[command]
    steps = sqlite.execute(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()
    assert [step[-1].partition("USING ")[2].partition(" (")[0] for step in steps] == [
        f"INDEX task_{'pending' if command == 'pending' else 'deadline'}"
    ]


@pytest.mark.parametrize("name", DISCIPLINES)
def test_pending_tasks_are_read_in_the_order_of_a_discipline(
    db: Database, reader: JournalReader, name: str
) -> None:
    discipline = find_discipline(name)(5.0)
    said = [
        Attributes(priority="low"),
        Attributes(priority="critical", deadline=5e9, duration=9.0),
        Attributes(deadline=4e9),
        Attributes(duration=0.5),
        Attributes(priority="high", deadline=4e9, duration=9.0),
    ]
    apply(db, Submit(tuple(NewTask(each, PI if at == 2 else None) for at, each in enumerate(said))))
    after, found = None, list[LabTask]()
    while page := reader.pending(after, 2, discipline):
        after = page[-1]
        found += [each.task for each in page]
    in_turn = sorted(found, key=lambda task: task.id)
    assert found == sorted(in_turn, key=discipline.key)
    assert len(found) == 5
