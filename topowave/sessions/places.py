"""Where a session was: what somebody keeps to come back to, and what the session keeps to undo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from topowave.sessions.history import Act


@dataclass(frozen=True)
class Snapshot:
    """Where a session was, for `Session.restore`; it stays as it is, whatever the session does.

    Attributes:
        position: after how many events.
        time: in units.
        acts: what had been done by hand.
    """

    position: int
    time: float
    acts: tuple[Act, ...] = ()


class Move(NamedTuple):
    """Where a session was before somebody moved it, and what that had made."""

    branch: int
    position: int
    made: Literal["nothing", "branch", "act"]
