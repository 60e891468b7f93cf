"""What SQLite's errors mean for who wants to read or write a journal."""

from __future__ import annotations

import sqlite3

from topowave.tasks.errors import JournalBusyError, JournalError, JournalFullError

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
_KINDS: dict[int, type[JournalError]] = {
    sqlite3.SQLITE_FULL: JournalFullError,
    sqlite3.SQLITE_BUSY: JournalBusyError,
    sqlite3.SQLITE_LOCKED: JournalBusyError,
}


_DAMAGE = frozenset({sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_ERROR})
_SHORT_READ = sqlite3.SQLITE_IOERR | (2 << 8)
"""SQLite's extended code for a file that ends where there is more to be read; Python has no name for it."""


def is_damage(error: sqlite3.Error) -> bool:
    """Return whether a file does not hold what it must: it is damaged, cut off, or has other tables."""
    return _code(error) in _DAMAGE or getattr(error, "sqlite_errorcode", 0) == _SHORT_READ


def _code(error: sqlite3.Error) -> int:
    """Return SQLite's primary code of an error; 0 where Python itself raised it."""
    return getattr(error, "sqlite_errorcode", 0) & _PRIMARY


def meaning(error: sqlite3.Error) -> str:
    """Say what an error means."""
    return _MEANINGS.get(_code(error), str(error))


def as_journal_error(error: sqlite3.Error, doing: str = "written") -> JournalError:
    """Return what an error of SQLite's means for who wants to write, or to do something else."""
    kind = _KINDS.get(_code(error), JournalError)
    return kind(f"the journal cannot be {doing}: {meaning(error)}")
