"""When tasks that moved left the giver and reached the receiver, as narrowly as a recording tells.

The balancer knows when it asked for a move and when it heard that it was over. On a busy machine both may be
far from what happened: the giver took its tasks out after the last of them had come to it, and the receiver
had them before the first of them began there.
"""

from __future__ import annotations

import math
from collections import defaultdict

from msgspec.structs import replace

from topowave.load.recordings.recording import Attempt, RecordedMove, Recording

ROUNDED = 0.002
"""Seconds by which the times of two clocks that are rounded to milliseconds may be apart."""


def is_of(move: RecordedMove, attempt: Attempt) -> bool:
    """Return whether a task may have come to where it ran by a move to that node."""
    return move.asked - ROUNDED <= attempt.arrived <= move.ended + ROUNDED


def with_known_instants(recording: Recording) -> Recording:
    """Return the recording with moves that begin no earlier and end no later than their tasks tell.

    Where a task came from is known of those that did not move on before they ran.
    """
    moves: defaultdict[tuple[str, str], list[RecordedMove]] = defaultdict(list)
    for each in recording.rounds:
        for move in each.moves:
            moves[move.giver, move.receiver].append(move)
    taken: dict[RecordedMove, float] = {}
    arrived: dict[RecordedMove, float] = {}
    for task in recording.tasks:
        giver, came = task.node, task.submitted
        for attempt in task.attempts:
            for move in moves[giver, attempt.node]:
                if is_of(move, attempt) and came <= attempt.began:
                    # Of what happens at one instant in virtual time, what is given comes before what arrives.
                    taken[move] = max(taken.get(move, move.asked), math.nextafter(came, math.inf))
                    arrived[move] = min(arrived.get(move, move.ended), attempt.began)
            giver, came = attempt.node, attempt.began

    def narrowed(move: RecordedMove) -> RecordedMove:
        asked = taken.get(move, move.asked)
        return replace(move, asked=asked, ended=max(asked, arrived.get(move, move.ended)))

    rounds = (replace(each, moves=tuple(map(narrowed, each.moves))) for each in recording.rounds)
    return replace(recording, rounds=tuple(rounds))
