"""Errors of SQLite as sentences."""

from __future__ import annotations

import sqlite3

import pytest

from topowave.tasks import JournalBusyError, JournalError, JournalFullError
from topowave.tasks.store.sqlite_errors import as_journal_error, meaning


def error(code: int) -> sqlite3.Error:
    found = sqlite3.OperationalError("what SQLite says")
    found.sqlite_errorcode = code
    return found


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (sqlite3.SQLITE_FULL, "no room left"),
        (sqlite3.SQLITE_READONLY, "read-only"),
        (sqlite3.SQLITE_NOTADB, "no SQLite database"),
        (sqlite3.SQLITE_CORRUPT, "damaged"),
        (sqlite3.SQLITE_CANTOPEN, "cannot be opened"),
        (sqlite3.SQLITE_BUSY, "another process"),
        (sqlite3.SQLITE_IOERR | 3 << 8, "its disk fails"),
        (sqlite3.SQLITE_SCHEMA, "what SQLite says"),
    ],
)
def test_every_error_has_a_meaning_also_an_extended_one(code: int, text: str) -> None:
    assert text in meaning(error(code))
    assert text in str(as_journal_error(error(code)))


def test_only_a_full_disk_is_full_and_only_a_lock_is_waited_for() -> None:
    assert isinstance(as_journal_error(error(sqlite3.SQLITE_FULL)), JournalFullError)
    assert not isinstance(as_journal_error(error(sqlite3.SQLITE_IOERR)), JournalFullError)
    assert isinstance(as_journal_error(sqlite3.ProgrammingError("x")), JournalError)
    for code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_BUSY | 2 << 8):
        assert isinstance(as_journal_error(error(code)), JournalBusyError)
    assert not isinstance(as_journal_error(error(sqlite3.SQLITE_FULL)), JournalBusyError)
    assert not isinstance(as_journal_error(sqlite3.ProgrammingError("x")), JournalBusyError)
