"""A counterexample as a lesson: the kinds of its mistake, and the right algorithm in the same order.

The right algorithm is only known where the library has one of the same kind: a class that the wrong one is
made of, or one whose name is in the wrong one's name, which can run on this network with these initiators. It
is led through the same order as far as that exists: of each event of the counterexample the one of the same
kind, at the same node and from the same neighbour comes next, if one is pending; what is left then comes as
the delays have it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from topowave.algorithms import Algorithm
from topowave.algorithms.registry import LIBRARY
from topowave.checker.check import Progress, check
from topowave.checker.counterexample import Counterexample
from topowave.checker.lesson import Lesson, lesson_of
from topowave.checker.result import CheckResult
from topowave.runtime.graph import Graph
from topowave.sessions.counterexample_order import steps_of
from topowave.sessions.interventions import Deliver
from topowave.sessions.limits import EVENTS_BEHIND, FIFO_CHECK_S
from topowave.sessions.player import Row
from topowave.sessions.session import Session
from topowave.simulator.config import Inputs, SimulationConfig
from topowave.simulator.events import Arrive, Event, Start, Timer
from topowave.simulator.simulation import simulate
from topowave.topology import Problems
from topowave.traces.reader import parse_trace


@dataclass(frozen=True)
class Right:
    """The right algorithm in the order of a counterexample.

    Attributes:
        name, title: of the algorithm.
        trace: its run, to the end.
        positions: how many events it has had after each event of the counterexample, that after none first.
    """

    name: str
    title: str
    trace: str
    positions: tuple[int, ...]

    def to_json(self) -> dict[str, object]:
        """Return it as the page takes it."""
        return {
            "name": self.name,
            "title": self.title,
            "trace": self.trace,
            "positions": list(self.positions),
        }


def lesson_in(result: CheckResult, inputs: Inputs = None, progress: Progress | None = None) -> Lesson:
    """Return what the counterexample of a check teaches; there must be one.

    Args:
        result: of the check.
        inputs: what the nodes contribute, as `check` was told.
        progress: called as that of `check`.
    """
    found, algorithm = result.violation, result.algorithm_class
    assert found is not None
    graph, initiators = graph_of_counterexample(found), list(found.initiators)

    def right_with_fifo() -> bool:
        again = check(
            algorithm,
            graph,
            initiators=initiators,
            inputs=inputs,
            fifo=True,
            time_s=FIFO_CHECK_S,
            progress=progress,
        )
        return again.ok and again.complete

    def right_in_lockstep() -> bool:
        run = simulate(algorithm, graph, initiators=initiators, inputs=inputs, max_events=EVENTS_BEHIND)
        return run.ok

    return lesson_of(
        found,
        algorithm,
        right_with_fifo=_known(right_with_fifo),
        right_in_lockstep=_known(right_in_lockstep),
    )


def graph_of_counterexample(found: Counterexample) -> Graph:
    """Return the network of a counterexample."""
    return parse_trace(found.trace[:1], "counterexample").graph()


def right_algorithm(algorithm: type[Algorithm]) -> type[Algorithm] | None:
    """Return the algorithm of the library that a class is a wrong one of, where that can be told."""
    library = set(LIBRARY.values())
    if algorithm in library:
        return None
    made_of = next((each for each in algorithm.__mro__ if each in library), None)
    if made_of is not None:
        return made_of
    own = _letters(algorithm.__name__)
    named = [name for name in LIBRARY if _letters(name) in own]
    return LIBRARY[max(named, key=len)] if named else None


def right_in_the_same_order(
    found: Counterexample, algorithm: type[Algorithm], inputs: Inputs = None
) -> Right | None:
    """Return the right algorithm in the order of a counterexample; None where there is none that can run so.

    Args:
        found: the counterexample.
        algorithm: its class, the wrong one.
        inputs: what the nodes contribute.
    """
    right = right_algorithm(algorithm)
    if right is None:
        return None
    options: dict[str, Any] = json.loads(found.trace[0])["options"]
    config = SimulationConfig(
        initiators=list(found.initiators),
        inputs=inputs,
        fifo=bool(options.get("fifo")),
        max_events=EVENTS_BEHIND,
    )
    try:
        session = Session(right, graph_of_counterexample(found), config)
    except Problems:
        return None
    positions = [0]
    for rows in steps_of(found.events):
        _follow(session, rows)
        positions.append(session.position)
    run = session.run()
    return Right(right.name, right.title, "\n".join(run.events) + "\n", tuple(positions))


def _follow(session: Session, rows: list[Row]) -> None:
    """Let the event come that is like a step of the counterexample, if one is pending and can come."""
    first = next((row for row in rows if row["event"] != "join"), rows[0])
    names = session.prepared.graph.names
    for _, number, event in session.kernel.queued():
        if _told(event, names) == (first["event"], first["node"], first.get("peer")):
            try:
                if session.kernel.queued()[0][1] != number:
                    session.intervene(Deliver(number))
            except Problems:
                continue
            session.step()
            return


def _told(event: Event, names: Any) -> tuple[str, str, str | None] | None:
    match event:
        case Start(_, node):
            return "start", names[node], None
        case Timer(_, node, _, _):
            return "timer", names[node], None
        case Arrive(sender=sender, to=to):
            return "receive", names[to], names[sender]
        case _:
            return None


def _known(ask: Callable[[], bool]) -> Callable[[], bool]:
    """Return an ask that says no where its answer cannot be had."""

    def answer() -> bool:
        try:
            return ask()
        except Problems:
            return False

    return answer


def _letters(name: str) -> str:
    return "".join(each for each in name.lower() if each.isalnum())
