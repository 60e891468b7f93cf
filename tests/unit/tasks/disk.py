"""A disk that is full or read-only, as one writer of a journal sees it."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager

import pytest

from topowave.tasks import Journal, Store
from topowave.tasks.store.sqlite import SqliteStore


@contextmanager
def full(journal: Journal) -> Generator[None]:
    """Let every further page be one too many."""
    with _all_connections(journal, "max_page_count = 1", "max_page_count = 4294967294"):
        yield  # SQLite takes the present size instead of a smaller one


@contextmanager
def read_only(journal: Journal) -> Generator[None]:
    """Let nothing be written."""
    with _all_connections(journal, "query_only = ON", "query_only = OFF"):
        yield


@contextmanager
def _all_connections(journal: Journal, on: str, off: str) -> Generator[None]:
    """Say something to the connection that a journal has, and to those that it opens meanwhile."""

    real = journal.open_store

    def opened() -> Store:
        store = real()
        sqlite_of(store).execute(f"PRAGMA {on}")
        return store

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(journal, "open_store", opened)
        if journal.store is not None:
            sqlite_of(journal.store).execute(f"PRAGMA {on}")
        yield
    if journal.store is not None:
        sqlite_of(journal.store).execute(f"PRAGMA {off}")


def sqlite_of(store: Store | None) -> sqlite3.Connection:
    """Return the connection of a store that is open."""
    assert isinstance(store, SqliteStore)
    return store.db
