"""The journals of a lab's runs as schemas of a database in PostgreSQL: one database a lab.

| schema | what it is |
|---|---|
| `topowave` | of the run that runs, or ran last |
| `topowave_previous`, `topowave_<date>` | of earlier runs, as `runs` says |

While a lab runs it holds a lock of its database, so a second lab there is refused. Should the server have
been started anew meanwhile, the lock is gone; then a second one begins, and the mark in the table `lab` tells
the first one that the journal is not its own any more. A run begins in one transaction: where that fails,
what was there is as it was.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import replace

from topowave.tasks.commands import ForgetNodes
from topowave.tasks.errors import JournalError
from topowave.tasks.limits import BEGIN_TIMEOUT, LOCK_WAIT
from topowave.tasks.store.migrations import POSTGRES_MIGRATIONS
from topowave.tasks.store.postgres import TURN
from topowave.tasks.store.postgres_connection import (
    RUNNING,
    SCHEMA_NAME,
    Connection,
    PostgresDatabase,
    as_journal_error,
    as_postgres_tables,
    connect,
    database_errors,
    in_transaction,
    without_password,
)
from topowave.tasks.store.runs import CURRENT, PreviousRun, create, resume
from topowave.tasks.store.schema import TABLES, VERSION
from topowave.tasks.store.sql_commands import apply
from topowave.tasks.store.sql_counts import read_counts

_LOCK_AGAIN = 0.05
"""Pause before the lock is asked for again (s)."""
_NEW_MARK = "replace(gen_random_uuid()::text, '-', '')"


class PostgresRun:
    """The journal of one `topowave up`: see `tasks.store.base.JournalRun`.

    Args:
        db: the connection that holds the lab's lock.
        place: where it is.
        notes: what people should know of how it began, a line each.
    """

    def __init__(self, db: Connection, place: PostgresDatabase, notes: list[str]) -> None:
        self.place = place
        self.notes = notes
        self._db = db

    def end(self) -> None:
        """Note that the run ended as it should, and let the database go."""
        errors = database_errors()
        try:
            db = connect(self.place.url)  # the one with the lock may be broken since long ago
            try:
                ended = "UPDATE run SET ended = ? WHERE ended IS NULL AND (SELECT mark FROM lab) = ?"
                db.execute(ended, (time.time(), self.place.mark))
            finally:
                db.close()
        except (JournalError, errors):
            pass  # the next run finds that this one did not end well, and says so
        finally:
            self.close()

    def close(self) -> None:
        """Let the database go."""
        self._db.close()


class Schemas:
    """The journals in a database: see `runs.JournalShelf`.

    Args:
        db: its connection.
        url: how the database is told to people, without what is secret.
    """

    def __init__(self, db: Connection, url: str) -> None:
        self._db = db
        self._url = url

    @staticmethod
    def schema(name: str) -> str:
        """Return the schema of a journal."""
        return f"{SCHEMA_NAME}{'_' * bool(name)}{name}"

    def look(self, name: str) -> PreviousRun | None:
        """Return what a journal holds."""
        if not self._names(self.schema(name)):
            return None
        self._use(name)
        if self._db.execute("SELECT to_regclass('run')").fetchone() == (None,):
            if not self._is_empty(name):
                raise self._refused(name, "it is no journal")
            return None
        (version,) = self._db.execute("SELECT version FROM lab").fetchone() or (0,)
        if version in POSTGRES_MIGRATIONS:
            self._migrate(version)
        elif version != VERSION:
            age = "a newer" if version > VERSION else "an older"
            what = f"{age} version of Topowave wrote it (its tables are version {version}, not {VERSION})"
            raise self._refused(name, what)
        counts, _ = read_counts(self._db)
        (open_runs,) = self._db.execute("SELECT COUNT(*) FROM run WHERE ended IS NULL").fetchone() or (0,)
        return PreviousRun(counts, not open_runs)

    def _migrate(self, version: int) -> None:
        """Bring an earlier version's journal, which is in use, up to date, in the caller's transaction."""
        for each in range(version, VERSION):
            for statement in POSTGRES_MIGRATIONS[each]:
                self._db.execute(as_postgres_tables(statement))
        self._db.execute("UPDATE lab SET version = ?", (VERSION,))

    def make(self, name: str) -> None:
        """Make an empty journal."""
        self._db.execute(f'CREATE SCHEMA "{self.schema(name)}"')
        self._use(name)
        for table in TABLES:
            self._db.execute(as_postgres_tables(table))
        self._db.execute("ALTER TABLE lab ADD COLUMN version INTEGER NOT NULL")
        self._db.execute("CREATE TABLE writer (name TEXT PRIMARY KEY, number BIGINT NOT NULL)")
        self._db.execute(f"INSERT INTO lab VALUES ({_NEW_MARK}, ?)", (VERSION,))
        self._db.execute("INSERT INTO run VALUES (1, ?, NULL)", (time.time(),))

    def resume(self, names: Collection[str]) -> int:
        """Let a further run begin on the current journal."""
        self._use(CURRENT)
        next_run = "SELECT COALESCE(MAX(number), 0) + 1, ?::double precision FROM run"
        self._db.execute(f"INSERT INTO run (number, began) {next_run}", (time.time(),))
        self._db.execute(f"UPDATE lab SET mark = {_NEW_MARK}")
        self._db.execute("DELETE FROM writer")
        return int(apply(self._db, ForgetNodes(frozenset(names))))

    def move(self, name: str, to: str) -> None:
        """Give a journal another name."""
        self._db.execute(f'ALTER SCHEMA "{self.schema(name)}" RENAME TO "{self.schema(to)}"')

    def remove(self, name: str) -> None:
        """Remove a journal."""
        self._db.execute(f'DROP SCHEMA IF EXISTS "{self.schema(name)}" CASCADE')

    def date(self, name: str) -> str:
        """Return a name that says when a journal's last run began."""
        self._use(name)
        (began,) = self._db.execute("SELECT MAX(began) FROM run").fetchone() or (0.0,)
        stamp = time.strftime("%Y-%m-%dT%H-%M-%S", time.gmtime(began))
        return f"{stamp}.{int(began * 1000) % 1000:03}"

    def dated(self) -> list[str]:
        """Return the names that are dates, oldest first."""
        start = f"{SCHEMA_NAME}_"
        return [name.removeprefix(start) for name in self._names(f"{start}2%")]

    def place(self, name: str) -> str:
        """Say in which schema a journal is."""
        return f"the schema {self.schema(name)} of {self._url}"

    def mark(self) -> str:
        """Return the mark of the current journal."""
        self._use(CURRENT)
        (found,) = self._db.execute("SELECT mark FROM lab").fetchone() or ("",)
        return str(found)

    def _use(self, name: str) -> None:
        self._db.execute("SELECT set_config('search_path', ?, true)", (f'"{self.schema(name)}"',))

    def _names(self, pattern: str) -> list[str]:
        asked = "SELECT nspname FROM pg_namespace WHERE nspname LIKE ? ORDER BY nspname"
        return [str(name) for (name,) in self._db.execute(asked, (pattern.replace("_", r"\_"),))]

    def _is_empty(self, name: str) -> bool:
        asked = "SELECT COUNT(*) FROM pg_class WHERE relnamespace = ?::regnamespace"
        (count,) = self._db.execute(asked, (f'"{self.schema(name)}"',)).fetchone()
        return int(count) == 0

    def _refused(self, name: str, why: str) -> JournalError:
        return JournalError(f"{self.place(name)}: {why}")


