"""The tasks of a live lab, read from its journal, whatever its processes are doing."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from topowave.tasks import JournalReader, reader_at
from topowave.tasks.listing import Cursor, TaskFilter

PAGE = 1000


def journal_of(folder: Path) -> Path:
    """The journal of the lab whose files are in a folder."""
    return folder / ".topowave" / "journal.db"


@contextmanager
def journal_reader(folder: Path) -> Generator[JournalReader]:
    """Read the journal of the lab whose files are in a folder."""
    with closing(reader_at(journal_of(folder))) as reader:
        yield reader


def all_tasks(reader: JournalReader) -> list[dict[str, Any]]:
    """Every task with its history."""
    found: list[dict[str, Any]] = []
    after: Cursor | None = None
    while True:
        page = reader.page(TaskFilter(), "submitted", after, PAGE)
        for task in page["tasks"]:
            whole = reader.task(task["id"])
            assert whole is not None
            found.append(whole)
        if page["next"] is None:
            return found
        after = Cursor.read(page["next"], "submitted")


def assert_run_once_or_said_so(task: dict[str, Any]) -> None:
    """A task is done once, and begun again only where its node died under it, or it was interrupted, once."""
    told = [event["what"] for event in task["history"]]
    assert task["status"] == "completed", task
    assert told.count("completed") == 1, task
    died = sum(what.startswith("assigned again: its node") and what.endswith("while it ran") for what in told)
    interrupted = sum(what.endswith("interrupted while it ran") for what in told)
    assert interrupted <= 1, task
    assert task["attempts"] == told.count("running") == died + interrupted + 1, task


def integrity(folder: Path) -> str:
    """What SQLite says of the file as a whole: `ok`."""
    with closing(sqlite3.connect(journal_of(folder))) as db:
        (found,) = db.execute("PRAGMA integrity_check").fetchone()
        return str(found)
