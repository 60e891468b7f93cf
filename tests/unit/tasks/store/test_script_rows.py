"""A script task in the journal: what it is to do and what came of it, from its beginning to its end."""

from __future__ import annotations

import json
import sqlite3

import pytest

from topowave.tasks import Attributes, JournalReader, LabTask, Outcome, Script, ScriptRun, limits
from topowave.tasks.commands import Add, Cancel, Fail, Finish, Offer, Recover, Start, Take
from topowave.tasks.listing import TaskFilter
from topowave.tasks.script import Priority
from topowave.tasks.store import sql_upkeep
from topowave.tasks.store.database import Database
from topowave.tasks.store.sql_commands import apply
from topowave.tasks.store.sql_upkeep import outcome_bytes, prune

WORK = Script("/s/pi.py", '{"samples": 10}', "io", 2.5)
SAID = Attributes("A pie", "maths", "high")
EMPTY = {"result": None, "reason": None, "error": None, "took": None, "output": None}


def scripts(count: int) -> tuple[LabTask, ...]:
    return tuple(LabTask(f"a.1-1.{number}", kind="script") for number in range(1, count + 1))


def add(db: Database, *tasks: LabTask) -> None:
    scripts = {task.id: WORK for task in tasks if task.kind == "script"}
    apply(db, Add("a", tasks, 1, scripts, dict.fromkeys(scripts, SAID)))


def test_a_script_task_that_begins_brings_what_it_is_to_do_and_an_emulated_one_nothing(
    db: Database,
) -> None:
    (task,) = scripts(1)
    emulated = LabTask("a.1-1.2")
    add(db, task, emulated)
    assert apply(db, Start("a", (task, emulated))) == {task.id: ScriptRun(WORK), emulated.id: None}


def test_a_script_task_is_told_with_what_it_is_and_what_came_of_it(
    db: Database, reader: JournalReader
) -> None:
    done, failed = scripts(2)
    add(db, done, failed)
    about = {"kind": "script", "title": "A pie", "category": "maths", "priority": "high"}
    asked = {"script": "/s/pi.py", "type": "io", "timeout": 2.5, "params": {"samples": 10}}
    found = reader.task(done.id)
    assert found is not None
    assert found | about | asked | EMPTY == found
    listed = reader.page(TaskFilter(("assigned",), nodes=("a",)), "submitted", None, 9)["tasks"][0]
    assert listed == {name: found[name] for name in listed}
    assert {
        "id": done.id,
        "status": "assigned",
        "node": "a",
        "attempts": 0,
        **about,
    }.items() <= listed.items()
    apply(db, Start("a", (done, failed)))
    assert apply(db, Finish("a", done, Outcome(result='{"pi": 3}', took=0.5, output="ready\udc00")))
    assert apply(db, Fail("a", failed, Outcome(reason="raised", error="line 7", took=0.25)))
    ended = reader.task(done.id)
    assert ended is not None
    assert ended["result"] == {"pi": 3}
    assert (ended["reason"], ended["took"], ended["output"]) == (None, 0.5, "ready\udc00")
    ended = reader.task(failed.id)
    assert ended is not None
    assert (ended["status"], ended["result"], ended["reason"], ended["error"]) == (
        "failed",
        None,
        "raised",
        "line 7",
    )
    assert ended["history"][-1]["what"] == "failed: raised"
    assert reader.counts().conserved


def test_what_a_script_said_too_late_is_not_kept(db: Database, reader: JournalReader) -> None:
    (task,) = scripts(1)
    add(db, task)
    apply(db, Start("a", (task,)))
    apply(db, Cancel("a", task, "running"))
    assert not apply(db, Finish("a", task, Outcome(result="1")))
    assert not apply(db, Fail("a", task, Outcome(reason="raised", error="")))
    found = reader.task(task.id)
    assert found is not None
    assert (found["status"], found["result"], found["reason"]) == ("cancelled", None, None)


def test_a_script_task_stays_one_where_it_moves_and_where_its_node_comes_back(db: Database) -> None:
    first, second = scripts(2)
    add(db, first, second)
    apply(db, Offer("a", (second,), "m.1", "b"))
    (taken,) = apply(db, Take("b", "m.1", 1, 1))
    assert taken.kind == "script"
    assert apply(db, Start("b", (taken,))) == {second.id: ScriptRun(WORK)}
    assert [task.kind for task in apply(db, Recover("a")).assigned] == ["script"]


def test_how_urgent_a_task_is_is_known_where_it_moves_and_where_its_node_comes_back(
    db: Database,
) -> None:
    tasks = (*scripts(3), LabTask("a.1-1.4"))
    urgency: tuple[Priority, ...] = ("low", "critical", "high")
    said = {task.id: Attributes(priority=each) for task, each in zip(tasks, urgency, strict=False)}
    apply(db, Add("a", tasks, 1, {task.id: WORK for task in tasks[:3]}, said))
    apply(db, Offer("a", tasks[2:], "m.1", "b"))
    taken = apply(db, Take("b", "m.1", 1, 2))
    assert [(task.id, task.priority) for task in taken] == [("a.1-1.3", "high"), ("a.1-1.4", "medium")]
    assert apply(db, Recover("b")).assigned == taken
    assert [task.priority for task in apply(db, Recover("b")).assigned] == ["high", "medium"]
    assert [task.priority for task in apply(db, Recover("a")).assigned] == ["low", "critical"]


