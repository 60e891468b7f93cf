"""Which files a journal is, so that it shows when they are deleted, replaced or overwritten as a lab runs.

A program that has a file open goes on writing it although nobody can find it any more, and one that starts
later takes whatever it finds under the name. Both would promise tasks that nobody will ever see again. So the
lab remembers which files it began with, and every transaction and every reading looks whether they are the
same still.

| file | what is looked at | it is known |
|---|---|---|
| `journal.db` | its number (device and inode) | from the start of the run, to every process of the lab |
| | what is in it: a mark that only this run's journal has | likewise; it is read where the file has changed |
| `-wal`, `-shm` | their numbers | to a connection that is open: SQLite removes them when nobody has one |

SQLite changes the file `journal.db` at checkpoints only, and never makes it smaller; so to look at its size
and its time of change is enough, in between. What a copy of this very run's file would take back, and a log
that is cut off, is seen by the one that reads the journal (`sqlite_reader`): counts that go back.

What is lost stays lost, also where files of the same names are there again: whoever sees it first leaves a
mark beside the journal (`-lost`), which the other processes find. The next run removes it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from topowave.tasks.errors import JournalError, JournalLostError
from topowave.tasks.limits import LOOK_INTERVAL

WAL = "-wal"
SHM = "-shm"
LOST = "-lost"

Number = tuple[int, int]
"""Device and inode."""


@dataclass(frozen=True, slots=True)
class JournalFile:
    """The file of a journal.

    path: where it is.
    number: which file that is; None where there was none to look at.
    mark: what is in it and in no other; None where nobody has looked.
    """

    path: Path
    number: Number | None
    mark: str | None = None

    @classmethod
    def at(cls, path: Path) -> JournalFile:
        """Return the file that is there now. Raises JournalError where that cannot be seen."""
        return cls(path, _number(str(path)))

    def check(self) -> None:
        """Look whether that file is there still. Raises JournalLostError where it is not."""
        path = str(self.path)
        if self.number is not None and (_number(path) != self.number or _number(path + LOST) is not None):
            raise _lost(path)

    def lost(self) -> JournalLostError:
        """Return what is to be raised where this file is not what it was; the other processes hear of it."""
        return _lost(str(self.path))

    def opened(self, read_mark: Callable[[], str | None]) -> OpenJournal:
        """Return what to look at from now on, for a connection that was just opened.

        Args:
            read_mark: reads the mark anew, from the file; None where there is none to be read.
        """
        file = self if self.number is not None else JournalFile.at(self.path)
        return OpenJournal(file if file.mark is not None else replace(file, mark=read_mark()), read_mark)


class OpenJournal:
    """The files of one connection.

    Args:
        file: its database.
        read_mark: reads the database's mark anew.
    """

    def __init__(self, file: JournalFile, read_mark: Callable[[], str | None]) -> None:
        # Every transaction asks, so the paths are texts: to join them takes as long as to look.
        self._path = str(file.path)
        self._number = file.number
        self._mark = file.mark
        self._read_mark = read_mark
        self._bytes = 0
        self._changed_ns = -1
        self._log = _number(self._path + WAL)
        self._index = _number(self._path + SHM)
        self._look_at_s = 0.0

    def check(self) -> None:
        """Look whether all of them are the same still.

        Raises:
            JournalLostError: one is not, or another process has seen that one was not.
            JournalError: they cannot be looked at.
        """
        path = self._path
        now_s = time.monotonic()
        same = self._is_same_database() and _number(path + WAL) == self._log
        if same and now_s >= self._look_at_s:
            self._look_at_s = now_s + LOOK_INTERVAL
            same = _number(path + SHM) == self._index and _number(path + LOST) is None
        if not same:
            raise _lost(path)

    def _is_same_database(self) -> bool:
        found = _look(self._path)
        if found is None or (found.st_dev, found.st_ino) != self._number:
            return False
        if (found.st_size, found.st_mtime_ns) != (self._bytes, self._changed_ns):
            if found.st_size < self._bytes or self._read_mark() != self._mark:
                return False
            self._bytes, self._changed_ns = found.st_size, found.st_mtime_ns
        return True


def _lost(path: str) -> JournalLostError:
    """Return what is to be raised, once there is a mark."""
    with suppress(OSError):  # the folder itself may be gone
        Path(path + LOST).touch()
    return JournalLostError("the journal's files were deleted, replaced or overwritten while the lab ran")


def _number(path: str) -> Number | None:
    """Return which file is at a path; None where none is. Raises JournalError where that cannot be seen."""
    found = _look(path)
    return None if found is None else (found.st_dev, found.st_ino)


def _look(path: str) -> os.stat_result | None:
    try:
        return os.stat(path)  # noqa: PTH116 - see `OpenJournal`
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise JournalError(f"{path} cannot be looked at: {error.strerror}") from error
