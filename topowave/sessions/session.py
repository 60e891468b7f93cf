"""A session: a run that is gone through event by event, forwards, backwards, and along other branches.

    >>> from topowave import Session
    >>> session = Session("echo", "path:3:1")
    >>> [event["event"] for event in session.step()]
    ['join', 'start', 'send']
    >>> [choice.kind for choice in session.choices()]
    ['receive']

Links are asynchronous, so any message on its way may be the next to arrive. `step` takes the one that the
delays of the run would bring; `step(choice)` takes another, which arrives at once, and the rest of the run
follows from that. What was chosen is remembered: to go back is to go forward again from the beginning.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from topowave.algorithms import Algorithm
from topowave.runtime.graph import AnyNetwork
from topowave.runtime.handler_runner import HANDLER_DEADLINE_S, Watchdog
from topowave.runtime.message_copy import private_copy
from topowave.runtime.virtual_time import to_units
from topowave.simulator.config import SimulationConfig
from topowave.simulator.events import Arrive, Detect, Event, FaultEvent, Notify, Queued, Start, Timer
from topowave.simulator.kernel import Ending, Kernel
from topowave.simulator.limits import SESSION_CHOICES, SESSION_NODES
from topowave.simulator.preparation import Wave, prepare
from topowave.simulator.run import Run
from topowave.topology import Problems
from topowave.translation import text

KINDS: dict[type, Literal["start", "receive", "timer", "fault", "detect", "down"]] = {
    Start: "start",
    Arrive: "receive",
    Timer: "timer",
    FaultEvent: "fault",
    Detect: "detect",
    Notify: "down",
}
"""What each kind of event is to people, in a trace's words where it has one."""


@dataclass(frozen=True)
class Pending:
    """Something that is to happen.

    Attributes:
        number: identifies it in its session.
        kind: what.
        at: when it will be, in units, unless something is chosen before it.
        wave: the wave's id; None for what happens to nodes and links.
        node: where; None for what happens to links.
        peer: the sender of a message, or the neighbour that is down.
        message: the message, or the name of a timer.
    """

    number: int
    kind: Literal["start", "receive", "timer", "fault", "detect", "down"]
    at: float
    wave: str | None = None
    node: str | None = None
    peer: str | None = None
    message: object = None


@dataclass(frozen=True)
class Snapshot:
    """Where a session was, for `Session.restore`; it stays as it is, whatever the session does."""

    position: int
    time: float
    kernel: Kernel = field(repr=False)
    chosen: dict[int, int] = field(repr=False)


