"""The journal as a process writes it: in order, together, never waiting for others, and recovering."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Generator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.support.waiting import eventually
from tests.unit.tasks.disk import full, read_only, sqlite_of
from tests.unit.wire.loop import on_uvloop
from topowave.tasks import (
    Journal,
    JournalError,
    JournalFullError,
    LabTask,
    journal_at,
    limits,
    reader_at,
)
from topowave.tasks.commands import Add, Command
from topowave.tasks.store.sqlite import SqliteStore, make_journal


def adding(count: int, start: int = 0) -> Add:
    return Add("a", tuple(LabTask(str(n)) for n in range(start, start + count)), 1)


def submitted(path: Path) -> int:
    with closing(reader_at(path)) as reader:
        counts = reader.counts()
        assert counts.conserved
        return counts.submitted


@contextmanager
def locked(path: Path) -> Generator[None]:
    """Be another process that is writing."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


async def refused(journal: Journal, start: int) -> JournalError:
    undone: list[bool] = []
    with pytest.raises(JournalError) as caught:
        await journal.commit(adding(1, start), lambda _: None, lambda: undone.append(True))
    assert undone == [True]
    return caught.value


@on_uvloop
async def test_what_was_written_is_there_when_it_is_told(path: Path) -> None:
    async with journal_at(path) as journal:
        told: list[int] = []
        await journal.commit(adding(3), lambda _: told.append(submitted(path)), lambda: None)
        assert told == [3]


@on_uvloop
async def test_changes_are_written_in_their_order_and_those_of_a_moment_together(path: Path) -> None:
    async with journal_at(path) as journal:
        order: list[int] = []
        await journal.commit(adding(1, 99), lambda _: None, lambda: None)
        before = journal.commits
        for number in range(50):
            journal.write(adding(1, number), partial(_note, order, number))
        await eventually(lambda: len(order) == 50)
        assert order == list(range(50))
        assert journal.commits == before + 1


@on_uvloop
async def test_a_transaction_has_no_more_rows_than_the_limit(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "COMMIT_ROWS", 10)
    async with journal_at(path) as journal:
        seen: list[int] = []
        for number in range(5):
            journal.write(adding(4, 4 * number), lambda _: seen.append(submitted(path)))
        journal.write(adding(25, 100), lambda _: seen.append(submitted(path)))
        await eventually(lambda: len(seen) == 6)
        assert seen == [8, 8, 16, 16, 20, 45]  # one that is larger goes alone


@on_uvloop
async def test_between_two_commits_a_process_does_other_things(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "COMMIT_PAUSE_MOST", 0.2)
    monkeypatch.setattr(limits, "COMMIT_SHARE", 0.0001)
    async with journal_at(path) as journal:
        await journal.commit(adding(1), lambda _: None, lambda: None)
        began = time.monotonic()
        await journal.commit(adding(1, 1), lambda _: None, lambda: None)
        assert time.monotonic() - began >= 0.15


@on_uvloop
async def test_while_another_process_writes_the_loop_goes_on_and_the_change_follows(path: Path) -> None:
    async with journal_at(path) as journal:
        with locked(path):
            writing = asyncio.ensure_future(journal.commit(adding(1), lambda _: None, lambda: None))
            await eventually(lambda: journal.store is not None)
            # Whoever writes tries again later, and lets nobody wait in the meantime.
            assert sqlite_of(journal.store).execute("PRAGMA busy_timeout").fetchone() == (0,)
            for _ in range(1000):
                await asyncio.sleep(0)
            assert not writing.done()
        await writing
        assert journal.problem is None
        assert submitted(path) == 1


@on_uvloop
async def test_a_lock_that_is_held_too_long_refuses_what_may_be_refused_and_keeps_the_rest(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "PROMISE_TIMEOUT", 0.1)
    async with journal_at(path) as journal:
        done: list[bool] = []
        with locked(path):
            journal.write(adding(1), lambda _: done.append(True))
            error = await refused(journal, 1)
            assert "another process holds its lock" in str(error)
            tries = 0

            def execute(store: SqliteStore, batch: Sequence[Command[Any]]) -> list[Any]:
                nonlocal tries
                tries += 1
                return real(store, batch)

            real = SqliteStore.execute
            monkeypatch.setattr(SqliteStore, "execute", execute)
            await refused(journal, 1)  # and from now on at the next attempt
            assert tries == 1
            assert not done
        await eventually(lambda: bool(done))
        assert journal.problem is None
        assert submitted(path) == 1


