"""The store of tasks in PostgreSQL, as one process writes it.

A transaction begins with the lab's one lock of writers, so transactions come one after the other as in
SQLite, and with the mark of the run, so a journal that is another run's by now is never written.

Where the connection breaks while a transaction is being committed, nobody here can know whether it was. So
each one leaves its number beside its process's name in the table `writer`: once it is surely over, since the
lock is to be had, that tells. Until it is known `execute` raises JournalDoubtError, and does nothing but ask;
so nothing is written twice, and nothing that was promised is missing. (The server's own number of a
transaction would not do: one that a crash undid is given to another one.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from topowave.tasks.commands import Command
from topowave.tasks.errors import JournalDoubtError, JournalError, JournalLostError
from topowave.tasks.limits import TRANSACTION_TIMEOUT
from topowave.tasks.store.postgres_connection import (
    WRITING,
    Connection,
    PostgresDatabase,
    as_journal_error,
    connect,
    database_errors,
    last_row,
    without_password,
)
from topowave.tasks.store.sql_commands import apply_all

TURN = f"BEGIN; SELECT pg_advisory_xact_lock({WRITING[0]}, {WRITING[1]})"
"""Begins a transaction that writes, once no other one does."""
_BEGIN = f"{TURN}; SELECT mark FROM lab"
_NOTE = """INSERT INTO writer VALUES ('{0}', {1}) ON CONFLICT (name) DO UPDATE SET number = {1}"""
MISSING = frozenset({"42P01", "3F000", "3D000"})
"""Codes of errors: there is no such table, schema or database."""


@dataclass(frozen=True, slots=True)
class _Doubt:
    """A transaction of which it is not known whether it was committed, and what it then did."""

    number: int
    results: list[Any]


class PostgresStore:
    """A journal as one process writes it: see `tasks.store.base.Store`. Its methods wait for the server.

    Args:
        place: where it is.
    """

    durable = True

    def __init__(self, place: PostgresDatabase) -> None:
        self._place = place
        self._db: Connection | None = None
        self._doubt: _Doubt | None = None
        self._name = uuid4().hex
        self._number = 0

    @classmethod
    def open(cls, place: PostgresDatabase) -> PostgresStore:
        """Open a journal that is there. Raises JournalError where that cannot be."""
        store = cls(place)
        store._connected()
        return store

    def execute(self, batch: Sequence[Command[Any]]) -> list[Any]:
        """Carry out commands in one transaction; after JournalDoubtError the same ones are to be given."""
        if self._doubt is not None:
            known = self._asked(self._doubt)
            self._doubt = None
            if known is not None:
                return known
        errors = database_errors()
        self._number += 1
        db = self._begun()
        try:
            with db.pipelined():
                results = apply_all(db, batch, ahead=True)
        except errors as error:
            self._disconnect()  # which undoes it
            raise self._meaning(error) from None
        except BaseException:
            self._disconnect()
            raise
        try:
            db.script(f"{_NOTE.format(self._name, self._number)}; COMMIT")
        except errors as error:
            is_refused = db.is_open  # the server has said so
            self._disconnect()
            if is_refused:
                raise self._meaning(error) from None
            self._doubt = _Doubt(self._number, results)
            raise JournalDoubtError(str(self._meaning(error))) from None
        return results

    def wait_for_others(self, milliseconds: int) -> None:
        """Let the server wait so long for another process's lock."""
        if self._db is not None:
            try:
                self._db.execute("SELECT set_config('lock_timeout', ?, false)", (f"{milliseconds}ms",))
            except database_errors():
                self._disconnect()

    def close(self) -> None:
        """Let go of the connection."""
        self._disconnect()

    def _begun(self) -> Connection:
        """Begin a transaction, when it is its turn; returns its connection. Raises JournalError."""
        for is_last in (self._db is None, True):
            db = self._connected()
            db.wait_at_most(TRANSACTION_TIMEOUT)
            try:
                found = last_row(db.script(_BEGIN))
            except database_errors() as error:
                was_gone = not db.is_open and not db.was_late  # one that was started anew may be there
                self._disconnect()
                if is_last or not was_gone:
                    raise self._meaning(error) from None
            else:
                if found is None or (self._place.mark is not None and found[0] != self._place.mark):
                    self._disconnect()
                    raise lost(self._place)
                return db
        raise AssertionError

    def _asked(self, doubt: _Doubt) -> list[Any] | None:
        """Ask whether a transaction was committed; returns what it did, or None where it was not.

        Raises:
            JournalDoubtError: nobody can say yet.
            JournalLostError: nobody will ever say.
        """
        try:
            db = self._begun()
            found = db.execute("SELECT number FROM writer WHERE name = ?", (self._name,)).fetchone()
            db.script("ROLLBACK")
        except JournalLostError:
            raise
        except JournalError as error:
            raise JournalDoubtError(str(error)) from None
        except database_errors() as error:
            self._disconnect()
            meaning = self._meaning(error)
            if isinstance(meaning, JournalLostError):
                raise meaning from None
            raise JournalDoubtError(str(meaning)) from None
        return doubt.results if found == (doubt.number,) else None

    def _meaning(self, error: Exception) -> JournalError:
        if self._place.mark is not None and getattr(error, "sqlstate", None) in MISSING:
            return lost(self._place)
        return as_journal_error(error, self._place.url)

    def _connected(self) -> Connection:
        if self._db is None:
            self._db = connect(self._place.url)
        return self._db

    def _disconnect(self) -> None:
        db, self._db = self._db, None
        if db is not None:
            db.close()


def lost(place: PostgresDatabase) -> JournalLostError:
    """Return what is to be raised where a journal is not this run's any more."""
    text = "was removed, or another lab has begun in it, while the lab ran"
    return JournalLostError(f"the journal in {without_password(place.url)} {text}")
