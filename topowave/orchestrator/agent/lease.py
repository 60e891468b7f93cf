"""How long an agent may go on without an answer: pure, times come in as arguments.

The lease is counted from when a heartbeat was *sent* that was answered later, never from the answer: what is
answered late was heard late, or its answer was under way for long. Before the first answer there is no lease.
"""

from __future__ import annotations

from topowave.orchestrator.limits import BEATS_KEPT
from topowave.wire.agents import LEASE_BEATS


class Lease:
    """The heartbeats of one session of an agent.

    Args:
        heartbeat_s: seconds between two of them.
    """

    def __init__(self, heartbeat_s: float) -> None:
        self.heartbeat_s = heartbeat_s
        self._sent: dict[int, float] = {}
        self._from_s: float | None = None

    def sent(self, beat: int, now_s: float) -> None:
        """Note that a heartbeat was sent."""
        self._sent[beat] = now_s
        while len(self._sent) > BEATS_KEPT:
            del self._sent[next(iter(self._sent))]

    def answered(self, beat: int) -> None:
        """Note that a heartbeat was answered, and all that were sent before it; unknown ones are ignored."""
        sent_s = self._sent.get(beat)
        if sent_s is None:
            return
        self._sent = {each: at_s for each, at_s in self._sent.items() if each > beat}
        self._from_s = sent_s if self._from_s is None else max(self._from_s, sent_s)

    @property
    def length_s(self) -> float:
        """How long it lasts from the sending of the last heartbeat that was answered (s)."""
        return LEASE_BEATS * self.heartbeat_s

    @property
    def ends_s(self) -> float | None:
        """When it ends unless another heartbeat is answered; None where none ever was."""
        return None if self._from_s is None else self._from_s + self.length_s

    def holds(self, now_s: float) -> bool:
        """Whether processes may run."""
        return self._from_s is not None and now_s < self._from_s + self.length_s
