"""Which store a journal is kept in: the one place that knows the kinds there are."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from topowave.tasks.store.base import JournalReader
from topowave.tasks.store.journal import Journal
from topowave.tasks.store.sqlite import SqliteStore, warm_up
from topowave.tasks.store.sqlite_reader import SqliteReader

__all__ = ["journal_at", "reader_at", "warm_up"]

_shared: dict[Path, tuple[Journal, int]] = {}


def reader_at(path: Path) -> JournalReader:
    """Return a reader of a journal, which opens it at the first use."""
    return SqliteReader(path)


@asynccontextmanager
async def journal_at(path: Path | None) -> AsyncGenerator[Journal]:
    """Use a journal; all nodes of a process that name the same file share one.

    Args:
        path: its file; None for a journal in memory that nobody else sees.
    """
    if path is None:
        journal = Journal(partial(SqliteStore.open, None))
        try:
            yield journal
        finally:
            journal.close()
        return
    journal, users = _shared.get(path) or (Journal(partial(SqliteStore.open, path)), 0)
    _shared[path] = journal, users + 1
    try:
        yield journal
    finally:
        journal, users = _shared.pop(path)
        if users > 1:
            _shared[path] = journal, users - 1
        else:
            journal.close()