def begin_postgres_run(url: str, names: Collection[str], *, go_on: bool) -> PostgresRun:
    """Begin a run in a database.

    Args:
        url: where it is.
        names: the nodes that will run here.
        go_on: whether to take up the last run's tasks.

    Raises:
        JournalError: it cannot be; the sentence says why. What was there is as it was.
    """
    shown = without_password(url)
    db = connect(url, seconds=BEGIN_TIMEOUT)
    try:
        if not _locked(db):
            raise JournalError(
                f"{shown}: another lab that runs has its journal there; `database_url` names another database"
            )
        shelf = Schemas(db, shown)
        notes = in_transaction(db, TURN, lambda _: resume(shelf, names) if go_on else create(shelf))
        mark = in_transaction(db, "BEGIN", lambda _: shelf.mark())
    except database_errors() as error:
        db.close()
        raise as_journal_error(error, url) from None
    except BaseException:
        db.close()
        raise
    return PostgresRun(db, replace(PostgresDatabase(url), mark=mark), notes)


def _locked(db: Connection) -> bool:
    """Take the lock of a lab's database, if it becomes free in time; return whether it has."""
    until = time.monotonic() + LOCK_WAIT
    while db.execute(f"SELECT pg_try_advisory_lock({RUNNING[0]}, {RUNNING[1]})").fetchone() != (True,):
        if time.monotonic() > until:
            return False
        time.sleep(_LOCK_AGAIN)
    return True
