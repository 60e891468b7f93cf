"""Which store a journal is kept in: the one place that knows the kinds there are."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import overload

from topowave.tasks.retention import Retention
from topowave.tasks.store.base import JournalPlace, JournalReader, JournalRun
from topowave.tasks.store.file_runs import FileRun, begin_file_run
from topowave.tasks.store.journal import Journal
from topowave.tasks.store.journal_file import JournalFile
from topowave.tasks.store.postgres import PostgresStore
from topowave.tasks.store.postgres_connection import PostgresDatabase
from topowave.tasks.store.postgres_reader import PostgresReader
from topowave.tasks.store.postgres_runs import begin_postgres_run
from topowave.tasks.store.sqlite import SqliteStore, warm_up
from topowave.tasks.store.sqlite_reader import SqliteReader

__all__ = ["begin_run", "journal_at", "reader_at", "warm_up"]

_shared: dict[JournalPlace, tuple[Journal, int]] = {}


@overload
def begin_run(folder: Path, names: Collection[str], *, resume: bool, database: None = None) -> FileRun: ...


@overload
def begin_run(folder: Path, names: Collection[str], *, resume: bool, database: str | None) -> JournalRun: ...


def begin_run(
    folder: Path, names: Collection[str], *, resume: bool, database: str | None = None
) -> JournalRun:
    """Begin a run of a lab.

    Args:
        folder: its data directory, which is made where it is missing.
        names: the nodes that will run here.
        resume: whether to take up the last run's tasks.
        database: a URL, `postgresql://...`: the journal is there, and not in the data directory.

    Raises:
        JournalError: it cannot be; the sentence says why. What was there is as it was.
    """
    if database is not None:
        return begin_postgres_run(database, names, go_on=resume)
    return begin_file_run(folder, names, go_on=resume)


def reader_at(place: JournalPlace | Path, kept: Retention | None = None) -> JournalReader:
    """Return a reader of a journal, which opens it at the first use.

    Args:
        place: its file; a path stands for the file that is there now, whose lab has a reader of its own that
            cuts the log off.
        kept: what its upkeep keeps of tasks that are over; None for the usual.
    """
    if isinstance(place, PostgresDatabase):
        return PostgresReader(place, kept or Retention())
    return SqliteReader(_file(place), kept or Retention(), is_alone=not isinstance(place, Path))


@asynccontextmanager
async def journal_at(place: JournalPlace | Path | None) -> AsyncGenerator[Journal]:
    """Use a journal; all nodes of a process that name the same file share one.

    Args:
        place: its file; a path stands for the file that is there now, and None for a journal in memory that
            nobody else sees.
    """
    if place is None:
        journal = Journal(partial(SqliteStore.open, None))
        try:
            yield journal
        finally:
            journal.close()
        return
    at = JournalFile.at(place) if isinstance(place, Path) else place
    journal, users = _shared.get(at) or (_open(at), 0)
    _shared[at] = journal, users + 1
    try:
        yield journal
    finally:
        journal, users = _shared.pop(at)
        if users > 1:
            _shared[at] = journal, users - 1
        else:
            journal.close()


def _open(place: JournalPlace) -> Journal:
    if isinstance(place, PostgresDatabase):
        return Journal(partial(PostgresStore.open, place), in_threads=True)
    return Journal(partial(SqliteStore.open, place))


def _file(place: JournalFile | Path) -> JournalFile:
    return JournalFile.at(place) if isinstance(place, Path) else place
