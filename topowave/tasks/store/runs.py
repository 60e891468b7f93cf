"""A run's journal: created or resumed, and ended; the last runs' journals are kept beside it.

| name | what it is |
|---|---|
| CURRENT | of the run that runs, or ran last |
| PREVIOUS | of the run before |
| a date | of a run that did not end well and left tasks, or was over when the one before it was taken up |

Of those with a date JOURNALS_KEPT are kept.

What a name stands for, a file or a schema of a database, is the store's: it has the `JournalShelf`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from topowave.tasks.limits import JOURNALS_KEPT
from topowave.tasks.model import TaskCounts
from topowave.translation import Text, counted, text

CURRENT = ""
PREVIOUS = "previous"
NEW = "new"
"""Of a journal that is being made: so nothing is half-written where that fails."""


@dataclass(frozen=True)
class PreviousRun:
    """What an earlier run left: its tasks, and whether it ended as it should."""

    counts: TaskCounts
    well: bool


class JournalShelf(Protocol):
    """Where the journals of a lab's runs are, each under its name.

    Its methods raise JournalError, or what their store raises, where something cannot be done.
    """

    def look(self, name: str) -> PreviousRun | None:
        """Return what a journal holds, None where there is none; one of an earlier version is updated."""
        ...

    def make(self, name: str) -> None:
        """Make an empty journal, of a run that begins now."""
        ...

    def resume(self, names: Collection[str]) -> int:
        """Let a further run begin on the current journal, which has another mark then.

        Returns:
            How many tasks are pending then: those of other nodes than `names`.
        """
        ...

    def move(self, name: str, to: str) -> None:
        """Give a journal another name, which is free."""
        ...

    def remove(self, name: str) -> None:
        """Remove a journal, or what is left of one."""
        ...

    def date(self, name: str) -> str:
        """Return a name for a journal that says when it was used last."""
        ...

    def dated(self) -> list[str]:
        """Return the names that are dates, oldest first."""
        ...

    def place(self, name: str) -> str:
        """Say where a journal is, for people."""
        ...


def create(shelf: JournalShelf) -> list[str]:
    """Begin with an empty journal, and keep the last one; returns what people should know, a line each."""
    notes: list[str] = []
    shelf.remove(NEW)
    last, before = shelf.look(CURRENT), shelf.look(PREVIOUS)
    shelf.make(NEW)
    if last is not None:
        notes += _keep(shelf, last, before)
    shelf.remove(CURRENT)  # a part may be left of one that is gone
    shelf.move(NEW, CURRENT)
    if last is not None and last.counts.unfinished and not last.well:
        notes.append(
            text(
                "the last run did not end well and left {tasks} unfinished; "
                "to take them up, stop and start again with `topowave up --resume`",
                tasks=_tasks(last.counts.unfinished),
            )
        )
    return notes


def resume(shelf: JournalShelf, names: Collection[str]) -> list[str]:
    """Go on with the last run that left tasks unfinished; if none did, with the last one that had any.

    Where all are over their results stay, and those that have failed may still be put back. So do those of a
    later run than the one that is taken up, beside it. Tasks of other nodes than `names` are pending.
    Returns what people should know, a line each.
    """
    notes: list[str] = []
    last = shelf.look(CURRENT)
    if last is None or not last.counts.unfinished:
        before = shelf.look(PREVIOUS)
        empty = last is None or not last.counts.submitted
        if before is not None and (before.counts.unfinished or (empty and before.counts.submitted)):
            if last is not None and not empty:
                where = _set_aside(shelf, CURRENT)
                notes.append(
                    counted(
                        "the run after it, of which {count} task is over, "
                        "is kept with its results in {place}",
                        "the run after it, of which all {count} tasks are over, "
                        "is kept with its results in {place}",
                        last.counts.submitted,
                        place=where,
                    )
                )
            shelf.remove(CURRENT)  # a part may be left of one that is gone
            shelf.move(PREVIOUS, CURRENT)
            last = before
    if last is None or not last.counts.submitted:
        return [*create(shelf), text("no tasks were found; this run begins with none")]
    gone = shelf.resume(names)
    if not last.counts.unfinished:
        return [text("all tasks of the last run are over; they are kept, with their results")]
    taken = _tasks(last.counts.unfinished - gone)
    notes.insert(
        0,
        text("{tasks} of the run before the last one are taken up", tasks=taken)
        if notes
        else text("{tasks} of the last run are taken up", tasks=taken),
    )
    if gone:
        notes.append(
            text(
                "{tasks} of nodes that are not in this topology are pending, and go to others",
                tasks=_tasks(gone),
            )
        )
    return notes


def _keep(shelf: JournalShelf, last: PreviousRun, before: PreviousRun | None) -> list[str]:
    """Make the last journal the previous one, and keep what it would push out if that is still wanted."""
    notes: list[str] = []
    if before is not None and not last.counts.submitted:
        shelf.remove(CURRENT)
        return notes
    if before is not None and before.counts.unfinished and not before.well:
        where = _set_aside(shelf, PREVIOUS)
        older = _tasks(before.counts.unfinished)
        notes.append(text("an older run's {tasks} are kept in {place}", tasks=older, place=where))
    else:
        shelf.remove(PREVIOUS)
    shelf.move(CURRENT, PREVIOUS)
    return notes


def _set_aside(shelf: JournalShelf, name: str) -> str:
    """Keep a journal under its date, and as many others as there may be; returns where it is."""
    date = shelf.date(name)
    shelf.move(name, date)
    for old in shelf.dated()[:-JOURNALS_KEPT]:
        shelf.remove(old)
    return shelf.place(date)


def _tasks(count: int) -> Text:
    return counted("{count} task", "{count} tasks", count)
