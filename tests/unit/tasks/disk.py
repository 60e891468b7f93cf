"""A disk that is full or read-only, as one writer of a journal sees it."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from topowave.tasks import Journal
from topowave.tasks.store import journal as module
from topowave.tasks.store.connection import open_journal


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

    def opened(path: Path, wait: float) -> sqlite3.Connection:
        db = open_journal(path, wait)
        db.execute(f"PRAGMA {on}")
        return db

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "open_journal", opened)
        _say(journal, on)
        yield
    _say(journal, off)


def _say(journal: Journal, pragma: str) -> None:
    db: sqlite3.Connection | None = vars(journal)["_db"]
    if db is not None:
        db.execute(f"PRAGMA {pragma}")
