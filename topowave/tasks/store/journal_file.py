"""Which files a journal is, so that it shows when somebody deletes or replaces them while a lab runs.

A program that has a file open goes on writing it although nobody can find it any more, and one that starts
later takes whatever it finds under the name. Both would promise tasks that nobody will ever see again. So the
lab remembers by their numbers (device and inode) which files it began with, and every transaction and every
reading looks whether they are the same still.

| file | its number is known |
|---|---|
| `journal.db` | from the start of the run, to every process of the lab |
| `-wal`, `-shm` | to a connection that is open, since SQLite removes them when nobody has one |

What is lost stays lost, also where files of the same names are there again: whoever sees it first leaves a
mark beside the journal (`-lost`), which the other processes find. The next run removes it.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from dataclasses import dataclass
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
    """

    path: Path
    number: Number | None

    @classmethod
    def at(cls, path: Path) -> JournalFile:
        """Return the file that is there now. Raises JournalError where that cannot be seen."""
        return cls(path, _number(str(path)))

    def check(self) -> None:
        """Look whether that file is there still. Raises JournalLostError where it is not."""
        path = str(self.path)
        if self.number is not None and (_number(path) != self.number or _number(path + LOST) is not None):
            raise _lost(path)

    def opened(self) -> OpenJournal:
        """Return what to look at from now on, for a connection that was just opened."""
        return OpenJournal(self if self.number is not None else JournalFile.at(self.path))


class OpenJournal:
    """The files of one connection.

    Args:
        file: its database.
    """

    def __init__(self, file: JournalFile) -> None:
        # Every transaction asks, so the paths are texts: to join them takes as long as to look.
        self._path = str(file.path)
        self._number = file.number
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
        same = _number(path) == self._number and _number(path + WAL) == self._log
        now_s = time.monotonic()
        if same and now_s >= self._look_at_s:
            self._look_at_s = now_s + LOOK_INTERVAL
            same = _number(path + SHM) == self._index and _number(path + LOST) is None
        if not same:
            raise _lost(path)


def _lost(path: str) -> JournalLostError:
    """Return what is to be raised, once there is a mark."""
    with suppress(OSError):  # the folder itself may be gone
        Path(path + LOST).touch()
    return JournalLostError("the journal's files were deleted or replaced while the lab ran")


def _number(path: str) -> Number | None:
    """Return which file is at a path; None where none is. Raises JournalError where that cannot be seen."""
    try:
        found = os.stat(path)  # noqa: PTH116 - see `OpenJournal`
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise JournalError(f"{path} cannot be looked at: {error.strerror}") from error
    return found.st_dev, found.st_ino
