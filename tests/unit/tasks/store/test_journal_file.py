"""A journal whose files were deleted, replaced or overwritten is lost, now and for whoever comes later."""

from __future__ import annotations

import dataclasses
import os
import shutil
import sqlite3
import traceback
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest

from topowave.tasks import JournalError, JournalFile, JournalLostError, LabTask, begin_run, reader_at
from topowave.tasks.commands import Add
from topowave.tasks.store import journal_file, sqlite_reader
from topowave.tasks.store.sqlite import SqliteStore, make_journal, open_journal, open_own_journal, read_mark


def replace(path: Path) -> None:
    shutil.copy(path, f"{path}.copy")
    Path(f"{path}.copy").replace(path)


def overwrite(path: Path) -> None:
    path.unlink()
    path.write_text("no journal")


def overwrite_in_place(path: Path) -> None:
    make_journal(path.with_name("other.db"))
    shutil.copyfile(path.with_name("other.db"), path)


WAYS: dict[str, Callable[[Path], object]] = {
    "deleted": Path.unlink,
    "replaced by a copy": replace,
    "replaced by anything": overwrite,
    "overwritten with another journal": overwrite_in_place,
    "overwritten with anything": lambda path: path.write_text("no journal" * 1000),
    "emptied": lambda path: path.write_text(""),
    "cut off": lambda path: os.truncate(path, 1024),
    "its folder deleted": lambda path: shutil.rmtree(path.parent),
    "its folder renamed": lambda path: path.parent.rename(path.parent.with_name("elsewhere")),
    "its log deleted": lambda path: Path(f"{path}-wal").unlink(),
    "its index deleted": lambda path: Path(f"{path}-shm").unlink(),
}


@pytest.fixture
def file(tmp_path: Path) -> JournalFile:
    folder = tmp_path / "data"
    folder.mkdir()
    path = folder / "journal.db"
    make_journal(path)
    with closing(open_journal(path, 1)) as db:
        return dataclasses.replace(JournalFile.at(path), mark=read_mark(db))


@pytest.mark.parametrize("way", WAYS)
def test_who_has_it_open_writes_and_reads_nothing_more(
    way: str, file: JournalFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_file, "LOOK_INTERVAL", 0)
    store = SqliteStore.open(file)
    with closing(store), closing(reader_at(file)) as reader:
        store.execute([])
        reader.counts()
        WAYS[way](file.path)
        with pytest.raises(JournalLostError, match="deleted, replaced or overwritten while the lab ran"):
            store.execute([])
        for read in (reader.counts, reader.check, reader.upkeep, lambda: reader.task("x")):
            with pytest.raises(JournalLostError):
                read()
        if file.path.parent.exists():  # and it stays so, whatever is there again
            make_journal(file.path.with_name("another.db"))
            file.path.with_name("another.db").replace(file.path)
            with pytest.raises(JournalLostError):
                reader.counts()


@pytest.mark.parametrize("way", WAYS)
def test_who_comes_later_does_not_take_what_is_there_for_it(
    way: str, file: JournalFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_file, "LOOK_INTERVAL", 0)
    store = SqliteStore.open(file)
    with closing(store):
        WAYS[way](file.path)
        if way.startswith("its"):  # what only those can see who have it open, they leave word of
            with pytest.raises(JournalLostError):
                store.execute([])
        with pytest.raises(JournalLostError):
            open_own_journal(file, 0)
        with pytest.raises(JournalLostError):
            SqliteStore.open(file)


def test_a_log_that_sqlite_itself_removed_and_made_anew_is_no_loss(file: JournalFile) -> None:
    for _ in range(3):
        with closing(SqliteStore.open(file)) as store, closing(reader_at(file)) as reader:
            store.execute([])
            assert Path(f"{file.path}-wal").exists()
            reader.counts()
        assert not Path(f"{file.path}-wal").exists()


def add(file: JournalFile, *numbers: int) -> None:
    """Add tasks, as a node would, and write the log back, as the balancer would."""
    tasks = tuple(LabTask(f"a.1-1.{number}") for number in numbers)
    with closing(SqliteStore.open(file)) as store, closing(reader_at(file)) as reader:
        store.execute([Add("a", tasks, 1)])
        reader.upkeep()


