"""The kernel: any number of waves on one network in virtual time, with everything looked at.

Theory of operation. What is to happen lies in a heap, ordered by time and then by the order in which it was
asked for. Each entry is an event (`events.py`): plain data, no function. The kernel takes one event at a time
and gives it to the method that `_ACTIONS` names for its type:

    Start    an initiator's `on_start`
    Arrive   a message reaches its receiver: `on_message`
    Timer    a timer has run out: `on_timer`
    Fault    nodes or links fail or come back, as the fault plan says
    Detect   the failure detectors of the neighbours have noticed a fault: `on_down`
    Notify   one node that has joined late learns what the detector already knows: `on_down`

A handler runs to its end. It changes nothing but its node's instance, and records effects; these are carried
out after it: a send becomes zero, one or two `Arrive`, as the link decides, a timer becomes a `Timer`, a
decide is noted. So an event's consequences depend on nothing but the state of the run, and that is all here:
the queue, the instances, the random streams of the links, what is broken, the trace.

What must hold:
- Time never goes back, and two events at one time come in the order in which they were asked for.
- A node has an instance from its first event on. If it crashes and loses its state, events that were meant
  for its former incarnation (timers, news of a crash) are dropped.
- A message is what it was when it was sent. A receiver may do with it what it likes: what cannot change is
  shared, of anything else each receiver gets a copy of its own.
- What a handler does wrong is noticed while it runs (`runtime.effects`) or, if it changes a message that is
  on its way, when that arrives. It ends the run, and becomes an `AlgorithmError` with node, event and line.

`copy` makes a second kernel that goes on from here by itself; with it `Session` branches and goes back.

`fast_kernel` does the same for large networks without faults, losses and traces, with less looking; both give
the same run, event by event.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Any, ClassVar, Literal

from topowave.algorithms import Algorithm
from topowave.runtime.algorithm_error import (
    AlgorithmError,
    AlgorithmFailedError,
    InterruptedRunError,
    OutOfTimeError,
    algorithm_error,
    own_files,
)
from topowave.runtime.effects import CHANGED, SETTING_UP, CheckedEffects, Envelope, allowed_receivers
from topowave.runtime.graph import Graph
from topowave.runtime.memory_limit import lift_memory_limit
from topowave.runtime.message_copy import private_copy
from topowave.runtime.message_size import encoded_text
from topowave.runtime.message_types import MessageTypes
from topowave.runtime.value_text import value_text
from topowave.runtime.virtual_time import to_ticks, to_units
from topowave.runtime.wave import WavePlan, WaveResult, make_instance
from topowave.simulator.events import Arrive, Detect, Event, FaultEvent, Notify, Queued, Start, Timer
from topowave.simulator.fault_plan import NO_FAULTS, Fault, FaultPlan
from topowave.simulator.fault_state import FaultState
from topowave.simulator.kernel_copy import has_changeable_messages, wave_copy
from topowave.simulator.limits import LONGEST_SHOWN, PAST_NODES
from topowave.simulator.links import Links
from topowave.simulator.queue_changes import behind, put_first, taken
from topowave.traces.writer import Trace

Ending = Literal["quiet", "limit", "time", "memory", "interrupted", "mistake", "ended"]
"""How a run ended: nothing was left to happen; too many events, too much time or memory; Ctrl-C; a mistake
in the algorithm; or the process in which its class ran ended, or had to be ended."""


@dataclass
class RunOutcome:
    """What became of a run.

    Attributes:
        waves: in the order in which they were given.
        ending: how it ended.
        time: when the last event was, in ticks.
        events: how many there were.
        mistake: what the algorithm did wrong, if it did.
    """

    waves: list[WaveResult]
    ending: Ending
    time: int
    events: int
    mistake: AlgorithmError | None = None


class Kernel:
    """One run.

    Args:
        graph: the network.
        plans: the waves.
        links: the network's links.
        faults: what goes wrong.
        trace: where events are written, if anywhere.
        max_events: after so many events the run ends.
    """

    def __init__(
        self,
        graph: Graph,
        plans: Sequence[WavePlan],
        links: Links,
        *,
        faults: FaultPlan = NO_FAULTS,
        trace: Trace | None = None,
        max_events: int,
    ) -> None:
        self.beats = 0
        self.in_handler = False
        self.now = 0
        self._graph = graph
        self.links = links
        self.trace = trace
        """The trace, also when it has given up."""
        self._trace = trace
        self.fault_state = FaultState(graph)
        """What is broken now."""
        self._detect_after = faults.detect_after
        self._max_events = max_events
        self._waves = [WaveResult(plan, first=plan.start) for plan in plans]
        self._queue: list[Queued] = []
        self._order = 0
        self._effects = CheckedEffects()
        self._number = {plan.id: number for number, plan in enumerate(plans)}
        self._files = {plan.id: own_files(plan.algorithm) for plan in plans}
        self._types = {plan.id: MessageTypes(plan.algorithm) for plan in plans}
        self._chances = {plan.id: plan.chance for plan in plans}
        self._allowed: dict[tuple[str, int], Container[object]] = {}
        self._sent: dict[tuple[str, int], int] = {}
        self._doing: tuple[WaveResult, int, str, tuple[object, ...]] | None = None
        self._mistake: AlgorithmError | None = None
        self.ending: Ending | None = None
        """How the run has ended; None if it has not."""
        for wave in self._waves:
            wave.past = {} if graph.nodes <= PAST_NODES else None
        for fault in faults.faults:
            self._at(fault.at, FaultEvent(fault))
        for number, wave in enumerate(self._waves):
            for node in wave.plan.initiators:
                self._at(wave.plan.start, Start(number, node))

    def run(self) -> RunOutcome:
        """Run until nothing is left to happen, or until it must end."""
        self.advance()
        return self.outcome()

    def outcome(self) -> RunOutcome:
        """Return what has become of the run so far."""
        if self._trace is not None:
            self._trace.close()
        return RunOutcome(self._waves, self.ending or "interrupted", self.now, self.beats, self._mistake)

    def counted(self) -> tuple[int, list[tuple[int, object]]]:
        """Return the messages and the decisions of the first wave so far."""
        return self._waves[0].messages, list(self._waves[0].decisions)

    def advance(self, until: int | None = None) -> Ending | None:
        """Go on until there have been `until` events, or to the end.

        Returns:
            How the run has ended; None if it has not.
        """
        if self.ending is not None:
            return self.ending
        try:
            self.ending = self._take_events(until)
        except InterruptedRunError as error:
            self.in_handler = False
            self.ending = "time" if isinstance(error, OutOfTimeError) else "interrupted"
        except AlgorithmFailedError as error:
            self.ending, self._mistake = "mistake", error.mistake
        except BaseException as error:
            self.in_handler = False
            self.ending = "mistake"
            if isinstance(error, MemoryError):
                self.ending = "memory"
                lift_memory_limit()
                self._queue.clear()
            if self._doing is None:
                if self.ending == "memory":
                    return self.ending
                raise
            wave, node, event, args = self._doing
            described = self._describe(event, args)
            self._mistake = algorithm_error(wave.plan.algorithm, self._graph.names[node], described, error)
        return self.ending

    def _take_events(self, until: int | None) -> Ending | None:
        """Take one event after the other; return how the run has ended, None if it has not."""
        queue, actions = self._queue, self._ACTIONS
        limit = self._max_events if until is None else min(until, self._max_events)
        while queue:
            if self.beats >= limit:
                return "limit" if self.beats >= self._max_events else None
            self.now, _, event = heappop(queue)
            self.beats += 1
            actions[type(event)](self, event)
            if self._trace is not None and self._trace.given_up:
                self._trace = None
        return "quiet"

    def _at(self, time: int, event: Event) -> None:
        self._order += 1
        heappush(self._queue, (time, self._order, event))

    # For who steps through a run.

    def queued(self) -> list[Queued]:
        """Return what is to happen, as it will come: time in ticks, number, event."""
        return sorted(self._queue)

    def hurry(self, number: int) -> None:
        """Let the queued event with this number come next, at the time of the one that was to come next."""
        put_first(self._queue, number)

    def put_off(self, number: int, ticks: int) -> None:
        """Let a message on its way come so much later; on FIFO links those behind it still do not pass it."""
        time, event = taken(self._queue, number)
        later = time + ticks
        kept_back = behind(self._queue, event, later)
        self._at(later, event)
        if self.links.put_off(self._graph.arc(event.sender, event.to), later):
            for each in kept_back:
                self._at(later, taken(self._queue, each)[1])

    def take_away(self, number: int) -> None:
        """Let a message on its way be lost."""
        _, event = taken(self._queue, number)
        wave = self._waves[event.wave]
        self._record(wave, event.to, "drop", peer=event.sender, message_id=event.number, kind="taken away")

    def double(self, number: int) -> None:
        """Let a message on its way arrive a second time, at the same time and behind it."""
        time, event = taken(self._queue, number)
        heappush(self._queue, (time, number, event))
        self._at(time, event)

    def break_now(self, fault: Fault) -> None:
        """Let nodes or links fail or come back now."""
        self._fault(FaultEvent(fault))

    def copy(self) -> Kernel:
        """Return a kernel that goes on from here by itself. The trace's file stays with this one.

        Raises:
            TypeError, copy.Error: the state of some node cannot be copied, such as a generator.
        """
        made = copy.copy(self)
        made._doing = None
        made.trace = copy.deepcopy(self.trace)
        made._trace = None if self._trace is None else made.trace
        made.links = copy.deepcopy(self.links, {id(self.links.delay): self.links.delay})
        made.fault_state = copy.deepcopy(self.fault_state, {id(self._graph): self._graph})
        made._sent = dict(self._sent)
        made._effects = CheckedEffects()
        if has_changeable_messages(self._queue):
            whole = {id(wave.plan): wave.plan for wave in self._waves}
            rows = {id(wave.plan.network): wave.plan.network for wave in self._waves}
            both = (self._waves, self._queue)
            made._waves, made._queue = copy.deepcopy(both, whole | rows | {id(self._effects): made._effects})
        else:
            made._waves = [wave_copy(wave, self._effects, made._effects) for wave in self._waves]
            made._queue = [*self._queue]
        return made

    # What happens in a wave.

    def _start(self, event: Start) -> None:
        number, node = event
        wave = self._waves[number]
        if node in self.fault_state.down:
            return
        instance = self._instance(wave, node)
        self._record(wave, node, "start")
        self._handle(wave, node, "starting", instance.on_start)

    def _arrive(self, event: Arrive) -> None:
        wave_number, sender, to, envelope, mask, number = event
        wave = self._waves[wave_number]
        obstacle = self.fault_state.obstacle(sender, to)
        if obstacle is not None:
            self._record(wave, to, "drop", peer=sender, message_id=number, kind=obstacle)
            return
        message = envelope.message
        if envelope.copy is not None:
            self._check_unchanged(sender, envelope)
            message = private_copy(envelope.copy)
        instance = wave.instances.get(to) or self._instance(wave, to)
        if wave.past is not None:
            wave.past[to] |= mask
        if self._trace is not None:
            self._record(wave, to, "receive", peer=sender, message=_text(envelope), message_id=number)
        self._handle(wave, to, "receiving", instance.on_message, sender, message)

    def _timer(self, event: Timer) -> None:
        number, node, name, incarnation = event
        if node in self.fault_state.down or self._incarnation(node) != incarnation:
            return
        wave = self._waves[number]
        self._record(wave, node, "timer", kind=name)
        self._handle(wave, node, "at the timer", wave.instances[node].on_timer, name)

    # One handler and its effects.

    def _instance(self, wave: WaveResult, node: int) -> Algorithm:
        known = wave.instances.get(node)
        if known is not None:
            return known
        self._effects.allowed = SETTING_UP
        self._effects.chance = self._chances[wave.plan.id]
        self._doing = (wave, node, "setting up", ())
        self.in_handler = True
        instance = make_instance(wave.plan, node, self._effects)
        self.in_handler = False
        self._doing = None
        wave.instances[node] = instance
        if wave.past is not None:
            wave.past[node] = wave.past.get(node, 0) | 1 << node
        if self._trace is not None:
            text = None if instance.input is None else encoded_text(instance.input)
            self._record(wave, node, "join", message=text)
        if self.fault_state.suspected:
            for neighbor in instance.neighbors:
                self._at(
                    self.now, Notify(self._number[wave.plan.id], node, neighbor, self._incarnation(node))
                )
        return instance

    def _handle(
        self, wave: WaveResult, node: int, event: str, handler: Callable[..., None], *args: object
    ) -> None:
        effects = self._effects
        key = (wave.plan.id, node)
        allowed = self._allowed.get(key)
        if allowed is None:
            allowed = self._allowed[key] = allowed_receivers(wave.plan.network.out[node])
        effects.allowed = allowed
        effects.files = self._files[wave.plan.id]
        effects.types = self._types[wave.plan.id]
        effects.chance = self._chances[wave.plan.id]
        self._doing = (wave, node, event, args)
        self.in_handler = True
        handler(*args)
        self.in_handler = False
        self._doing = None
        wave.last = self.now
        if effects:
            self._carry_out(wave, node)
            effects.reset()

    def _carry_out(self, wave: WaveResult, node: int) -> None:
        mask = 0 if wave.past is None else wave.past[node]
        number = self._number[wave.plan.id]
        envelopes = iter(self._effects.envelopes)
        for effect in self._effects:
            if effect[0] == "send":
                self._send(number, wave, node, effect[1], next(envelopes), mask)
            elif effect[0] == "decide":
                self._decide(wave, node, effect[1], mask)
            else:
                due = self.now + to_ticks(effect[2])
                self._at(due, Timer(number, node, effect[1], self._incarnation(node)))

    def _send(
        self, wave_number: int, wave: WaveResult, node: int, to: int, envelope: Envelope, mask: int
    ) -> None:
        wave.messages += 1
        if wave.size is not None:
            wave.size += envelope.size
        number = None
        if self._trace is not None:
            running = self._sent[wave.plan.id, node] = self._sent.get((wave.plan.id, node), 0) + 1
            number = f"{self._graph.names[node]}:{running}"
            self._record(wave, node, "send", peer=to, message=_text(envelope), message_id=number)
        times = self.links.arrivals(self._graph.arc(node, to), self.now)
        if self.fault_state.cut(node, to):
            self._record(wave, node, "drop", peer=to, message_id=number, kind="link cut")
            return
        if not times:
            self._record(wave, node, "drop", peer=to, message_id=number, kind="lost")
        for time in times:
            self._at(time, Arrive(wave_number, node, to, envelope, mask, number))

    def _decide(self, wave: WaveResult, node: int, value: object, mask: int) -> None:
        if self._trace is not None:
            self._record(wave, node, "decide", message=encoded_text(value))
        wave.decisions.append((node, value))
        wave.decided = self.now
        if wave.past is not None:
            wave.unheard.append(~mask & (1 << self._graph.nodes) - 1)

    def _check_unchanged(self, sender: int, envelope: Envelope) -> None:
        if envelope.message == envelope.copy:
            return
        event = f"before {to_units(self.now):g}"
        raise AlgorithmFailedError(
            AlgorithmError(self._graph.names[sender], event, CHANGED, *(envelope.line or (None, None, "")))
        )

    # What goes wrong.

    def _fault(self, event: FaultEvent) -> None:
        fault = event.fault
        node = fault.nodes[0] if fault.nodes else None
        peer = fault.nodes[1] if len(fault.nodes) == 2 else None
        lost = "state lost" if fault.kind == "restart" and not fault.keep else None
        if self._trace is not None:
            self._trace.event(self.now, node, fault.kind, peer=peer, kind=lost)
        self.fault_state.apply(fault)
        if lost:
            for wave in self._waves:
                wave.instances.pop(fault.nodes[0], None)
        if self._detect_after is not None and fault.kind in ("crash", "cut", "partition"):
            self._at(self.now + self._detect_after, Detect(fault))

    def _detect(self, event: Detect) -> None:
        for node, neighbor in list(self.fault_state.notice(event.fault)):
            for number, wave in enumerate(self._waves):
                if node in wave.instances:
                    self._notify(Notify(number, node, neighbor, self._incarnation(node)))

    def _notify(self, event: Notify) -> None:
        number, node, neighbor, incarnation = event
        wave = self._waves[number]
        fault_state = self.fault_state
        if (
            node in fault_state.down
            or self._incarnation(node) != incarnation
            or (node, neighbor) not in fault_state.suspected
        ):
            return
        instance = wave.instances[node]
        if neighbor not in instance.neighbors:
            return
        self._record(wave, node, "down", peer=neighbor)
        self._handle(wave, node, "giving up", instance.on_down, neighbor)

    def _incarnation(self, node: int) -> int:
        return self.fault_state.incarnations.get(node, 0)

    _ACTIONS: ClassVar[dict[type, Callable[[Kernel, Any], None]]] = {
        Start: _start,
        Arrive: _arrive,
        Timer: _timer,
        FaultEvent: _fault,
        Detect: _detect,
        Notify: _notify,
    }
    """What each kind of event does."""

    # Telling.

    def _record(
        self,
        wave: WaveResult,
        node: int,
        event: str,
        *,
        peer: int | None = None,
        message: str | None = None,
        message_id: str | None = None,
        kind: str | None = None,
    ) -> None:
        if self._trace is not None:
            self._trace.event(
                self.now,
                node,
                event,
                wave=wave.plan.id,
                peer=peer,
                message=message,
                message_id=message_id,
                kind=kind,
            )

    def _describe(self, event: str, args: tuple[object, ...]) -> str:
        """Return in words what a node was doing."""
        at = f"at {to_units(self.now):g}"
        if event == "receiving" and isinstance(args[0], int):
            shown = value_text(args[1], LONGEST_SHOWN)
            return f"receiving {shown} from {self._graph.names[args[0]]} {at}"
        if event == "giving up" and isinstance(args[0], int):
            return f"giving up its neighbour {self._graph.names[args[0]]} {at}"
        return " ".join([event, *(repr(arg) for arg in args), at])


def _text(envelope: Envelope) -> str:
    if envelope.text is None:
        envelope.text = encoded_text(envelope.message if envelope.copy is None else envelope.copy)
    return envelope.text
