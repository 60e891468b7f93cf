"""Two branches side by side: the first event that is not the same."""

from __future__ import annotations

from dataclasses import dataclass

from topowave.sessions.limits import CHECKPOINT_EVENTS, COMPARED_EVENTS
from topowave.sessions.player import Player, Row


@dataclass(frozen=True)
class Difference:
    """The first event in which two branches differ.

    Attributes:
        position: its number.
        one: its lines in the first branch; none where that has ended.
        other: its lines in the second.
    """

    position: int
    one: tuple[Row, ...]
    other: tuple[Row, ...]


def first_difference(player: Player, one: int, other: int) -> Difference | None:
    """Return where two branches part, going on to their ends to look; None if they do not.

    Times alone are no difference: a message that comes later, and yet in the same order, changes nothing.
    """
    start = 0
    while start < COMPARED_EVENTS:
        stop = start + CHECKPOINT_EVENTS
        both = [_rows(player, branch, start, stop) for branch in (one, other)]
        for place in range(max(map(len, both))):
            here, there = (rows[place] if place < len(rows) else [] for rows in both)
            if [*map(_told, here)] != [*map(_told, there)]:
                return Difference(start + place + 1, tuple(here), tuple(there))
        if len(both[0]) < CHECKPOINT_EVENTS:
            return None
        start = stop
    return None


def _rows(player: Player, branch: int, start: int, stop: int) -> list[list[Row]]:
    known = len(player.records[branch])
    if known < stop:
        player.go(player.kernel_at(branch, known), branch, stop)
    return player.rows(branch, start, min(stop, len(player.records[branch])))


def _told(row: Row) -> Row:
    return {key: value for key, value in row.items() if key not in ("seq", "t")}
