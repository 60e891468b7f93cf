"""A journal whose files were deleted or replaced is lost: for who has it open, and for who opens it later."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from topowave.tasks import JournalError, JournalFile, JournalLostError, begin_run, reader_at
from topowave.tasks.store import journal_file
from topowave.tasks.store.sqlite import SqliteStore, make_journal, open_own_journal


def replace(path: Path) -> None:
    shutil.copy(path, f"{path}.copy")
    Path(f"{path}.copy").replace(path)


def overwrite(path: Path) -> None:
    path.unlink()
    path.write_text("no journal")


WAYS: dict[str, Callable[[Path], object]] = {
    "deleted": Path.unlink,
    "replaced by a copy": replace,
    "replaced by anything": overwrite,
    "its folder deleted": lambda path: shutil.rmtree(path.parent),
    "its folder renamed": lambda path: path.parent.rename(path.parent.with_name("elsewhere")),
    "its log deleted": lambda path: Path(f"{path}-wal").unlink(),
    "its index deleted": lambda path: Path(f"{path}-shm").unlink(),
}


@pytest.fixture
def file(tmp_path: Path) -> JournalFile:
    folder = tmp_path / "data"
    folder.mkdir()
    make_journal(folder / "journal.db")
    return JournalFile.at(folder / "journal.db")


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
        with pytest.raises(JournalLostError, match="deleted or replaced while the lab ran"):
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
    assert run.file is not None
    with closing(SqliteStore.open(run.file)) as store:
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
    assert following.file is not None
    with closing(SqliteStore.open(following.file)) as store:
        store.execute([])
    following.end()
