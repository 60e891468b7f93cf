"""What is read of a journal while others write it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from topowave.tasks import JournalError, JournalFile, JournalReader, LabTask, limits, reader_at
from topowave.tasks.attributes import Attributes
from topowave.tasks.commands import Add, Finish, Start
from topowave.tasks.listing import Cursor, TaskFilter
from topowave.tasks.retention import Retention
from topowave.tasks.store import sql_upkeep, sqlite_reader
from topowave.tasks.store.sql_commands import apply
from topowave.tasks.store.sqlite import make_journal, open_own_journal
from topowave.tasks.store.sqlite_reader import SqliteReader


@pytest.fixture
def place(path: Path) -> JournalFile:
    """A journal in SQLite only."""
    return JournalFile.at(path)


def tasks(count: int, node: str = "a") -> tuple[LabTask, ...]:
    return tuple(LabTask(f"{node}.1-1.{number}") for number in range(1, count + 1))


def test_the_law_is_of_one_moment_also_while_a_transaction_is_open(
    db: sqlite3.Connection, reader: JournalReader
) -> None:
    apply(db, Add("a", tasks(3), 1))
    db.execute("BEGIN IMMEDIATE")
    apply(db, Add("b", tasks(2, "b"), 1))
    assert (reader.counts().submitted, reader.counts().conserved) == (3, True)
    db.execute("COMMIT")
    assert (reader.counts().submitted, reader.counts().assigned, reader.counts().unfinished) == (5, 5, 5)


def test_a_task_is_told_with_its_history(db: sqlite3.Connection, reader: JournalReader) -> None:
    name = 'Köln "東京" [x], {y}'
    task = LabTask(f"{name}.1-1.1")
    apply(db, Add(name, (task,), 1))
    apply(db, Start(name, (task,)))
    found = reader.task(task.id)
    assert found is not None
    assert (found["id"], found["node"], found["status"], found["attempts"]) == (task.id, name, "running", 1)
    history = found["history"]
    assert [(event["node"], event["what"]) for event in history] == [(name, "assigned"), (name, "running")]
    assert reader.task("nobody") is None


def test_a_page_is_never_longer_than_the_limit_whoever_asks(
    db: sqlite3.Connection, reader: JournalReader
) -> None:
    apply(db, Add("a", tasks(limits.PAGE_TASKS + 1), 1))
    first = reader.page(TaskFilter(), "submitted", None, limits.PAGE_TASKS + 1)
    assert [task["id"] for task in first["tasks"]] == [task.id for task in tasks(limits.PAGE_TASKS)]
    following = Cursor.read(first["next"], "submitted")
    rest = reader.page(TaskFilter(), "submitted", following, limits.PAGE_TASKS + 1)
    assert (len(rest["tasks"]), rest["next"]) == (1, None)


def test_a_text_is_found_in_capitals_or_not_of_any_alphabet(
    db: sqlite3.Connection, reader: JournalReader
) -> None:
    names = ("Été à Köln", "ДЕКОДЕР", "50% of a_b", "summer")
    own = [Attributes(title=name).task(f"a.1-1.{number}") for number, name in enumerate(names)]
    said = {task.id: Attributes(title=name) for task, name in zip(own, names, strict=True)}
    apply(db, Add("a", tuple(own), 1, {}, said))
    for text, found in {
        "été": [0],
        "KÖLN": [0],
        "декодер": [1],
        "%": [2],
        "_": [2],
        "a.1-1": [0, 1, 2, 3],
    }.items():
        page = reader.page(TaskFilter(text=text), "submitted", None, 9)
        assert [task["title"] for task in page["tasks"]] == [names[number] for number in found]


def test_upkeep_lets_the_oldest_finished_tasks_go_and_keeps_the_law(
    path: Path, db: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sql_upkeep, "PRUNED_AT_ONCE", 100)
    apply(db, Add("a", tasks(1300), 1))
    apply(db, Start("a", tasks(1200)))
    for task in tasks(1200):
        apply(db, Finish("a", task))
    with closing(reader_at(path, Retention(tasks=1000))) as reader:
        before = reader.counts()
        reader.upkeep()
        assert reader.counts() == before
        assert (before.completed, before.assigned, before.conserved) == (1200, 100, True)
        assert db.execute("SELECT COUNT(*) FROM task WHERE status = 'completed'").fetchone() == (1000,)
        assert reader.task("a.1-1.200") is None
        assert reader.task("a.1-1.201") is not None


def test_upkeep_keeps_the_log_short(
    path: Path, db: sqlite3.Connection, reader: JournalReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = path.with_name("journal.db-wal")
    monkeypatch.setattr(sqlite_reader, "WAL_BYTES", 100_000)
    for number in range(300):
        apply(db, Add("a", (LabTask(f"a.1-1.{number}"),), number))
    assert log.stat().st_size > 1_000_000
    reader.upkeep()
    assert log.stat().st_size == 0
    assert reader.counts().submitted == 300


def test_a_log_that_grows_while_two_threads_look_at_it_is_not_lost(
    place: JournalFile, db: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply(db, Add("a", tasks(1), 1))
    failed: list[JournalError] = []

    def write() -> None:
        try:
            reader.try_write()
        except JournalError as error:
            failed.append(error)

    other = Thread(target=write)

    def size(_: object) -> int:
        if other.ident is not None:
            return 2_000_000_000
        other.start()
        other.join(0.5)  # it looks now, or waits until this thread has compared
        return 1_000_000_000

    with closing(SqliteReader(place, Retention(), is_alone=True)) as reader:
        reader.check()
        reader.try_write()
        monkeypatch.setattr("topowave.tasks.store.sqlite_reader._Log.bytes", size)
        reader.check()
        other.join()
        reader.check()
    assert failed == []


def test_what_cannot_be_read_is_one_sentence_and_is_read_again_when_it_can(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    with closing(reader_at(path)) as reader:
        reads = (reader.counts, reader.upkeep, lambda: reader.task("x"))
        for read in reads:
            with pytest.raises(JournalError, match="the journal cannot be read: it cannot be opened"):
                read()
        with pytest.raises(JournalError, match="the journal cannot be written: it cannot be opened"):
            reader.forget_nodes(list)
        make_journal(path)
        assert reader.counts().submitted == 0


def test_what_cannot_be_written_is_told_as_that_and_written_when_it_can(
    place: JournalFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = open_own_journal
    with closing(reader_at(place)) as reader, monkeypatch.context() as patch:

        def read_only(*asked: Any) -> Any:
            db, files = real(*asked)
            db.execute("PRAGMA query_only = ON")
            return db, files

        patch.setattr(sqlite_reader, "open_own_journal", read_only)
        with pytest.raises(JournalError, match=r"^the journal cannot be written: it is read-only$"):
            reader.try_write()
        assert reader.counts().submitted == 0
    with closing(reader_at(place)) as reader, closing(sqlite3.connect(place.path)) as db:
        before = db.execute("SELECT * FROM run").fetchall()
        seen = db.execute("PRAGMA data_version").fetchone()
        reader.try_write()
        assert db.execute("SELECT * FROM run").fetchall() == before
        assert db.execute("PRAGMA data_version").fetchone() != seen, "something was written"