def test_a_script_task_that_may_be_what_kills_its_node_is_failed_sooner_and_says_so(
    db: Database, reader: JournalReader
) -> None:
    (task,) = scripts(1)
    emulated = LabTask("a.1-1.2")
    add(db, task, emulated)
    for _ in range(limits.SCRIPT_ATTEMPTS - 1):
        apply(db, Start("a", (task, emulated)))
        assert apply(db, Recover("a")).assigned == (task, emulated)
    apply(db, Start("a", (task, emulated)))
    found = apply(db, Recover("a"))
    assert [each.id for each in found.assigned] == [emulated.id]
    assert (found.failed, reader.counts().conserved) == (1, True)
    failed = reader.task(task.id)
    assert failed is not None
    assert (failed["status"], failed["attempts"]) == ("failed", limits.SCRIPT_ATTEMPTS)
    assert (failed["reason"], failed["error"]) == ("node_ended", "its node ended 3 times while it ran")
    assert failed["history"][-1]["what"] == "failed: its node ended 3 times while it ran"


def test_what_is_failed_when_its_node_ends_once_more_is_suspected_until_then_wherever_it_is(
    db: Database,
) -> None:
    (task,), emulated = scripts(1), LabTask("a.1-1.2")
    add(db, task, emulated)
    suspected: list[list[bool]] = []
    for _ in range(limits.SCRIPT_ATTEMPTS - 1):
        apply(db, Start("a", (task, emulated)))
        suspected.append([each.suspect for each in apply(db, Recover("a")).assigned])
    assert suspected == [[False, False], [True, False]]
    apply(db, Offer("a", (task, emulated), "m.1", "b"))
    assert [each.suspect for each in apply(db, Take("b", "m.1", 1, 2))] == [True, False]


def test_what_is_not_over_is_told_of_many_tasks_at_once(db: Database, reader: JournalReader) -> None:
    tasks = scripts(3)
    add(db, *tasks)
    apply(db, Start("a", tasks[:1]))
    apply(db, Finish("a", tasks[0], Outcome(result="1")))
    assert reader.unfinished([*(task.id for task in tasks), "nobody"]) == {"a.1-1.2", "a.1-1.3"}
    assert reader.unfinished([]) == frozenset()


def test_what_a_task_was_to_do_goes_when_its_row_goes(db: Database) -> None:
    (task,) = scripts(1)
    add(db, task)
    apply(db, Start("a", (task,)))
    apply(db, Finish("a", task, Outcome(result="1")))
    assert prune(db) == 1
    assert db.execute("SELECT COUNT(*) FROM script").fetchone() == (0,)


def end(db: Database, task: LabTask, outcome: Outcome) -> None:
    apply(db, Start("a", (task,)))
    assert apply(db, (Fail if outcome.reason else Finish)("a", task, outcome))


def test_the_oldest_results_are_let_go_where_there_are_too_many_bytes_and_their_tasks_say_so(
    db: Database, reader: JournalReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sql_upkeep, "OUTCOMES_BYTES", 3_000)
    monkeypatch.setattr(sql_upkeep, "OUTCOMES_SPARE", 3_000)
    monkeypatch.setattr(sql_upkeep, "OUTCOMES_AT_ONCE", 1_500)
    monkeypatch.setattr(sql_upkeep, "PRUNED_AT_ONCE", 2)
    failed, small, *others = scripts(7)
    add(db, failed, small, *others)
    large = Outcome(result=json.dumps("x" * 900), took=0.5, output="y" * 80)
    end(db, failed, Outcome(reason="raised", error="e" * 900, took=0.25, output="z" * 80))
    end(db, small, Outcome(result="[1]"))
    for task in others[:-1]:
        end(db, task, large)
    assert 5_000 < outcome_bytes(db) < 6_000
    reader.upkeep()
    assert 5_000 < outcome_bytes(db) < 6_000  # within what may gather
    before = reader.counts()
    end(db, others[-1], large)
    reader.upkeep()
    assert 2_000 < outcome_bytes(db) <= 3_000
    assert reader.counts().conserved
    assert (reader.counts().completed, reader.counts().failed) == (before.completed + 1, 1)
    kept = [reader.task(task.id) for task in (failed, small, *others)]
    gone = "its result and output were too old to be kept"
    assert [task and (task["status"], task["reason"], task["error"]) for task in kept] == [
        ("failed", "raised", gone),
        ("completed", None, None),
        *[("completed", "not_kept", gone)] * 3,
        *[("completed", None, None)] * 2,
    ]
    assert [task and task["result"] for task in kept] == [None, [1], *[None] * 3, *["x" * 900] * 2]
    assert [task and task["took"] for task in kept] == [0.25, 0.0, *[0.5] * 5]
    assert [task and task["output"] for task in kept] == ["", "", *[""] * 3, *["y" * 80] * 2]
    reader.upkeep()
    assert prune(db) == 2
    assert prune(db) == 2
    assert prune(db) == 2
    assert prune(db) == 1
    assert outcome_bytes(db) == 0


def test_how_many_bytes_of_results_there_are_is_read_from_an_index_only(sqlite: sqlite3.Connection) -> None:
    (step,) = sqlite.execute(f"EXPLAIN QUERY PLAN {sql_upkeep.SIZES}").fetchall()
    assert step[-1] == "SCAN script USING COVERING INDEX script_size"


def test_an_outcome_is_ascii_json_whatever_a_script_said() -> None:
    text = Outcome(reason="raised", error="caf\u00e9 \ud800", output="\x00").to_text()
    assert text.isascii()
    assert json.loads(text)["error"] == "caf\u00e9 \ud800"