class Session:
    """A run of one wave that somebody steps through.

    Args:
        algorithm: a class, the name of one in the library, or `FILE.py:CLASS`.
        network: a topology, a file, SHAPE:N[:SEED], a bare network or a graph of networkx, of
            at most `SESSION_NODES` nodes.
        config: the conditions of the run. It is always looked at in full (`fast` changes nothing), and its
            trace is in the `Run` at its end, so no file can be named for it.

    Raises:
        Problems: something was not understood, or the network does not meet the algorithm's requirements.
    """

    def __init__(
        self,
        algorithm: type[Algorithm] | str,
        network: AnyNetwork,
        config: SimulationConfig | None = None,
    ) -> None:
        config = config or SimulationConfig()
        if config.trace is not None:
            raise Problems([text("a session writes no file; the events of its run are in `run().events`")])
        self._prepared = prepare([Wave(algorithm)], network, config)
        nodes = self._prepared.graph.nodes
        if nodes > SESSION_NODES:
            raise Problems(
                [
                    text(
                        "{nodes} nodes are too many to step through; expected at most {session_nodes}",
                        nodes=nodes,
                        session_nodes=SESSION_NODES,
                    )
                ]
            )
        self._first = self._prepared.kernel()
        self._kernel = self._copy_of(self._first)
        self._chosen: dict[int, int] = {}  # the number of the event that was chosen, by position

    # Where the run is.

    @property
    def position(self) -> int:
        """How many events there have been."""
        return self._kernel.beats

    @property
    def time(self) -> float:
        """The virtual time, in units."""
        return to_units(self._kernel.now)

    @property
    def ending(self) -> Ending | None:
        """How the run has ended; None if it has not."""
        return self._kernel.ending

    @property
    def states(self) -> dict[str, dict[str, object]]:
        """The state of each node that has had an event, by name; a copy."""
        names = self._prepared.graph.names
        instances = self._kernel.outcome().waves[0].instances
        return {names[node]: copy.deepcopy(Algorithm.state(made)) for node, made in instances.items()}

    @property
    def decisions(self) -> dict[str, object]:
        """The values that were decided so far, by node name."""
        names = self._prepared.graph.names
        return {names[node]: value for node, value in self._kernel.outcome().waves[0].decisions}

    def pending(self) -> list[Pending]:
        """Return what is to happen, in the order in which it will, if nothing is chosen."""
        return [self._pending(entry) for entry in self._kernel.queued()]

    def choices(self) -> list[Pending]:
        """Return what may come next: what would, and all messages on their way, of FIFO links the first."""
        return [self._pending(entry) for entry in self._possible()]

    # Going on.

    def step(self, choice: Pending | None = None) -> list[dict[str, Any]]:
        """Let one event happen.

        Args:
            choice: one of `choices()`; by default what comes next in virtual time.

        Returns:
            What happened, as the events of a trace; nothing if the run has ended, or has had more events than
            a trace keeps (`traces.writer.KEPT_EVENTS`).

        Raises:
            Problems: the choice is none, or there have been too many.
        """
        position = self.position
        if self.ending is not None:
            return []
        if choice is not None and all(choice.number != number for _, number, _ in self._possible()):
            raise Problems(
                [text("event {number} cannot come next; `choices()` says what can", number=choice.number)]
            )
        self._chosen = {at: number for at, number in self._chosen.items() if at < position}
        if choice is not None:
            if len(self._chosen) >= SESSION_CHOICES:
                raise Problems(
                    [
                        text(
                            "a session remembers at most {session_choices} choices",
                            session_choices=SESSION_CHOICES,
                        )
                    ]
                )
            self._chosen[position] = choice.number
            self._kernel.hurry(choice.number)
        trace = self._kernel.trace
        before = 0 if trace is None else len(trace.kept)
        self._advance(position + 1)
        return [] if trace is None else [json.loads(line) for line in trace.kept[before:]]

    def step_to(self, position: int) -> None:
        """Go on, or go back, to where there have been `position` events, or to the end if it comes before.

        What was chosen before that place is chosen again; what was chosen behind it, if the way leads there
        again without another `step`.
        """
        if position < 0:
            raise Problems(
                [text("position {position}; expected a number of events from 0", position=position)]
            )
        if position < self.position:
            self._kernel = self._copy_of(self._first)
        for at, number in sorted(self._chosen.items()):
            if self.position <= at < position:
                self._advance(at)
                self._kernel.hurry(number)
        self._advance(position)

    def run(self) -> Run:
        """Go on to the end, and return the run: that of `simulate`, if nothing was chosen."""
        self.step_to(self._prepared.max_events)
        self._advance(None)
        return self._prepared.reports(self._kernel.outcome(), self._kernel.trace)[0]

    # Branches.

    def snapshot(self) -> Snapshot:
        """Return where the session is, to come back to."""
        return Snapshot(self.position, self.time, self._copy_of(self._kernel), dict(self._chosen))

    def restore(self, snapshot: Snapshot) -> None:
        """Go back, or forward, to a snapshot of this session or of one that it branched from."""
        self._kernel = self._copy_of(snapshot.kernel)
        self._chosen = dict(snapshot.chosen)

    def branch(self) -> Session:
        """Return a second session that goes on from here by itself."""
        made = copy.copy(self)
        made.restore(self.snapshot())
        return made

    def __repr__(self) -> str:
        wave = self._prepared.plans[0]
        ended = "" if self.ending is None else f", ended ({self.ending})"
        return (
            f"<Session of {wave.algorithm.name} on {self._prepared.graph.title}, "
            f"event {self.position}, time {self.time:g}{ended}>"
        )

    def _advance(self, until: int | None) -> None:
        deadline_s = self._prepared.config.deadline_s
        with Watchdog(self._kernel, None, HANDLER_DEADLINE_S if deadline_s is None else deadline_s):
            self._kernel.advance(until)

    def _possible(self) -> Iterator[Queued]:
        """Yield the queued events that may come next."""
        met: set[tuple[int, int, int]] = set()
        for place, entry in enumerate(self._kernel.queued()):
            event = entry[2]
            if isinstance(event, Arrive):
                link = event[:3]
                if self._prepared.config.fifo and link in met:
                    continue
                met.add(link)
                yield entry
            elif not place:
                yield entry

    def _pending(self, entry: Queued) -> Pending:
        time, number, event = entry
        return Pending(number, KINDS[type(event)], to_units(time), *self._described(event))

    def _described(self, event: Event) -> tuple[str | None, str | None, str | None, object]:
        """Return wave, node, peer and message of an event."""
        names, plans = self._prepared.graph.names, self._prepared.plans
        if isinstance(event, Arrive):
            envelope = event.envelope
            message = private_copy(envelope.message if envelope.copy is None else envelope.copy)
            return plans[event.wave].id, names[event.to], names[event.sender], message
        if isinstance(event, Start):
            return plans[event.wave].id, names[event.node], None, None
        if isinstance(event, Timer):
            return plans[event.wave].id, names[event.node], None, event.name
        if isinstance(event, Notify):
            return plans[event.wave].id, names[event.node], names[event.neighbor], None
        nodes = [names[node] for node in event.fault.nodes]
        return None, nodes[0] if nodes else None, nodes[1] if len(nodes) > 1 else None, event.fault.kind

    def _copy_of(self, kernel: Kernel) -> Kernel:
        try:
            return kernel.copy()
        except (TypeError, copy.Error, RecursionError) as error:
            name = self._prepared.plans[0].algorithm.name
            raise Problems(
                [text("{name}: the state of a node cannot be copied: {error}", name=name, error=error)]
            ) from None
