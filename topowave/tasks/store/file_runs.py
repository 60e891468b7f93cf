"""The journals of a lab's runs as SQLite's files, in its data directory.

| file | what it is |
|---|---|
| `journal.db` (and `-wal`, `-shm`) | of the run that runs, or ran last |
| `journal-previous.db`, `journal-<date>.db` | of earlier runs, as `runs` says |

The directory itself is locked while a lab uses it.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import time
from collections.abc import Collection
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from topowave.tasks.commands import ForgetNodes
from topowave.tasks.errors import JournalError
from topowave.tasks.limits import READ_TIMEOUT, ROOM_BYTES
from topowave.tasks.store.journal_file import LOST, JournalFile
from topowave.tasks.store.runs import CURRENT, NEW, PreviousRun, create, resume
from topowave.tasks.store.schema import NEW_MARK
from topowave.tasks.store.sql_commands import apply
from topowave.tasks.store.sql_counts import read_counts
from topowave.tasks.store.sqlite import make_journal, open_journal, open_own_journal, read_mark
from topowave.tasks.store.sqlite_errors import meaning


class FileRun:
    """The journal of one `topowave up`, from `begin_file_run` to `end`: see `tasks.store.base.JournalRun`.

    Attributes:
        place: which file it is; none to look at before the run has begun.
        notes: what people should know of how it began, a line each.
    """

    def __init__(self, path: Path, lock: int) -> None:
        self.place = JournalFile(path, None)
        self.notes: list[str] = []
        self._lock = lock

    @property
    def path(self) -> Path:
        """The file."""
        return self.place.path

    def end(self) -> None:
        """Note that the run ended as it should, and let the directory go."""
        try:
            db, _ = open_own_journal(self.place, READ_TIMEOUT)
            with closing(db):
                db.execute("UPDATE run SET ended = ? WHERE ended IS NULL", (time.time(),))
                db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        except (sqlite3.Error, JournalError):
            pass  # the next run finds that this one did not end well, and says so
        finally:
            self.close()

    def close(self) -> None:
        """Let the directory go."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1


class Folder:
    """The journals in a data directory: see `runs.JournalShelf`.

    Args:
        folder: the directory.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, name: str) -> Path:
        """Return the file of a journal."""
        return self._folder / f"journal{'-' * bool(name)}{name}.db"

    def look(self, name: str) -> PreviousRun | None:
        """Return what a journal holds; what its log holds is written into it."""
        path = self.path(name)
        if not path.exists() or not path.stat().st_size:  # somebody may have emptied it
            return None
        try:
            with closing(open_journal(path, READ_TIMEOUT, migrating=True)) as db:
                counts, _ = read_counts(db)
                (open_runs,) = db.execute("SELECT COUNT(*) FROM run WHERE ended IS NULL").fetchone()
                busy, *_ = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.Error as error:
            raise JournalError(f"{path}: cannot be read as a journal: {meaning(error)}") from error
        if busy:
            raise JournalError(f"{path}: is used by another program")
        return PreviousRun(counts, not open_runs)

    def make(self, name: str) -> None:
        """Make an empty journal, where there is room for one."""
        path = self.path(name)
        _check_room(path)
        make_journal(path)
        with closing(open_journal(path, READ_TIMEOUT)) as db:
            db.execute("INSERT INTO run VALUES (1, ?, NULL)", (time.time(),))

    def resume(self, names: Collection[str]) -> int:
        """Let a further run begin on the current journal."""
        with closing(open_journal(self.path(CURRENT), READ_TIMEOUT)) as db:
            db.execute("BEGIN IMMEDIATE")
            (newest,) = db.execute("SELECT COALESCE(MAX(number), 0) FROM run").fetchone()
            db.execute("INSERT INTO run VALUES (?, ?, NULL)", (newest + 1, time.time()))
            gone = apply(db, ForgetNodes(frozenset(names)))
            db.execute(f"UPDATE lab SET mark = {NEW_MARK}")
            db.execute("COMMIT")
        return gone

    def move(self, name: str, to: str) -> None:
        """Give a journal another name."""
        self.path(name).replace(self.path(to))

    def remove(self, name: str) -> None:
        """Remove a journal with its log."""
        path = self.path(name)
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)

    def date(self, name: str) -> str:
        """Return a name that says when a journal's file was changed last."""
        ms = self.path(name).stat().st_mtime_ns // 1_000_000
        stamp = time.strftime("%Y-%m-%dT%H-%M-%S", time.gmtime(ms // 1000))
        return f"{stamp}.{ms % 1000:03}"

    def dated(self) -> list[str]:
        """Return the names that are dates, oldest first."""
        found = sorted(each.name for each in self._folder.glob("journal-[0-9]*.db"))
        return [name.removeprefix("journal-").removesuffix(".db") for name in found]

    def place(self, name: str) -> str:
        """Say which file a journal is."""
        return f"{self.path(name)}"


def begin_file_run(folder: Path, names: Collection[str], *, go_on: bool) -> FileRun:
    """Begin a run in a data directory, which is made where it is missing.

    Args:
        folder: the data directory.
        names: the nodes that will run here.
        go_on: whether to take up the last run's tasks.

    Raises:
        JournalError: it cannot be; the sentence says why. What was there is as it was.
    """
    try:
        made = not folder.exists()
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder, os.O_RDONLY | os.O_CLOEXEC | os.O_DIRECTORY)
    except OSError as error:
        raise JournalError(f"{folder}: cannot be the data directory: {error.strerror}") from error
    shelf = Folder(folder)
    run = FileRun(shelf.path(CURRENT), lock)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        try:
            run.notes = resume(shelf, names) if go_on else create(shelf)
        except BaseException:
            shelf.remove(NEW)
            raise
        Path(f"{run.path}{LOST}").unlink(missing_ok=True)
        with closing(open_journal(run.path, READ_TIMEOUT)) as db:
            run.place = replace(JournalFile.at(run.path), mark=read_mark(db))
    except BlockingIOError:
        run.close()
        raise JournalError(
            f"{folder}: another lab that runs has its journal there; `--data` names another directory"
        ) from None
    except (OSError, sqlite3.Error) as error:
        run.close()
        if made and not any(folder.iterdir()):
            folder.rmdir()
        text = meaning(error) if isinstance(error, sqlite3.Error) else error.strerror
        raise JournalError(f"{folder}: no journal can be written there: {text}") from error
    except BaseException:
        run.close()
        raise
    return run


def _check_room(path: Path) -> None:
    """Write as much as a journal needs, and remove it. Raises OSError where that cannot be."""
    with path.open("wb", buffering=0) as probe:
        block = bytes(ROOM_BYTES)
        if probe.write(block) != ROOM_BYTES:
            probe.write(block)  # says why the first one was cut short
    path.unlink()