def test_checkpoints_of_the_lab_itself_are_no_loss(file: JournalFile) -> None:
    with closing(SqliteStore.open(file)) as store, closing(reader_at(file)) as reader:
        for number in range(5):
            store.execute([Add("a", (LabTask(f"a.1-1.{number}"),), number)])
            assert reader.counts().submitted == number + 1
            reader.upkeep()
            store.execute([])


def test_an_older_copy_of_the_same_journal_takes_tasks_away_and_is_a_loss(file: JournalFile) -> None:
    add(file, 1)
    shutil.copyfile(file.path, file.path.with_name("copy.db"))
    with closing(reader_at(file)) as reader:
        add(file, 2, 3)
        assert reader.counts().submitted == 3
        reader.upkeep()
        shutil.copyfile(file.path.with_name("copy.db"), file.path)
        with suppress(JournalError):
            add(file, 4)  # which begins the log anew: until then all that is in the file is in the log too
        with pytest.raises(JournalLostError):
            reader.counts()
    with pytest.raises(JournalLostError):
        SqliteStore.open(file)


def test_a_log_that_somebody_cuts_off_is_a_loss_and_one_that_is_written_back_is_none(
    file: JournalFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_reader, "WAL_BYTES", 1)
    with closing(SqliteStore.open(file)) as store, closing(reader_at(file)) as reader:
        for number in range(3):
            store.execute([Add("a", (LabTask(f"a.1-1.{number}"),), 1)])
            reader.upkeep()
            assert reader.counts().submitted == number + 1
        store.execute([Add("a", (LabTask("a.1-1.9"),), 1)])
        assert reader.counts().submitted == 4
        os.truncate(f"{file.path}-wal", 0)
        with pytest.raises(JournalError):
            reader.counts()
        with pytest.raises(JournalLostError):
            reader.counts()


def test_whoever_reads_from_outside_takes_a_log_that_the_lab_cuts_off_for_no_loss(
    file: JournalFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_reader, "WAL_BYTES", 1)
    with (
        closing(SqliteStore.open(file)) as store,
        closing(reader_at(file)) as reader,
        closing(reader_at(file.path)) as outside,
    ):
        for number in range(3):
            store.execute([Add("a", (LabTask(f"a.1-1.{number}"),), 1)])
            assert outside.counts().submitted == number + 1
            reader.upkeep()
            assert Path(f"{file.path}-wal").stat().st_size == 0
            assert outside.counts().submitted == number + 1
        store.execute([Add("a", (LabTask("a.1-1.9"),), 1)])  # whose lab goes on, too
        assert reader.counts().submitted == 4


def test_a_loss_that_is_told_again_and_again_does_not_grow(file: JournalFile) -> None:
    def lines(read: Callable[[], object]) -> int:
        with pytest.raises(JournalLostError) as caught:
            read()
        return len(traceback.extract_tb(caught.value.__traceback__))

    with closing(reader_at(file)) as reader:
        reader.counts()
        file.path.unlink()
        lines(reader.counts)
        assert lines(reader.counts) == lines(reader.counts)


def test_what_cannot_be_looked_at_is_not_lost(file: JournalFile, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(_: object) -> None:
        raise PermissionError(13, "Permission denied")

    with closing(SqliteStore.open(file)) as store:
        with monkeypatch.context() as patch:
            patch.setattr(os, "stat", forbidden)
            with pytest.raises(JournalError, match="cannot be looked at: Permission denied") as caught:
                store.execute([])
        assert not isinstance(caught.value, JournalLostError)
        store.execute([])


def test_a_run_that_ends_leaves_another_file_alone_and_the_next_one_begins(tmp_path: Path) -> None:
    run = begin_run(tmp_path, ["a"], resume=False)
    with closing(SqliteStore.open(run.place)) as store:
        run.path.unlink()
        with pytest.raises(JournalLostError):
            store.execute([])
    make_journal(run.path)
    with closing(sqlite3.connect(run.path)) as other, other:
        other.execute("INSERT INTO run VALUES (7, 0, NULL)")
    run.end()
    with closing(sqlite3.connect(run.path)) as other:
        assert other.execute("SELECT number, ended FROM run").fetchall() == [(7, None)]
    following = begin_run(tmp_path, ["a"], resume=False)
    with closing(SqliteStore.open(following.place)) as store:
        store.execute([])
    following.end()
