"""How a journal is opened, by whoever writes or reads it."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from urllib.parse import quote

from topowave.tasks import transactions
from topowave.tasks.errors import JournalError
from topowave.tasks.limits import PAGE_CACHE_KIB
from topowave.tasks.store.schema import APPLICATION, SCHEMA, VERSION


def open_journal(path: Path, wait: float) -> sqlite3.Connection:
    """Open a journal that is there.

    Nothing is written to the disk at a commit (`synchronous` NORMAL): a commit outlives the death of any
    process, but the last ones may be lost if the machine loses power. Writing back to the database is left to
    one process, the balancer, so that no node ever waits for the disk.

    Args:
        path: the file.
        wait: seconds to wait for another process's lock.

    Raises:
        sqlite3.Error: it cannot be opened.
        JournalError: it is no journal.
    """
    db = sqlite3.connect(
        f"file:{quote(str(path))}?mode=rw",
        uri=True,
        timeout=wait,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=24,
    )
    try:
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute(f"PRAGMA cache_size = -{PAGE_CACHE_KIB}")
        db.execute("PRAGMA wal_autocheckpoint = 0")
        found = (
            *db.execute("PRAGMA application_id").fetchone(),
            *db.execute("PRAGMA user_version").fetchone(),
        )
        if found[0] != APPLICATION:
            raise JournalError(f"{path}: it is another program's database")
        if found[1] != VERSION:
            raise JournalError(f"{path}: it is of another version of Topowave ({found[1]}, not {VERSION})")
    except BaseException:
        db.close()
        raise
    return db


def make_journal(path: Path) -> None:
    """Make an empty journal. Raises sqlite3.Error where that cannot be; then the file is to be removed."""
    db = sqlite3.connect(path, isolation_level=None)
    try:
        db.execute("PRAGMA page_size = 1024")
        db.execute("PRAGMA journal_mode = WAL")
        db.executescript(f"BEGIN; {SCHEMA} COMMIT;")
    finally:
        db.close()


def private_journal() -> sqlite3.Connection:
    """Return a journal in memory, for a node that is run by itself."""
    db = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    db.executescript(SCHEMA)
    return db


def warm_up() -> None:
    """Let SQLite set itself up, so that processes forked later share that; nothing stays open."""
    db = private_journal()
    transactions.recover(db, "")
    db.close()
