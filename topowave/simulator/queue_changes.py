"""What who steps through a run changes in its queue: a message first, later, or out of it."""

from __future__ import annotations

from heapq import heapify

from topowave.simulator.events import Arrive, Queued


def put_first(queue: list[Queued], number: int) -> None:
    """Let the event with this number come next, at the time of the one that was to come next."""
    place = _place(queue, number)
    time, first, _ = queue[0]
    if number != first:
        # Numbers of events count from 1, so a place before the first is free for one event at a time.
        queue[place] = (time, min(0, first - 1), queue[place][2])
        heapify(queue)


def taken(queue: list[Queued], number: int) -> tuple[int, Arrive]:
    """Take the message with this number out of the queue; return when it was to come, and itself."""
    place = _place(queue, number)
    time, _, event = queue[place]
    assert isinstance(event, Arrive)
    queue[place] = queue[-1]
    queue.pop()
    heapify(queue)
    return time, event


def behind(queue: list[Queued], first: Arrive, until: int) -> list[int]:
    """Return the numbers of the messages on the same link that come before `until`, in their order."""
    return [
        number
        for time, number, event in sorted(queue)
        if time < until and isinstance(event, Arrive) and event[:3] == first[:3]
    ]


def _place(queue: list[Queued], number: int) -> int:
    return next(place for place, entry in enumerate(queue) if entry[1] == number)
