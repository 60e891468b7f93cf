"""Whether the journal can be written: what fails is told once, and no longer when it goes again."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import pytest

from tests.support.waiting import eventually
from tests.unit.balancer.lab import bench
from tests.unit.balancer.reported_waves import tree
from topowave.balancer.state import journal_writes
from topowave.balancer.state.journal_writes import JournalWrites
from topowave.tasks import JournalBusyError, JournalError
from topowave.tasks.store import sqlite_reader
from topowave.tasks.store.sqlite import open_own_journal

pytestmark = pytest.mark.anyio
READ_ONLY = "the journal cannot be written: it is read-only"


class Journal:
    """A journal that can be written, or not."""

    def __init__(self) -> None:
        self.problem: JournalError | None = None
        self.written = 0

    def try_write(self) -> None:
        if self.problem is not None:
            raise self.problem
        self.written += 1


async def test_a_failure_is_told_once_and_is_over_when_a_write_goes() -> None:
    journal, told = Journal(), list[str]()
    writes = JournalWrites(journal.try_write, told.append)
    await writes.look()
    assert (writes.trouble, journal.written) == (None, 1)
    journal.problem = JournalError(READ_ONLY)
    for _ in range(3):
        await writes.look()
        assert writes.trouble == READ_ONLY
    assert told == [f"No change of a task can be kept: {READ_ONLY}"]
    journal.problem = None
    await writes.look()
    assert writes.trouble is None


async def test_another_process_that_writes_is_no_failure_unless_it_does_so_still() -> None:
    journal, told = Journal(), list[str]()
    writes = JournalWrites(journal.try_write, told.append)
    journal.problem = JournalBusyError("it is busy")
    await writes.look()
    assert (writes.trouble, told) == (None, [])
    await writes.look()
    assert writes.trouble == "it is busy"
    journal.problem = None
    await writes.look()
    journal.problem = JournalBusyError("it is busy")
    await writes.look()
    assert writes.trouble is None


async def test_what_found_no_room_counts_for_a_while_though_something_small_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    journal, told = Journal(), list[str]()
    writes = JournalWrites(journal.try_write, told.append)
    writes.no_room("root: no room")
    await writes.look()
    assert (writes.trouble, journal.written) == ("root: no room", 1)
    monkeypatch.setattr(journal_writes, "JOURNAL_NO_ROOM_FOR", 0)
    writes.no_room("root: no room")
    await writes.look()
    assert (writes.trouble, len(told)) == (None, 1)


async def test_it_is_tried_at_once_where_somebody_could_not_write_and_more_often_while_it_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    journal = Journal()
    writes = JournalWrites(journal.try_write, lambda _: None)
    assert not writes.is_due(is_idle=False)
    writes.doubt()
    assert writes.is_due(is_idle=True)
    await writes.look()
    assert not writes.is_due(is_idle=True)
    monkeypatch.setattr(journal_writes, "JOURNAL_INTERVAL", 0)
    assert not writes.is_due(is_idle=False)
    journal.problem = JournalError(READ_ONLY)
    await writes.look()
    assert writes.is_due(is_idle=True)


async def test_a_lab_whose_journal_is_read_only_says_so_and_counts_on_until_it_is_written_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(journal_writes, "JOURNAL_INTERVAL", 0.05)
    real = open_own_journal
    opened: list[sqlite3.Connection] = []
    state = "ON"

    def open_one(*asked: Any) -> Any:
        db, files = real(*asked)
        opened.append(db)
        db.execute(f"PRAGMA query_only = {state}")
        return db, files

    monkeypatch.setattr(sqlite_reader, "open_own_journal", open_one)
    async with bench(tree(1), task_time=1000) as lab:
        journal = lab.balancer.journal
        journal.doubt_writes()
        await eventually(lambda: journal.write_trouble == READ_ONLY)
        assert journal.trouble is None
        assert (await lab.get("/status"))["tasks"]["submitted"] == 0
        state = "OFF"
        await eventually(lambda: journal.write_trouble is None)
        with closing(sqlite3.connect(lab.journal)) as db:
            assert db.execute("SELECT COUNT(*) FROM lab").fetchone() == (1,)
