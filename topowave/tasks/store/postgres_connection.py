"""A connection to PostgreSQL, used as SQLite's are: the same statements, and no wait without an end.

Within `pipelined` statements are sent without waiting for the answers to those before. Who looks at an answer
waits for all that were sent, so what does not look costs no round trip of its own.

What touches psycopg is here, and what must differ from SQLite: the sign of a parameter, names of types in a
table, and what an error means. Every question to the server has a deadline; one that is not answered by then
closes the connection, so a server that is gone, stopped or slow costs its asker so long and no longer.
"""

from __future__ import annotations

import logging
import math
import re
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qs, quote, unquote, urlsplit

from topowave.tasks.errors import JournalBusyError, JournalError, JournalFullError
from topowave.tasks.limits import SERVER_TIMEOUT
from topowave.tasks.store.database import Rows

if TYPE_CHECKING:
    import psycopg
    from psycopg.abc import PQGen

T = TypeVar("T")

SCHEMA_NAME = "topowave"
"""The schema that has the tables of the run that runs, or ran last."""
WRITING, RUNNING = (0x546F7057, 1), (0x546F7057, 2)
"""Keys of the server's advisory locks: of who writes, for a transaction; and of the lab, while it runs."""
OLDEST_SERVER = 130_000
"""The first version that makes marks (`gen_random_uuid`)."""

_BUSY = frozenset({"55P03", "57014", "40001", "40P01"})
"""Codes: a lock or an answer took too long, or two transactions were in each other's way."""
_FULL = frozenset({"53100"})


@dataclass(frozen=True, slots=True)
class PostgresDatabase:
    """Where a journal is kept.

    Attributes:
        url: with the password, which nothing prints.
        mark: what is in it and in no other run's; None where nobody has looked.
    """

    url: str = field(repr=False)
    mark: str | None = None

    def __str__(self) -> str:
        """Return the URL without what nobody may see."""
        return without_password(self.url)


def without_password(url: str) -> str:
    """Return a URL as it may be shown: its password, and what follows `?`, are left out."""
    parts = urlsplit(url)
    user, at, place = parts.netloc.rpartition("@")
    return f"postgresql://{user.partition(':')[0]}{at}{place}{parts.path}"


class Connection:
    """A connection whose statements have SQLite's form.

    Args:
        connection: psycopg's, as `connect` makes it.
    """

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._pipeline: psycopg.Pipeline | None = None

    def execute(self, statement: str, parameters: Sequence[Any] = (), /) -> Rows:
        """Carry out a statement, with `?` where its parameters go. Raises psycopg.Error."""
        cursor: psycopg.Cursor[tuple[Any, ...]]
        cursor = self._connection.execute(_translated(statement), tuple(parameters))
        return cursor if self._pipeline is None else _Answer(cursor, self._pipeline)

    def executemany(self, statement: str, rows: Iterable[Sequence[Any]], /) -> None:
        """Carry out a statement for each row of parameters. Raises psycopg.Error."""
        with self._connection.cursor() as cursor:
            cursor.executemany(_translated(statement), [tuple(row) for row in rows])

    @contextmanager
    def pipelined(self) -> Generator[None]:
        """Send statements without waiting for answers, until somebody looks at one or this ends.

        An error of a statement is raised there, and may be that of an earlier one; what follows it is not
        carried out. Statements in one `script` are not for this. A library that is too old waits each time.
        """
        if not library()[0].pipelines():
            yield
            return
        with self._connection.pipeline() as pipeline:
            self._pipeline = pipeline
            try:
                yield
            finally:
                self._pipeline = None

    def wait_at_most(self, seconds: float) -> None:
        """Let all answers from now on take so long together; then the connection is closed."""
        self._connection.ends_at = time.monotonic() + seconds

    def script(self, statements: str) -> psycopg.Cursor[tuple[Any, ...]]:
        """Carry out statements without parameters in one question; the cursor is at the first one's rows."""
        cursor: psycopg.Cursor[tuple[Any, ...]] = self._connection.execute(statements)
        return cursor

    @property
    def was_late(self) -> bool:
        """Whether it is closed since an answer did not come in time."""
        return bool(self._connection.was_late)

    @property
    def is_open(self) -> bool:
        """Whether the server is there, as far as is known."""
        return not self._connection.closed

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open, and the server is there to be told of its end."""
        return not self._connection.closed and self._connection.info.transaction_status != 0

    def close(self) -> None:
        """Let go of it."""
        self._connection.close()


class _Answer:
    """What comes of a statement that was sent and perhaps not yet answered.

    Args:
        cursor: of the statement.
        pipeline: in which it was sent.
    """

    def __init__(self, cursor: psycopg.Cursor[tuple[Any, ...]], pipeline: psycopg.Pipeline) -> None:
        self._cursor = cursor
        self._pipeline = pipeline
        self.fetchone = cursor.fetchone  # which wait by themselves
        self.fetchall = cursor.fetchall

    @property
    def rowcount(self) -> int:
        """How many rows it changed."""
        if self._cursor.pgresult is None:
            self._pipeline.sync()
        return self._cursor.rowcount

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self._cursor)


def connect(url: str, *, seconds: float | None = None) -> Connection:
    """Connect to a server, for the journal of the run that runs.

    Args:
        url: `postgresql://user:password@host:port/database`.
        seconds: after so long an answer is waited for no more; None for SERVER_TIMEOUT.

    Raises:
        JournalError: it cannot be; the sentence says why, without the password.
    """
    bounded, error_kind = library()
    seconds = SERVER_TIMEOUT if seconds is None else seconds
    bound = max(2, round(seconds))  # libpq knows whole seconds, and no less than two
    try:
        connection = bounded.connect(
            url,
            autocommit=True,
            connect_timeout=bound,
            application_name="topowave",
            options=f"-c search_path={SCHEMA_NAME} -c lock_timeout={round(seconds * 500)}ms",
            tcp_user_timeout=round(seconds * 1000),
            client_encoding="utf-8",
        )
    except error_kind as error:
        raise as_journal_error(error, url) from None
    connection.seconds = seconds
    connection.prepare_threshold = 2
    if connection.info.server_version < OLDEST_SERVER:
        found = connection.info.server_version // 10_000
        connection.close()
        raise JournalError(
            f"{without_password(url)}: PostgreSQL {found} is too old, 13 is the oldest that does"
        )
    return Connection(connection)


def database_errors() -> type[Exception]:
    """Return the class of all errors of the library's."""
    return library()[1]


