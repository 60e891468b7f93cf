"""A journal with nothing in it, open to write and to read: in each kind of store, and in SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.postgres import PostgresServer, any_postgres, postgres_server
from topowave.tasks import JournalFile, JournalPlace, JournalReader, reader_at
from topowave.tasks.store.database import Database
from topowave.tasks.store.postgres_connection import Connection, connect
from topowave.tasks.store.postgres_runs import PostgresRun, begin_postgres_run
from topowave.tasks.store.sql_counts import differences
from topowave.tasks.store.sqlite import make_journal, open_journal

__all__ = ["any_postgres", "postgres_server"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A journal in SQLite."""
    make_journal(tmp_path / "journal.db")
    return tmp_path / "journal.db"


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest) -> JournalPlace:
    """A journal in each kind of store."""
    if request.param == "sqlite":
        return JournalFile.at(request.getfixturevalue("path"))
    run: PostgresRun = request.getfixturevalue("run")
    return run.place


@pytest.fixture
def db(place: JournalPlace) -> Generator[Database]:
    """A connection to it; each statement is a transaction."""
    opened = open_journal(place.path, 1) if isinstance(place, JournalFile) else connect(place.url)
    with closing(opened):
        yield opened
        (rows,) = opened.execute("SELECT COUNT(*) FROM run WHERE number = -1").fetchone() or (0,)
        assert rows or not differences(opened), "a command ends tasks and does not count them"


@pytest.fixture
def sqlite(path: Path) -> Generator[sqlite3.Connection]:
    """A connection to the journal in SQLite."""
    with closing(open_journal(path, 1)) as opened:
        yield opened


@pytest.fixture
def run(postgres_server: PostgresServer) -> Generator[PostgresRun]:
    """A run whose journal is in PostgreSQL."""
    found = begin_postgres_run(postgres_server.url(), ["a", "b"], go_on=False)
    yield found
    found.close()


@pytest.fixture
def postgres(run: PostgresRun) -> Generator[Connection]:
    """A connection to the journal in PostgreSQL."""
    with closing(connect(run.place.url)) as opened:
        yield opened


@pytest.fixture
def reader(place: JournalPlace) -> Generator[JournalReader]:
    with closing(reader_at(place)) as found:
        yield found


def break_the_law(db: Database, statement: str) -> None:
    """Do to a journal what no command does; what `db` checks after each test is not checked then."""
    db.execute("INSERT INTO run VALUES (-1, 0, 0)")
    assert db.execute(statement).rowcount > 0
