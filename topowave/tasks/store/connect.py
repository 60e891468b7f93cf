"""Which store a journal is kept in: the one place that knows the kinds there are."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from topowave.tasks.store.base import JournalReader
from topowave.tasks.store.journal import Journal
from topowave.tasks.store.journal_file import JournalFile
from topowave.tasks.store.sqlite import SqliteStore, warm_up
from topowave.tasks.store.sqlite_reader import SqliteReader

__all__ = ["journal_at", "reader_at", "warm_up"]

_shared: dict[JournalFile, tuple[Journal, int]] = {}


def reader_at(place: JournalFile | Path) -> JournalReader:
    """Return a reader of a journal, which opens it at the first use.

    Args:
        place: its file; a path stands for the file that is there now.
    """
    return SqliteReader(_file(place))


@asynccontextmanager
async def journal_at(place: JournalFile | Path | None) -> AsyncGenerator[Journal]:
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
    file = _file(place)
    journal, users = _shared.get(file) or (Journal(partial(SqliteStore.open, file)), 0)
    _shared[file] = journal, users + 1
    try:
        yield journal
    finally:
        journal, users = _shared.pop(file)
        if users > 1:
            _shared[file] = journal, users - 1
        else:
            journal.close()


def _file(place: JournalFile | Path) -> JournalFile:
    return JournalFile.at(place) if isinstance(place, Path) else place
