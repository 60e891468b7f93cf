"""What changed in the lab, as a log that any number of consumers read, each from a cursor of its own.

Every change has a number, one higher than the one before. A consumer keeps the number up to which it has seen
everything (its cursor), asks what came after it, and goes on from `last`; reading takes nothing away from
others. Of things that change again and again only the last change is kept, so that a consumer that comes
seldom gets each thing once, as it is by then. The log is bounded: a consumer whose cursor is before what is
kept is told so, and takes the whole state (a snapshot) instead. So it is after another network, too.

What must hold: the kept changes are in the order of their numbers, each key once, and all of them are above
`kept_after`; every change above `kept_after` is kept, or a later one of the same key is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from topowave.balancer.limits import CHANGES_KEPT

Kind = Literal["node", "wave"]


@dataclass(frozen=True, slots=True)
class Changes:
    """The names of the nodes and the ids of the waves that changed, in the order of their last changes."""

    nodes: tuple[str, ...]
    waves: tuple[str, ...]


class ChangeLog:
    """The changes that consumers may still ask for."""

    def __init__(self, keep: int = CHANGES_KEPT) -> None:
        self._keep = keep
        self._numbers: dict[tuple[Kind, str], int] = {}
        self._listeners: list[Callable[[], None]] = []
        self.last = 0
        """Number of the last change; a consumer that has seen everything has this cursor."""
        self.kept_after = 0
        """Cursors below this one are too old."""

    def listen(self, wake: Callable[[], None]) -> None:
        """Let `wake` be called after every change, and whenever something else is new (`touch`)."""
        self._listeners.append(wake)

    def touch(self) -> None:
        """Wake the consumers: something is new that has numbers of its own, such as an event of the feed."""
        for wake in self._listeners:
            wake()

    def note(self, kind: Kind, key: str) -> None:
        """Note that a node or a wave changed; past the limit the oldest change goes."""
        self.last += 1
        self._numbers.pop((kind, key), None)
        self._numbers[kind, key] = self.last
        if len(self._numbers) > self._keep:
            self.kept_after = self._numbers.pop(next(iter(self._numbers)))
        self.touch()

    def replaced(self) -> None:
        """Note that everything changed: whoever has not seen it takes the whole state."""
        self.last += 1
        self._numbers.clear()
        self.kept_after = self.last
        self.touch()

    def since(self, cursor: int) -> Changes | None:
        """Return what changed after `cursor`; None where that is not known any more."""
        if cursor < self.kept_after:
            return None
        found: list[tuple[Kind, str]] = []
        for key, number in reversed(self._numbers.items()):
            if number <= cursor:
                break
            found.append(key)
        found.reverse()
        return Changes(
            nodes=tuple(key for kind, key in found if kind == "node"),
            waves=tuple(key for kind, key in found if kind == "wave"),
        )
