"""A run's journal: created or resumed, and ended. One file a lab, in its data directory.

| file | what it is |
|---|---|
| `journal.db` (and `-wal`, `-shm`) | of the run that runs, or ran last |
| `journal-previous.db` | of the run before |
| `journal-<date>.db` | of an older run that did not end well and left tasks; JOURNALS_KEPT of them are kept |

The directory itself is locked while a lab uses it. A new journal is made under another name first, so nothing
is half-written where that fails.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import time
from collections.abc import Collection
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from topowave.tasks.commands import ForgetNodes
from topowave.tasks.errors import JournalError
from topowave.tasks.limits import JOURNALS_KEPT, READ_TIMEOUT, ROOM_BYTES
from topowave.tasks.model import TaskCounts
from topowave.tasks.store.journal_file import LOST, JournalFile
from topowave.tasks.store.schema import NEW_MARK
from topowave.tasks.store.sqlite import make_journal, open_journal, open_own_journal, read_mark
from topowave.tasks.store.sqlite_commands import apply
from topowave.tasks.store.sqlite_errors import meaning
from topowave.tasks.store.sqlite_reader import read_counts

NAME = "journal.db"
PREVIOUS = "journal-previous.db"
NEW = "journal-new.db"


@dataclass(frozen=True)
class PreviousRun:
    """What an earlier run left: its tasks, and whether it ended as it should."""

    counts: TaskCounts
    well: bool


class JournalRun:
    """The journal of one `topowave up`, from `begin` to `end`.

    Attributes:
        path: the file.
        notes: what people should know of how it began, a line each.
    """

    def __init__(self, folder: Path, lock: int) -> None:
        self.path = folder / NAME
        self.notes: list[str] = []
        self.file: JournalFile | None = None
        """Which file it is, once the run has begun."""
        self._folder = folder
        self._lock = lock

    def end(self) -> None:
        """Note that the run ended as it should, and let the directory go."""
        try:
            db, _ = open_own_journal(self.file or JournalFile.at(self.path), READ_TIMEOUT)
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

    def create(self) -> None:
        """Begin with an empty journal, and keep the last one."""
        new = self._folder / NEW
        _remove(new)
        last = _look(self.path)
        before = _look(self._folder / PREVIOUS)
        try:
            _check_room(new)
            make_journal(new)
            with closing(open_journal(new, READ_TIMEOUT)) as db:
                db.execute("INSERT INTO run VALUES (1, ?, NULL)", (time.time(),))
            if last is not None:
                self._keep(last, before)
            _remove(self.path)  # a log may be left of one that is gone
            new.replace(self.path)
        except BaseException:
            _remove(new)
            raise
        if last is not None and last.counts.unfinished and not last.well:
            self.notes.append(
                f"the last run did not end well and left {_tasks(last.counts.unfinished)} unfinished; "
                "to take them up, stop and start again with `topowave up --resume`"
            )

    def resume(self, names: Collection[str]) -> None:
        """Go on with the tasks that the last run left; those of other nodes than `names` are cancelled."""
        last = _look(self.path)
        if last is None or not last.counts.unfinished:
            before = _look(self._folder / PREVIOUS)
            if before is None or not before.counts.unfinished:
                self.create()
                self.notes.append("no unfinished tasks were found; this run begins with none")
                return
            last = before
            _remove(self.path)
            (self._folder / PREVIOUS).replace(self.path)
        with closing(open_journal(self.path, READ_TIMEOUT)) as db:
            db.execute("BEGIN IMMEDIATE")
            (newest,) = db.execute("SELECT IFNULL(MAX(number), 0) FROM run").fetchone()
            db.execute("INSERT INTO run VALUES (?, ?, NULL)", (newest + 1, time.time()))
            gone = apply(db, ForgetNodes(frozenset(names)))
            db.execute(f"UPDATE lab SET mark = {NEW_MARK}")
            db.execute("COMMIT")
        self.notes.append(f"{_tasks(last.counts.unfinished - gone)} of the last run are taken up")
        if gone:
            self.notes.append(f"{_tasks(gone)} of nodes that are not in this topology are cancelled")

    def _keep(self, last: PreviousRun, before: PreviousRun | None) -> None:
        """Make the last journal the previous one, and keep what it would push out if that is still wanted."""
        previous = self._folder / PREVIOUS
        if before is not None and not last.counts.submitted:
            _remove(self.path)
            return
        if before is not None and before.counts.unfinished and not before.well:
            ms = previous.stat().st_mtime_ns // 1_000_000
            stamp = time.strftime("%Y-%m-%dT%H-%M-%S", time.gmtime(ms // 1000))
            kept = self._folder / f"journal-{stamp}.{ms % 1000:03}.db"
            previous.replace(kept)
            self.notes.append(f"an older run's {_tasks(before.counts.unfinished)} are kept in {kept}")
            for old in sorted(self._folder.glob("journal-[0-9]*.db"))[:-JOURNALS_KEPT]:
                _remove(old)
        self.path.replace(previous)


def begin_run(folder: Path, names: Collection[str], *, resume: bool) -> JournalRun:
    """Begin a run in a data directory, which is made where it is missing.

    Args:
        folder: the data directory.
        names: the nodes that will run here.
        resume: whether to take up the last run's tasks.

    Raises:
        JournalError: it cannot be; the sentence says why. What was there is as it was.
    """
    made = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder, os.O_RDONLY | os.O_CLOEXEC | os.O_DIRECTORY)
    except OSError as error:
        raise JournalError(f"{folder}: cannot be the data directory: {error.strerror}") from error
    run = JournalRun(folder, lock)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if resume:
            run.resume(names)
        else:
            run.create()
        Path(f"{run.path}{LOST}").unlink(missing_ok=True)
        with closing(open_journal(run.path, READ_TIMEOUT)) as db:
            run.file = replace(JournalFile.at(run.path), mark=read_mark(db))
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


def _look(path: Path) -> PreviousRun | None:
    """Return what a journal holds, None where there is none; what its log holds is written into it.

    One of an earlier version is brought up to date: a run may resume it, now or later.
    """
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


def _check_room(path: Path) -> None:
    """Write as much as a journal needs, and remove it. Raises OSError where that cannot be."""
    with path.open("wb", buffering=0) as probe:
        block = bytes(ROOM_BYTES)
        if probe.write(block) != ROOM_BYTES:
            probe.write(block)  # says why the first one was cut short
    path.unlink()


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _tasks(count: int) -> str:
    return "1 task" if count == 1 else f"{count} tasks"
