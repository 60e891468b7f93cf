"""What may be asked of a listing of tasks: which ones, in which order, and from where on.

A page ends at a place in its order, not at a number of rows; so pages together give every task that was there
from the first page to the last, once each, also while tasks are added, end, and leave.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
from dataclasses import dataclass
from typing import Literal, get_args

from topowave.tasks.script import PRIORITIES, Kind, Priority
from topowave.tasks.states import STATES, State

Sort = Literal["submitted", "-submitted", "finished", "-finished", "priority"]
SORTS: tuple[Sort, ...] = get_args(Sort)
_NUMBER_BITS = 63
CURSOR_CHARS = 200
"""Longest cursor, in characters."""


class TooFarError(Exception):
    """So many tasks of a listing cannot be passed over: too many rows would have to be looked at."""


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """Which tasks are wanted: those for which all that is given holds.

    Attributes:
        statuses: they are in one of these; () for any.
        priorities: they have one of these; () for any.
        kind, request: they have this one.
        categories, nodes: they have one of these, '' for none; () for any.
        roles: they name one of these among those of which a node must have one, '' for none; () for any.
        text: it is in their id, title, category or script, in capitals or not.
        since, until: they were submitted at `since` or later, before `until` (unix s).
    """

    statuses: tuple[State, ...] = ()
    priorities: tuple[Priority, ...] = ()
    kind: Kind | None = None
    categories: tuple[str, ...] = ()
    nodes: tuple[str, ...] = ()
    request: str | None = None
    roles: tuple[str, ...] = ()
    text: str | None = None
    since: float | None = None
    until: float | None = None

    @property
    def wanted_statuses(self) -> tuple[State, ...]:
        """The statuses that tasks may have, each once."""
        return tuple(state for state in STATES if not self.statuses or state in self.statuses)

    @property
    def wanted_priorities(self) -> tuple[Priority, ...]:
        """The priorities that tasks may have, the most urgent first."""
        return tuple(one for one in PRIORITIES if not self.priorities or one in self.priorities)


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in an order of tasks, between two of them.

    Attributes:
        sort: the order.
        rank: how urgent the last task is, as its place in PRIORITIES; 0 where the order is not by priority.
        time: when the last task was submitted, or was over where that is the order (unix s).
        number: the last task's number, which decides between equal times.
    """

    sort: Sort
    rank: int
    time: float
    number: int

    def to_text(self) -> str:
        """Return it as a word that means nothing to anybody else."""
        packed = json.dumps([self.sort, self.rank, float(self.time), self.number], separators=(",", ":"))
        return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")

    @classmethod
    def read(cls, text: str, sort: Sort) -> Cursor:
        """Return the place that a word stands for.

        Args:
            text: `next` of a page.
            sort: the order that is asked for with it.

        Raises:
            ValueError: no page has said it, or one of another order; the sentence says which.
        """
        try:
            found = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
        except (ValueError, binascii.Error, RecursionError):
            found = None
        match found:
            case [str(of), int(rank), float(time), int(number)] if (
                of in SORTS
                and 0 <= rank < len(PRIORITIES)
                and math.isfinite(time)
                and abs(number).bit_length() <= _NUMBER_BITS
            ):
                if of != sort:
                    raise ValueError(f"the cursor is of a list sorted by {of}, and sort is {sort}")
                return cls(of, rank, time, number)
            case _:
                pass
        raise ValueError("the cursor is none; it is the `next` of the page before, as it was")
