"""Reading a journal in PostgreSQL while others write it; and upkeep."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from topowave.tasks.commands import Command
from topowave.tasks.errors import JournalDoubtError, JournalLostError
from topowave.tasks.limits import BEGIN_TIMEOUT, SERVER_TIMEOUT, TRANSACTION_TIMEOUT
from topowave.tasks.retention import Retention
from topowave.tasks.store.database import Database
from topowave.tasks.store.postgres import MISSING, TURN, PostgresStore, lost
from topowave.tasks.store.postgres_connection import (
    Connection,
    PostgresDatabase,
    as_journal_error,
    connect,
    database_errors,
    in_transaction,
)
from topowave.tasks.store.sql_reader import SqlReader, write_nothing

T = TypeVar("T")

_MOMENT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT mark FROM lab"
_TURN = f"{TURN}; SELECT mark FROM lab"
_PAUSE_S = 0.1
"""Before it is asked again what became of a commit."""


class PostgresReader(SqlReader):
    """A journal as the balancer reads it: see `tasks.store.base.JournalReader`.

    Args:
        place: where it is; connected to at the first use.
        kept: what is kept of tasks that are over.
    """

    def __init__(self, place: PostgresDatabase, kept: Retention) -> None:
        super().__init__(kept)
        self._place = place
        self._asked = _Opened(place, SERVER_TIMEOUT)
        self._tended = _Opened(place, BEGIN_TIMEOUT)
        self._written = PostgresStore(place)
        self._writing = threading.Lock()

    def execute(self, batch: Sequence[Command[Any]]) -> list[Any]:
        """Carry out commands in one transaction, and return the result of each.

        Where the answer of a commit is lost, it is asked what became of it, for TRANSACTION_TIMEOUT: an error
        would have whoever submits tasks submit them again, and some would be there twice.
        """
        with self._writing:
            until = time.monotonic() + TRANSACTION_TIMEOUT
            while True:
                try:
                    return self._written.execute(batch)
                except JournalDoubtError as error:
                    if time.monotonic() >= until:
                        self._written.close()
                        self._written = PostgresStore(self._place)  # it asks about the other no more
                        text = f"{error}; what was asked for may have been done"
                        raise JournalDoubtError(text) from None
                    time.sleep(_PAUSE_S)

    def upkeep(self) -> None:
        """Let old tasks and results go."""
        self._upkeep.run(self._tended.read, self._tended.write)

    def try_write(self) -> None:
        """Write what changes nothing."""
        self._tended.write(write_nothing)

    def check(self) -> None:
        """Look whether the journal is the lab's own still."""
        self._asked.read(lambda _: None)

    def close(self) -> None:
        """Let go of the connections."""
        self._asked.close()
        self._tended.close()
        with self._writing:
            self._written.close()

    def _read(self, work: Callable[[Database], T]) -> T:
        return self._asked.read(work)

    def _write(self, work: Callable[[Database], T]) -> T:
        return self._asked.write(work)

    def _version_of(self, db: Database) -> object:
        return db.execute("SELECT CAST(pg_current_snapshot() AS TEXT)").fetchone()

    def _gone_back(self) -> JournalLostError:
        self._asked.lost = lost(self._place)
        return self._asked.lost


class _Opened:
    """One connection of a reader, which one thread uses at a time.

    Args:
        place: what it is to.
        seconds: for how long it waits for an answer.

    Attributes:
        lost: why the journal is lost, once it is.
    """

    def __init__(self, place: PostgresDatabase, seconds: float) -> None:
        self.lost: JournalLostError | None = None
        self._place = place
        self._seconds = seconds
        self._lock = threading.Lock()
        self._db: Connection | None = None

    def read(self, work: Callable[[Database], T]) -> T:
        """Do something that reads, in a transaction that sees one moment. Raises JournalError."""
        return self._use(_MOMENT, work, "read")

    def write(self, work: Callable[[Database], T]) -> T:
        """Do something in a transaction that writes. Raises JournalError."""

        def pipelined(db: Connection) -> T:
            with db.pipelined():
                return work(db)

        return self._use(_TURN, pipelined, "written")

    def close(self) -> None:
        """Let go of it."""
        with self._lock:
            self._disconnect()

    def _use(self, begin: str, work: Callable[[Connection], T], doing: str) -> T:
        with self._lock:
            if self.lost is not None:
                raise self.lost.again()
            try:
                if self._db is not None:
                    self._look_after(self._db)
                db = self._db = self._db or connect(self._place.url, seconds=self._seconds)
                return in_transaction(db, begin, lambda mark: self._ours(db, mark, work))
            except JournalLostError as error:
                self.lost = error
                self._disconnect()
                raise
            except database_errors() as error:
                self._disconnect()
                if self._place.mark is not None and getattr(error, "sqlstate", None) in MISSING:
                    self.lost = lost(self._place)
                    raise self.lost from None
                raise as_journal_error(error, self._place.url, doing) from None

    def _look_after(self, db: Connection) -> None:
        """Let go of a connection that the server has ended, as one does that was started anew meanwhile."""
        try:
            db.script("SELECT 1")
        except database_errors():
            if db.was_late:
                raise
            self._disconnect()

    def _ours(self, db: Connection, mark: str, work: Callable[[Connection], T]) -> T:
        if self._place.mark is not None and mark != self._place.mark:
            raise lost(self._place)
        return work(db)

    def _disconnect(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None
