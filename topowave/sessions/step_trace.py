"""The trace of a session: the simulator's, of which the lines of one step can be taken, and copies are cheap.

It never gives up: a session looks at every event, however many there are, and keeps no more of them than a
run does. What was kept is in chunks that copies share.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import IO, NamedTuple

from topowave.traces.writer import BATCH, KEPT_EVENTS, Trace

CHUNK = 512
"""Lines in one chunk of what is kept."""


class Noted(NamedTuple):
    """What a line is about: node, kind of event, peer and message id."""

    node: int | None
    event: str
    peer: int | None
    message_id: str | None


class StepTrace(Trace):
    """A trace in memory, beside which the lines since the last `take` can be had."""

    def __init__(self, header: dict[str, object], names: Sequence[str], file: IO[str] | None = None) -> None:
        self._chunks: tuple[tuple[str, ...], ...] = ()
        self._tail: list[str] = []
        self._count = 0
        self._fresh: list[str] = []
        self._noted: list[Noted] = []
        super().__init__(header, names, file)
        self._fresh.clear()

    @property
    def given_up(self) -> bool:
        """Never, so that every event is told."""
        return False

    @property
    def sha256(self) -> str | None:
        """The digest of all lines; None if there were more than are kept, as of a run."""
        return super().sha256 if self.complete else None

    def whole(self) -> StepTrace:
        """Return a copy that has its lines in `kept`, as a run wants them."""
        made = copy.deepcopy(self)
        made.kept = [*(line for chunk in self._chunks for line in chunk), *self._tail]
        return made

    def take(self) -> tuple[list[str], list[Noted]]:
        """Return the lines since the last call, and what they are about."""
        found = self._fresh, self._noted
        self._fresh, self._noted = [], []
        return found

    def event(
        self,
        t: int,
        node: int | None,
        event: str,
        *,
        wave: str | None = None,
        peer: int | None = None,
        message: str | None = None,
        message_id: str | None = None,
        kind: str | None = None,
    ) -> None:
        """Write one event; see `Trace.event`."""
        self._noted.append(Noted(node, event, peer, message_id))
        super().event(t, node, event, wave=wave, peer=peer, message=message, message_id=message_id, kind=kind)

    def __deepcopy__(self, _: dict[int, object]) -> StepTrace:
        """Return a trace that goes on from here."""
        made = copy.copy(self)
        made._tail = [*self._tail]
        made._batch = [*self._batch]
        made._fresh = [*self._fresh]
        made._noted = [*self._noted]
        made._digest = self._digest.copy()
        return made

    def _put(self, line: str) -> None:
        self._fresh.append(line)
        if self._count > KEPT_EVENTS:
            self.complete = False
            return
        self._count += 1
        self._tail.append(line)
        if len(self._tail) == CHUNK:
            self._chunks = (*self._chunks, tuple(self._tail))
            self._tail = []
        self._batch.append(line)
        self._pending += len(line)
        if self._pending > BATCH:
            self._flush()
