"""A journal of an earlier version is brought up to date, with everything in it, or stays as it was.

`data/journal-<version>.db` was written by the code whose tables had that version, as by a lab of root and
leaf that was killed. Of seven tasks of root one is queued, two run and one moves, one was taken by leaf, one
was done and one cancelled, and the rows of the last two were let go. From version 4 on,
one that runs is a script.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from topowave.tasks import JournalError, Outcome, TaskCounts, begin_run, reader_at
from topowave.tasks.commands import Recover
from topowave.tasks.store import migrations
from topowave.tasks.store.migrations import MIGRATIONS
from topowave.tasks.store.schema import VERSION
from topowave.tasks.store.sql_commands import apply
from topowave.tasks.store.sql_upkeep import outcome_bytes
from topowave.tasks.store.sqlite import make_journal, open_journal

DATA = Path(__file__).with_name("data")
OLD = range(1, VERSION)
LEFT = TaskCounts(submitted=7, pending=0, assigned=2, moving=1, running=2, completed=1, failed=0, cancelled=1)


@pytest.fixture(params=OLD)
def old(request: pytest.FixtureRequest) -> int:
    """Each earlier version."""
    assert isinstance(request.param, int)
    return request.param


@pytest.fixture
def folder(tmp_path: Path, old: int) -> Path:
    """A data directory as the old code left it."""
    shutil.copy(DATA / f"journal-{old}.db", tmp_path / "journal.db")
    return tmp_path


def version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as db:
        return int(db.execute("PRAGMA user_version").fetchone()[0])


def tables(path: Path) -> dict[str, object]:
    """What a journal consists of: columns and indexes, by name."""
    with closing(sqlite3.connect(path)) as db:
        found: dict[str, object] = {}
        for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            found[table] = db.execute(f"PRAGMA table_info({table})").fetchall()
            for _, index, unique, origin, partial in db.execute(f"PRAGMA index_list({table})").fetchall():
                found[index] = unique, origin, partial, db.execute(f"PRAGMA index_info({index})").fetchall()
        return found


def test_there_is_a_way_from_every_earlier_version() -> None:
    assert sorted(MIGRATIONS) == list(OLD)


def test_a_run_resumes_what_an_earlier_version_left(folder: Path, old: int) -> None:
    assert version(folder / "journal.db") == old
    run = begin_run(folder, ["root", "leaf"], resume=True)
    assert run.notes == ["5 tasks of the last run are taken up"]
    assert version(run.path) == VERSION
    with closing(reader_at(run.path)) as reader:
        assert reader.counts() == LEFT
        moving = reader.task("root.1-1.6")
        assert moving is not None
        assert [event["what"] for event in moving["history"]] == [
            "queued" if old < 6 else "assigned",
            "moving to leaf",
        ]
    with closing(open_journal(run.path, 1)) as db:
        found = apply(db, Recover("root"))
        assert [task.id for task in found.assigned] == [f"root.1-1.{number}" for number in (2, 3, 4, 6)]
        assert (found.run, found.submitted, found.completed, found.cancelled) == (2, 7, 1, 1)
        assert [task.id for task in apply(db, Recover("leaf")).assigned] == ["root.1-1.5"]
    run.end()


def test_a_journal_that_was_brought_up_to_date_is_as_one_that_is_made_now(folder: Path) -> None:
    begin_run(folder, ["root", "leaf"], resume=True).end()
    make_journal(folder / "new.db")
    assert tables(folder / "journal.db") == tables(folder / "new.db")


def test_the_results_that_version_4_kept_are_counted(tmp_path: Path) -> None:
    shutil.copy(DATA / "journal-4.db", tmp_path / "journal.db")
    with closing(sqlite3.connect(tmp_path / "journal.db")) as db, db:
        outcome = Outcome(result=json.dumps("x" * 600)).to_text()
        assert db.execute("UPDATE script SET outcome = ?", (outcome,)).rowcount == 1
        db.execute("UPDATE task SET state = 'done' WHERE kind = 'script'")
    run = begin_run(tmp_path, ["root", "leaf"], resume=True)
    with closing(open_journal(run.path, 1)) as db:
        assert outcome_bytes(db) == len(outcome)
    run.end()


def test_what_version_5_knew_of_scripts_only_is_said_of_tasks_and_histories_say_when_what_was(
    tmp_path: Path,
) -> None:
    shutil.copy(DATA / "journal-5.db", tmp_path / "journal.db")
    with closing(sqlite3.connect(tmp_path / "journal.db")) as db, db:
        failed = Outcome(reason="raised", error="line 7").to_text()
        ended = 'history = history || \'[1795705999000,"root","failed"],\''
        db.execute("UPDATE script SET outcome = ?", (failed,))
        db.execute(f"UPDATE task SET state = 'failed', {ended} WHERE number = 3")
        db.execute(f"UPDATE task SET state = 'failed', {ended}, attempts = 10 WHERE number = 4")
    run = begin_run(tmp_path, ["root", "leaf"], resume=True)
    with closing(reader_at(run.place)) as reader:
        script, emulated, running = (reader.task(f"root.1-1.{number}") for number in (3, 4, 2))
        assert script
        assert (script["title"], script["category"], script["priority"]) == ("A pie", "pies", "high")
        assert (script["script"], script["type"], script["timeout"]) == ("/s/pi.py", "io", 2.5)
        assert (script["params"], script["reason"], script["error"]) == ({"samples": 10}, "raised", "line 7")
        times = "submitted_at", "assigned_at", "started_at", "finished_at"
        assert [script[each] for each in times] == [
            1795705994.837,
            1795705994.837,
            1795705994.838,
            1795705999.0,
        ]
        assert emulated
        assert (emulated["title"], emulated["priority"], emulated["weight"]) == ("", "medium", 1)
        assert (emulated["reason"], emulated["error"]) == (
            "node_ended",
            "its node ended 10 times while it ran",
        )
        assert running
        assert (running["finished_at"], running["max_attempts"], running["roles"]) == (None, 1, [])
        assert reader.counts().conserved
    with closing(open_journal(tmp_path / "journal.db", 1)) as db:
        deaths = dict(db.execute("SELECT id, deaths FROM task"))
        assert (deaths["root.1-1.4"], deaths["root.1-1.2"], deaths["root.1-1.5"]) == (10, 0, 0)
    run.end()


def test_a_run_that_begins_anew_keeps_an_earlier_versions_tasks_to_be_resumed_later(folder: Path) -> None:
    first = begin_run(folder, ["root", "leaf"], resume=False)
    assert ["left 5 tasks unfinished" in note for note in first.notes] == [True]
    first.end()
    later = begin_run(folder, ["root", "leaf"], resume=True)
    assert later.notes == ["5 tasks of the last run are taken up"]
    later.end()


def test_whoever_only_opens_an_earlier_versions_journal_changes_nothing_and_says_what_to_do(
    folder: Path, old: int
) -> None:
    with closing(reader_at(folder / "journal.db")) as reader, pytest.raises(JournalError) as caught:
        reader.counts()
    assert "an older version of Topowave wrote it" in str(caught.value)
    assert version(folder / "journal.db") == old


def test_a_migration_that_fails_leaves_the_journal_as_it_was(
    folder: Path, old: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(migrations.MIGRATIONS, old, (*MIGRATIONS[old], "ALTER TABLE elsewhere RENAME TO x"))
    before = tables(folder / "journal.db")
    for resume in (False, True):
        with pytest.raises(JournalError, match="cannot be read as a journal: no such table: elsewhere"):
            begin_run(folder, ["root", "leaf"], resume=resume)
    assert (version(folder / "journal.db"), tables(folder / "journal.db")) == (old, before)