@lru_cache(maxsize=1)
def library() -> tuple[Any, type[Exception]]:
    """Import the library, which only labs on PostgreSQL need. Raises JournalError where it is missing."""
    try:
        import psycopg  # noqa: PLC0415 - an extra
        from psycopg.errors import OperationalError  # noqa: PLC0415
    except ImportError as error:
        text = "database_url needs psycopg, which is not installed here: pip install 'topowave[postgres]'"
        raise JournalError(text) from error
    # It warns of an error that follows from another one, as where a pipeline ends whose connection is gone.
    logging.getLogger("psycopg").setLevel(logging.ERROR)

    class Bounded(psycopg.Connection[tuple[Any, ...]]):
        """A connection that waits so many `seconds` each time, and until `ends_at`; then it is closed."""

        seconds = SERVER_TIMEOUT
        ends_at = math.inf
        was_late = False

        @staticmethod
        def pipelines() -> bool:
            return psycopg.Pipeline.is_supported()

        def wait(self, gen: PQGen[T], interval: float = 0.1, timeout: float | None = None) -> T:
            left = max(0.0, min(self.seconds, self.ends_at - time.monotonic()))
            try:
                return super().wait(gen, interval, left if timeout is None else timeout)
            except psycopg.errors._WaitTimeout:  # pyright: ignore[reportPrivateUsage]
                self.was_late = True
                self.pgconn.finish()
                raise OperationalError("the server does not answer in time") from None

    return Bounded, psycopg.Error


@lru_cache(maxsize=512)
def _translated(statement: str) -> str:
    """Return a statement as psycopg has it; which index is best, the server knows by itself."""
    known = re.sub(r" INDEXED BY \w+", "", statement)
    return known.replace("%", "%%").replace("?", "%s")


_TYPES = (
    (r"INTEGER PRIMARY KEY", "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY"),
    (r"\bINTEGER\b", "BIGINT"),
    (r"\bREAL\b", "DOUBLE PRECISION"),
    (r"\) WITHOUT ROWID", ")"),
)


def as_postgres_tables(statement: str) -> str:
    """Return what makes a table in SQLite as PostgreSQL has it."""
    for sqlite, postgres in _TYPES:
        statement = re.sub(sqlite, postgres, statement)
    return statement


def as_journal_error(error: Exception, url: str, doing: str = "written") -> JournalError:
    """Return what an error of the server's means, in one line and without the password."""
    code = getattr(error, "sqlstate", None) or ""
    kind = JournalBusyError if code in _BUSY else JournalFullError if code in _FULL else JournalError
    text = " ".join(str(error).split()) or type(error).__name__
    for secret in _secrets(url):
        text = text.replace(secret, "***")
    return kind(f"the journal in {without_password(url)} cannot be {doing}: {text[:300]}")


def _secrets(url: str) -> set[str]:
    """Return all that must not be told of a URL, in every form that it may have."""
    parts = urlsplit(url)
    said = {parts.password or "", *parse_qs(parts.query).get("password", ())}
    return {form for each in said for form in (each, unquote(each), quote(each)) if form}


def in_transaction(db: Connection, begin: str, work: Callable[[Any], T]) -> T:
    """Do something in one transaction, which is undone where it fails.

    Args:
        db: the connection.
        begin: statements that begin it.
        work: what is done in it; called with the first column of what the last of them finds.
    """
    try:
        found = last_row(db.script(begin))
        result = work(None if found is None else found[0])
        db.script("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.script("ROLLBACK")
        raise
    return result


def last_row(answer: psycopg.Cursor[tuple[Any, ...]]) -> tuple[Any, ...] | None:
    """Return the first row of what the last of several statements finds."""
    while answer.nextset():
        pass
    return None if answer.description is None else answer.fetchone()
