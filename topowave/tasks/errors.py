"""What can be wrong with a journal, in one sentence."""

from __future__ import annotations

import sqlite3

_PRIMARY = 0xFF
_MEANINGS = {
    sqlite3.SQLITE_FULL: "there is no room left on its disk",
    sqlite3.SQLITE_READONLY: "it is read-only",
    sqlite3.SQLITE_NOTADB: "it is no SQLite database",
    sqlite3.SQLITE_CORRUPT: "it is damaged",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened",
    sqlite3.SQLITE_BUSY: "another process holds its lock",
    sqlite3.SQLITE_LOCKED: "another process holds its lock",
    sqlite3.SQLITE_PERM: "it is not ours to write",
    sqlite3.SQLITE_IOERR: "its disk fails",
}


class JournalError(Exception):
    """The journal cannot be read or written just now; nothing of the change was done."""


class JournalFullError(JournalError):
    """There is no room left on its disk."""


def code_of(error: sqlite3.Error) -> int:
    """Return SQLite's primary code of an error; 0 where Python itself raised it."""
    return getattr(error, "sqlite_errorcode", 0) & _PRIMARY


def is_busy(error: sqlite3.Error) -> bool:
    """Whether another process has the lock, so that it is a matter of waiting."""
    return code_of(error) in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def meaning(error: sqlite3.Error) -> str:
    """Say what an error means."""
    return _MEANINGS.get(code_of(error), str(error))


def as_journal_error(error: sqlite3.Error) -> JournalError:
    """Return what an error of SQLite's means for who wants to write."""
    kind = JournalFullError if code_of(error) == sqlite3.SQLITE_FULL else JournalError
    return kind(f"the journal cannot be written: {meaning(error)}")
