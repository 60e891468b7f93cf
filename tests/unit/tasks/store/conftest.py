"""A journal with nothing in it, open to write and to read."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import pytest

from topowave.tasks import JournalReader, reader_at
from topowave.tasks.store.sql_counts import differences
from topowave.tasks.store.sqlite import make_journal, open_journal


@pytest.fixture
def path(tmp_path: Path) -> Path:
    make_journal(tmp_path / "journal.db")
    return tmp_path / "journal.db"


@pytest.fixture
def db(path: Path) -> Generator[sqlite3.Connection]:
    with closing(open_journal(path, 1)) as found:
        yield found
        (rows,) = found.execute("SELECT COUNT(*) FROM run WHERE number = -1").fetchone()
        assert rows or not differences(found), "a command ends tasks and does not count them"


def break_the_law(db: sqlite3.Connection, statement: str) -> None:
    """Do to a journal what no command does; what `db` checks after each test is not checked then."""
    db.execute("INSERT INTO run VALUES (-1, 0, 0)")
    assert db.execute(statement).rowcount > 0


@pytest.fixture
def reader(path: Path) -> Generator[JournalReader]:
    with closing(reader_at(path)) as found:
        yield found
