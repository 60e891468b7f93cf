"""A counterexample of the checker as a session that stands in exactly its order.

Theory of operation. The checker chooses, at each moment, which of all that may happen comes next; a session
has a queue, in which the delays say what does. So its order is followed event by event: what the
counterexample has next is looked for in the queue, brought to its front where it is not there already
(`Deliver`, which begins one branch), and taken. A loss, a second arrival and a crash of the checker are
`Drop`, `Duplicate` and `Crash`. Each step must have the very lines that the checker wrote; a class that does
something else in the same order depends on something that is no message, and is refused with that sentence.

The session's branch "main" stays what the delays would have brought, to compare with.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from typing import Any, cast

from topowave.algorithms import Algorithm
from topowave.checker.counterexample import Counterexample
from topowave.checker.instances import title_of
from topowave.sessions.interventions import Crash, Deliver, Drop, Duplicate, Intervention
from topowave.sessions.limits import EVENTS_BEHIND
from topowave.sessions.player import Row
from topowave.sessions.session import Session
from topowave.simulator.config import Inputs, SimulationConfig
from topowave.simulator.events import Arrive, Start, Timer
from topowave.topology import Problems
from topowave.traces.reader import parse_trace
from topowave.translation import text

BRANCH = "counterexample"
"""What the branch is called in which the checker's order stands."""
COMPARED = ("node", "event", "peer", "message", "message_id", "kind")
"""What two lines must share to tell of the same; times are the checker's own."""


def session_of_counterexample(
    counterexample: Counterexample,
    algorithm: type[Algorithm] | str,
    *,
    inputs: Inputs = None,
    deadline_s: float | None = None,
) -> Session:
    """Return a session behind the last event of a counterexample, all of them in its order.

    Args:
        counterexample: of the checker.
        algorithm: the class that it is of, as `check` was told.
        inputs: what the nodes contribute, as `check` was told.
        deadline_s: how long one handler may take (s); by default `HANDLER_DEADLINE_S`.

    Raises:
        Problems: the class does something else in the same order, or nodes hear of a crash, which a session
            cannot bring in the checker's order.
    """
    return session_in_order(counterexample.trace, algorithm, inputs=inputs, deadline_s=deadline_s)


def session_in_order(
    lines: tuple[str, ...] | list[str],
    algorithm: type[Algorithm] | str,
    *,
    inputs: Inputs = None,
    deadline_s: float | None = None,
) -> Session:
    """Return a session in the order of a counterexample's trace; see `session_of_counterexample`."""
    recorded = parse_trace(lines, "counterexample")
    header = recorded.header
    given: object = header.get("waves")
    waves = cast("list[object]", given) if isinstance(given, list) else []
    if header.get("runtime") != "checker" or len(waves) != 1:
        raise Problems([text("this is no counterexample of the checker")])
    wave = cast("dict[str, Any]", waves[0])
    options: Any = header.get("options") or {}
    config = SimulationConfig(
        initiators=[str(name) for name in wave["initiators"]],
        fifo=bool(options.get("fifo")),
        inputs=inputs,
        max_events=len(lines) + EVENTS_BEHIND,
        deadline_s=deadline_s,
    )
    graph = recorded.graph()
    if "neighbors" in recorded.header["topology"]:
        graph.title = title_of(graph.network("links"))
    session = Session(algorithm, graph, config)
    _Follower(session, [json.loads(line) for line in lines[1:]]).follow()
    session.forget_moves()
    return session


def steps_of(rows: list[Row]) -> list[list[Row]]:
    """Return the lines of a counterexample by its steps: the checker's clock moves on by one at each."""
    return [list(group) for _, group in groupby(rows, key=lambda row: row["t"])]


class _Follower:
    """Lets a session go along the lines of a counterexample."""

    def __init__(self, session: Session, rows: list[Row]) -> None:
        self._session = session
        self._steps = steps_of(rows)
        self._left = Counter(str(row["message_id"]) for row in rows if row["event"] == "receive")
        """How often each message has still to arrive."""
        self._begun = False

    def follow(self) -> None:
        """Go to the end of the counterexample. Raises Problems."""
        for number, rows in enumerate(self._steps, start=1):
            first = next((row for row in rows if row["event"] != "join"), rows[0])
            if first["event"] == "drop":
                self._do(Drop(self._number(first, number)))
            elif first["event"] == "crash":
                self._do(Crash(str(first["node"])))
            else:
                self._handle(first, rows, number)

    def _handle(self, first: Row, rows: list[Row], number: int) -> None:
        event = self._number(first, number)
        if first["event"] == "receive":
            message = str(first["message_id"])
            self._left[message] -= 1
            if self._left[message]:
                self._do(Duplicate(event))
        if self._session.kernel.queued()[0][1] != event:
            self._do(Deliver(event))
        found = self._session.step()
        failed = self._session.mistake is not None
        wanted = [*_told(rows)][: len(found) if failed else None]
        if [*_told(found)] != wanted:
            raise Problems(
                [
                    text(
                        "event {number}: {node} does not do what it did when it was checked; "
                        "it depends on more than its messages",
                        number=number,
                        node=first["node"],
                    )
                ]
            )

    def _do(self, intervention: Intervention) -> None:
        self._session.intervene(intervention, None if self._begun else BRANCH)
        self._begun = True

    def _number(self, row: Row, number: int) -> int:
        """Return the number of what a line tells of, among what is to happen. Raises Problems."""
        kernel = self._session.kernel
        found = next((each for _, each, event in kernel.queued() if self._is(event, row)), None)
        if found is None:
            raise Problems(
                [
                    text(
                        "event {number}: {node} has nothing of this kind to come ({kind}), so a session "
                        "cannot stand in this order",
                        number=number,
                        node=row["node"],
                        kind=row["event"],
                    )
                ]
            )
        return found

    def _is(self, event: object, row: Row) -> bool:
        names = self._session.prepared.graph.names
        match row["event"], event:
            case "start", Start(_, node):
                return bool(names[node] == row["node"])
            case "timer", Timer(_, node, name, _):
                return (names[node], name) == (row["node"], row["kind"])
            case (("receive" | "drop"), Arrive(number=number)):
                return bool(number == row["message_id"])
            case _:
                return False


def _told(rows: list[Row]) -> Iterator[tuple[object, ...]]:
    """Yield what lines tell, without what only the checker or only the session says."""
    for row in rows:
        yield tuple(json.dumps(row.get(name), sort_keys=True) for name in COMPARED)
