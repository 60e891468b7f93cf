"""How a journal is opened: only one that is there, with what a lab of processes needs."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from topowave.tasks.store.sqlite import make_journal, open_journal, private_journal


def test_a_journal_has_a_log_that_survives_processes_and_is_written_back_by_nobody_else(
    tmp_path: Path,
) -> None:
    path = tmp_path / "with space?and#signs%.db"
    make_journal(path)
    with closing(open_journal(path, 0)) as db:
        found = [
            db.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "wal_autocheckpoint")
        ]
        assert found == ["wal", 1, 0]


def test_a_journal_that_is_missing_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError):
        open_journal(tmp_path / "missing.db", 0)
    assert list(tmp_path.iterdir()) == []


def test_a_journal_in_memory_is_seen_by_nobody_else() -> None:
    with closing(private_journal()) as one, closing(private_journal()) as other:
        one.execute("INSERT INTO run VALUES (1, 0, NULL)")
        assert other.execute("SELECT COUNT(*) FROM run").fetchone() == (0,)
