"""The store of tasks in SQLite: how a journal is opened and made, and one process that writes it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from topowave.tasks.commands import Command, Recover
from topowave.tasks.errors import JournalError
from topowave.tasks.limits import PAGE_CACHE_KIB
from topowave.tasks.store.journal_file import JournalFile, OpenJournal
from topowave.tasks.store.migrations import migrate
from topowave.tasks.store.schema import APPLICATION, SCHEMA, VERSION
from topowave.tasks.store.sql_commands import apply, apply_all
from topowave.tasks.store.sqlite_errors import as_journal_error, is_damage


class SqliteStore:
    """A journal as one process writes it: see `tasks.store.base.Store`.

    Args:
        db: its connection.
        files: what is looked at before each transaction; None for one that is only in memory.
    """

    def __init__(self, db: sqlite3.Connection, files: OpenJournal | None) -> None:
        self.db = db
        self.durable = files is not None
        self._files = files

    @classmethod
    def open(cls, file: JournalFile | None) -> SqliteStore:
        """Open a journal that is there; None: a new one in memory. Raises JournalError if that cannot be."""
        try:
            if file is None:
                return cls(private_journal(), None)
            db, files = open_own_journal(file, wait=0)
        except sqlite3.Error as error:
            raise as_journal_error(error) from error
        return cls(db, files)

    def execute(self, batch: Sequence[Command[Any]]) -> list[Any]:
        """Carry out commands in one transaction."""
        db = self.db
        try:
            db.execute("BEGIN IMMEDIATE")
            try:
                if self._files is not None:
                    self._files.check()
                results = apply_all(db, batch)
                db.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):  # some errors end the transaction by themselves
                    db.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            if self._files is not None and is_damage(error):
                self._files.check()
            raise as_journal_error(error) from error
        return results

    def wait_for_others(self, milliseconds: int) -> None:
        """Let SQLite wait for another process's lock."""
        self.db.execute(f"PRAGMA busy_timeout = {milliseconds}")

    def close(self) -> None:
        """Close the file."""
        self.db.close()


def open_journal(path: Path, wait: float, *, migrating: bool = False) -> sqlite3.Connection:
    """Open a journal that is there.

    Nothing is written to the disk at a commit (`synchronous` NORMAL): a commit outlives the death of any
    process, but the last ones may be lost if the machine loses power. Writing back to the database is left to
    one process, the balancer, so that no node ever waits for the disk.

    Args:
        path: the file.
        wait: seconds to wait for another process's lock.
        migrating: whether an older version's journal becomes one of this version.

    Raises:
        sqlite3.Error: it cannot be opened.
        JournalError: it is no journal, or of another version.
    """
    db = sqlite3.connect(
        f"file:{quote(os.fsencode(path))}?mode=rw",
        uri=True,
        timeout=wait,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=24,
    )
    try:
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute(f"PRAGMA cache_size = -{PAGE_CACHE_KIB}")
        db.execute("PRAGMA wal_autocheckpoint = 0")
        _check_version(db, path, migrating=migrating)
    except BaseException:
        db.close()
        raise
    return db


def open_own_journal(file: JournalFile, wait: float) -> tuple[sqlite3.Connection, OpenJournal]:
    """Open the journal of the lab that runs; returns what shows whether it is that still.

    Args:
        file: which one.
        wait: as `open_journal` has it.

    Raises:
        sqlite3.Error, JournalError: as `open_journal` does.
        JournalLostError: another file is there.
    """
    file.check()
    try:
        db = open_journal(file.path, wait)
    except (sqlite3.Error, JournalError) as error:
        if file.mark is not None and (isinstance(error, JournalError) or is_damage(error)):
            raise file.lost() from error
        raise
    try:
        files = file.opened(partial(read_mark, db))
        files.check()
    except BaseException:
        db.close()
        raise
    return db, files


def read_mark(db: sqlite3.Connection) -> str | None:
    """Read the mark of a journal from its file, whatever the connection remembers of it.

    Returns:
        The mark; None where the file holds no such thing.

    Raises:
        JournalError: it cannot be read now.
    """
    try:
        db.execute("PRAGMA shrink_memory")
        found = db.execute("SELECT mark FROM lab").fetchone()
    except sqlite3.Error as error:
        if is_damage(error):
            return None
        raise as_journal_error(error) from error
    return None if found is None else found[0]


def make_journal(path: Path) -> None:
    """Make an empty journal. Raises sqlite3.Error where that cannot be; then the file is to be removed."""
    db = sqlite3.connect(path, isolation_level=None)
    try:
        db.execute("PRAGMA page_size = 1024")
        db.execute("PRAGMA journal_mode = WAL")
        db.executescript(f"BEGIN; {SCHEMA} COMMIT;")
    finally:
        db.close()


def private_journal() -> sqlite3.Connection:
    """Return a journal in memory, for a node that is run by itself."""
    db = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    db.executescript(SCHEMA)
    return db


def know_all_letters(db: sqlite3.Connection) -> None:
    """Let `lower` of a connection know all capitals; SQLite's own knows those of ASCII."""
    db.create_function("lower", 1, _lower, deterministic=True)


def _lower(text: str | float | bytes | None) -> str | float | bytes | None:
    return text.lower() if isinstance(text, str) else text


def warm_up() -> None:
    """Let SQLite set itself up, so that processes forked later share that; nothing stays open."""
    db = private_journal()
    apply(db, Recover(""))
    db.close()


def _check_version(db: sqlite3.Connection, path: Path, *, migrating: bool) -> None:
    (application,) = db.execute("PRAGMA application_id").fetchone()
    if application != APPLICATION:
        raise JournalError(f"{path}: it is another program's database")
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version > VERSION:
        raise JournalError(
            f"{path}: a newer version of Topowave wrote it (its tables are version {version}, "
            f"and this one knows them up to {VERSION})"
        )
    if version < VERSION and migrating:
        migrate(db)
    elif version < VERSION:
        raise JournalError(
            f"{path}: an older version of Topowave wrote it (its tables are version {version}, "
            f"not {VERSION}); "
            "`topowave up` in its directory brings it up to date"
        )
