"""Reading a journal in SQLite while others write it; and upkeep, which also writes the log back."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from topowave.tasks.errors import JournalError, JournalLostError
from topowave.tasks.limits import READ_TIMEOUT, WAL_BYTES
from topowave.tasks.retention import Retention
from topowave.tasks.store.database import Database
from topowave.tasks.store.journal_file import WAL, JournalFile, OpenJournal
from topowave.tasks.store.sql_reader import SqlReader, write_nothing
from topowave.tasks.store.sqlite import know_all_letters, open_own_journal
from topowave.tasks.store.sqlite_errors import as_journal_error, is_damage

T = TypeVar("T")


class SqliteReader(SqlReader):
    """A journal as the balancer reads it: see `tasks.store.base.JournalReader`.

    Args:
        file: what it is kept in; opened at the first use.
        kept: what is kept of tasks that are over.
        is_alone: whether nobody else cuts the log off, as the balancer does now and then. Then one that is
            shorter than before is a loss.
    """

    def __init__(self, file: JournalFile, kept: Retention, *, is_alone: bool) -> None:
        super().__init__(kept)
        self._file = file
        self._log = _Log(file, is_alone=is_alone)
        self._asked = _Opened(file, self._log)
        self._tended = _Opened(file, self._log)

    def upkeep(self) -> None:
        """Let old tasks and results go, and write the log back into the database."""
        self._upkeep.run(self._tended.read, self._tended.write)
        self._tended.use(self._write_back)

    def try_write(self) -> None:
        """Write what changes nothing."""
        self._tended.write(write_nothing)

    def check(self) -> None:
        """Look whether the journal is the lab's own still, without reading it."""
        self._asked.use(lambda _: None)

    def close(self) -> None:
        """Close the file."""
        self._asked.close()
        self._tended.close()

    def _read(self, work: Callable[[Database], T]) -> T:
        return self._asked.read(work)

    def _write(self, work: Callable[[Database], T]) -> T:
        return self._asked.write(work)

    def _version_of(self, db: Database) -> object:
        # It changes with commits of others; those of this connection have changes of its own.
        (others,) = db.execute("PRAGMA data_version").fetchone()
        return self._asked.opened, others, self._asked.changes

    def _gone_back(self) -> JournalLostError:
        self._log.lost = self._file.lost()
        return self._log.lost

    def _write_back(self, db: sqlite3.Connection) -> None:
        db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        if self._log.bytes() > WAL_BYTES:
            with self._log.cut():
                db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


class _Log:
    """The log of a journal, as its reader's connections know it.

    lost: why the journal is lost, once it is.
    """

    def __init__(self, file: JournalFile, *, is_alone: bool) -> None:
        self.lost: JournalLostError | None = None
        self._file = file
        self._is_alone = is_alone
        self._path = Path(f"{file.path}{WAL}")
        self._lock = threading.Lock()
        self._seen = 0
        self._cutting = False

    def bytes(self) -> int:
        """Return how long it is."""
        return self._path.stat().st_size

    def check(self) -> None:
        """Look whether somebody else has cut it off who is not to. Raises JournalLostError."""
        if not self._is_alone:
            return
        # Two threads read, and the log grows: who looked first must not compare last.
        with self._lock:
            if self._cutting:
                return
            found = self.bytes()
            if found < self._seen:
                raise self._file.lost()
            self._seen = found

    @contextmanager
    def cut(self) -> Generator[None]:
        """Cut it off, or let SQLite remove it, in a `with` block."""
        with self._lock:
            self._cutting = True
        try:
            yield
        finally:
            with self._lock:
                self._cutting = False
                self._seen = 0


class _Opened:
    """One connection of a reader, which one thread uses at a time.

    Args:
        file: what it is to.
        log: of that.
    """

    def __init__(self, file: JournalFile, log: _Log) -> None:
        self._file = file
        self._log = log
        self._lock = threading.Lock()
        self._db: sqlite3.Connection | None = None
        self._files: OpenJournal | None = None
        self.opened = 0
        """How often it was opened."""

    @property
    def changes(self) -> int:
        """How many rows it has changed since it was opened."""
        return 0 if self._db is None else self._db.total_changes

    def use(self, work: Callable[[sqlite3.Connection], T], doing: str = "read") -> T:
        """Do something with it. Raises JournalError, which tells what could not be done to the journal."""
        with self._lock:
            try:
                if self._log.lost is not None:
                    raise self._log.lost.again()
                if self._db is None or self._files is None:
                    self._db, self._files = open_own_journal(self._file, READ_TIMEOUT)
                    know_all_letters(self._db)
                    self.opened += 1
                try:
                    result = work(self._db)
                except sqlite3.Error as error:
                    if is_damage(error):
                        self._files.check()
                    raise
                self._files.check()  # what was read, or promised, before it was lost is right
                self._log.check()
            except JournalLostError as error:
                self._log.lost = error
                self._disconnect()
                raise
            except sqlite3.Error as error:
                self._disconnect()
                raise as_journal_error(error, doing) from error
            except OSError as error:
                self._disconnect()
                raise JournalError(f"the journal cannot be {doing}: {error.strerror}") from error
            return result

    def read(self, work: Callable[[Database], T]) -> T:
        """Do something that reads, in a transaction that sees one moment. Raises JournalError."""
        return self.use(lambda db: in_transaction(db, "BEGIN", lambda: work(db)))

    def write(self, work: Callable[[Database], T]) -> T:
        """Do something in a transaction that writes. Raises JournalError."""
        return self.use(lambda db: in_transaction(db, "BEGIN IMMEDIATE", lambda: work(db)), "written")

    def close(self) -> None:
        """Close it."""
        with self._lock:
            self._disconnect()

    def _disconnect(self) -> None:
        if self._db is not None:
            with self._log.cut():
                self._db.close()
            self._db = None


def in_transaction(db: sqlite3.Connection, begin: str, work: Callable[[], T]) -> T:
    """Do something in a transaction, which is undone where it fails.

    Args:
        db: the connection.
        begin: the statement that begins it.
        work: what is done in it.
    """
    db.execute(begin)
    try:
        result = work()
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
    return result