@on_uvloop
async def test_a_short_lock_after_a_long_one_is_waited_for_again(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "PROMISE_TIMEOUT", 0.2)
    async with journal_at(path) as journal:
        with locked(path):
            await refused(journal, 0)
        await asyncio.sleep(0.3)  # longer than a promise is waited for, in which nothing is to be written
        with locked(path):
            kept = asyncio.ensure_future(journal.commit(adding(1), lambda _: None, lambda: None))
            await asyncio.sleep(limits.BUSY_FIRST)
            assert not kept.done()
        await kept
        assert submitted(path) == 1


@on_uvloop
async def test_what_fails_after_a_commit_keeps_nobody_else_waiting(path: Path) -> None:
    told: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context["exception"]))
    async with journal_at(path) as journal:
        done: list[bool] = []
        journal.write(adding(1), lambda _: done.remove(True))
        journal.write(adding(1, start=1), lambda _: done.append(True))
        await eventually(lambda: done == [True])
        assert [type(error) for error in told] == [ValueError]
        assert submitted(path) == 2


@on_uvloop
async def test_a_full_disk_refuses_what_is_new_and_when_there_is_room_all_goes_on(path: Path) -> None:
    async with journal_at(path) as journal:
        await journal.commit(adding(1), lambda _: None, lambda: None)
        done: list[bool] = []
        with full(journal):
            journal.write(adding(400, 1000), lambda _: done.append(True))
            assert isinstance(await refused(journal, 1), JournalFullError)
            assert submitted(path) == 1
            assert not done
        await eventually(lambda: bool(done))
        await journal.commit(adding(1, 1), lambda _: None, lambda: None)
        assert submitted(path) == 402


@on_uvloop
async def test_a_journal_that_is_read_only_missing_or_no_journal_is_refused_with_the_reason(
    path: Path, tmp_path: Path
) -> None:
    async with journal_at(path) as journal:
        with read_only(journal):
            assert "it is read-only" in str(await refused(journal, 1))
    async with journal_at(tmp_path / "missing.db") as journal:
        assert "it cannot be opened" in str(await refused(journal, 1))
        assert not (tmp_path / "missing.db").exists()
        make_journal(tmp_path / "missing.db")
        await journal.commit(adding(1), lambda _: None, lambda: None)
    (tmp_path / "text.db").write_text("no database, but long enough to have a header of a hundred bytes" * 3)
    async with journal_at(tmp_path / "text.db") as journal:
        assert "no SQLite database" in str(await refused(journal, 1))
    with closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.execute("CREATE TABLE x (y)")
    async with journal_at(tmp_path / "other.db") as journal:
        assert "another program's database" in str(await refused(journal, 1))


@on_uvloop
async def test_only_so_many_changes_wait(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CHANGES_WAITING", 3)
    async with journal_at(path) as journal:
        found: list[object] = []
        for number in range(5):
            journal.write(adding(1, number), found.append, found.append)
        await eventually(lambda: len(found) == 5)
        assert [type(each) for each in found[:2]] == [JournalError] * 2
        assert submitted(path) == 3


@on_uvloop
async def test_what_waits_is_written_when_the_journal_is_closed_and_else_refused(path: Path) -> None:
    told: list[object] = []
    async with journal_at(path) as journal:
        for number in range(1200):
            journal.write(adding(1, number), told.append)
    assert submitted(path) == len(told) == 1200
    with locked(path):
        async with journal_at(path) as journal:
            journal.write(adding(1, 5000), told.append, told.append)
    assert isinstance(told[-1], JournalError)
    assert submitted(path) == 1200


@on_uvloop
async def test_nodes_of_one_process_share_a_journal_until_the_last_has_closed_it(path: Path) -> None:
    async with journal_at(path) as first:
        async with journal_at(path) as second:
            assert second is first
        await first.commit(adding(1), lambda _: None, lambda: None)
        async with journal_at(None) as alone, journal_at(None) as other:
            assert alone is not other
            await alone.commit(adding(1), lambda _: None, lambda: None)
            await other.commit(adding(1), lambda _: None, lambda: None)
    async with journal_at(path) as third:
        assert third is not first
    assert submitted(path) == 1


@on_uvloop
async def test_nobody_who_waits_need_stay(path: Path) -> None:
    async with journal_at(path) as journal:
        done: list[bool] = []
        for write in (
            journal.commit(adding(1), lambda _: done.append(True), lambda: None),
            journal.settle(adding(1, 1), lambda _: done.append(True)),
        ):
            waiting = asyncio.ensure_future(write)
            await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
        await eventually(lambda: len(done) == 2)


def _note(order: list[int], number: int, _: object) -> None:
    order.append(number)
