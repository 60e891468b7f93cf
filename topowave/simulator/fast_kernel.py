"""One wave on a large network, fast: no faults, losses, duplicates or trace, and less looking than `kernel`.

Theory of operation. The time of a large run goes into cache misses and into whatever is done for each
message. So events lie in buckets of time (a calendar queue; R. Brown, CACM 31(10), 1988) that are sorted when
their time comes, instead of one heap of everything. A bucket is a list in which the four items of each event
lie flat: tuples would take more room. Three kinds of bucket:

    later      not yet begun: events are appended in the order in which they were sent
    open       the earliest one, in order; one loop (`_work`) goes over it by index
    gone       forgotten, with its events

An event that falls into the open bucket is inserted behind those of its time; the loop, which goes by index,
meets it in its turn. Buckets are `2**shift` ticks wide, a small part of a typical delay, so that few events
fall into the open one. Nodes exist from their first event on, near in memory to others of that time; the
network is flat rows; the garbage collector, which would visit every node again and again, rests.

What must hold:
- Events come in the same order as in `kernel`: by time, then by the order in which they were sent. Sorting
  is stable, and a bucket is in the order of sending.
- The draws of an arc are those that `Links` makes: the same run, message for message.
- A receiver may do with its message what it likes. What cannot change is shared; anything else is copied when
  it is sent, once for each receiver. Whether a message can change is asked once for one object that a handler
  sends to many.

What may fail is a handler: `_work` then notes node and event, and `run` makes an `AlgorithmError` of it. How
far the run is (`beats`) is asked of the loop's iterator, which costs the loop nothing.
"""

from __future__ import annotations

import gc
from array import array
from bisect import bisect_right, insort_right
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from heapq import heappop, heappush
from itertools import islice
from operator import itemgetter, length_hint
from types import TracebackType
from typing import Any, cast

from topowave.algorithms import Algorithm
from topowave.algorithms.base import Effect, EffectList
from topowave.runtime.algorithm_error import (
    AlgorithmError,
    InterruptedRunError,
    OutOfTimeError,
    WrongEffectError,
    algorithm_error,
)
from topowave.runtime.graph import Graph
from topowave.runtime.memory_limit import lift_memory_limit
from topowave.runtime.message_copy import ATOMS, private_copy
from topowave.runtime.message_size import is_frozen
from topowave.runtime.message_types import MessageTypes
from topowave.runtime.value_text import value_text
from topowave.runtime.virtual_time import to_ticks, to_units
from topowave.runtime.wave import WIDE, WavePlan, WaveResult, make_instance, set_up
from topowave.simulator.delays import Delay
from topowave.simulator.kernel import Ending, RunOutcome
from topowave.simulator.limits import AT_A_TIME, BUCKETS, LONGEST_SHOWN
from topowave.simulator.random_streams import INCREMENT, MASK, MULTIPLIER, first_draws
from topowave.traces.writer import Trace

Event = tuple[int, int, int, object]
"""Time in ticks, node, sender (or `TIMER` or `START`), message (or the timer's name)."""
TIMER = -1
START = -2

FIELDS = 4
"""So many items an event has."""

_time = itemgetter(0)


def _events(items: Iterator[Any]) -> Iterator[Event]:
    """Return the events that lie flat in `items`."""
    return zip(items, items, items, items, strict=True)


class FastKernel:
    """One run of one wave whose view is `links`, over links that lose and double nothing.

    Args:
        graph: the network.
        plan: the wave.
        seed: of the run.
        delay: the delay model.
        fifo: whether messages on an arc arrive in the order in which they were sent.
        max_events: after about so many events the run ends.
    """

    def __init__(
        self, graph: Graph, plan: WavePlan, seed: int, delay: Delay, *, fifo: bool, max_events: int
    ) -> None:
        self._events_before = 0  # in the buckets before the open one
        self._items: Iterator[Any] = iter(())  # over the open bucket
        self.in_handler = False
        self.now = 0
        self._graph = graph
        self._plan = plan
        self._delay = delay
        self._max_events = max_events
        self._draws = first_draws(seed, "delay", graph.arcs)
        self._drawn = bytearray(graph.arcs)  # whether the first draw of an arc was taken
        self._latest = array("q", bytes(8 * graph.arcs)) if fifo else None
        self._instances: list[Algorithm | None] = [None] * graph.nodes
        self._effects: list[Effect] = EffectList(plan.chance)
        self._types = MessageTypes(plan.algorithm)
        self._number = list(range(graph.nodes)).__getitem__  # one object a number, not one a mention
        self._wide: dict[int, dict[int, int]] = {}
        self._shift = max(0, (delay.typical // BUCKETS).bit_length() - 1)  # a bucket is 2**shift ticks wide
        self._buckets: dict[int, list[Any]] = {}  # events laid flat, tuples take more room
        self._keys: list[int] = []
        self._open = -1  # the key of the bucket that is being worked on
        self._current: list[Any] = []  # that bucket in order: events, or laid flat if they came in order
        self._flat = False
        self._messages = 0
        self._least, self._span = delay.least, delay.span
        self._plain = not (fifo or delay.mean or delay.per_arc is not None)
        self._constant = self._plain and delay.span == 1
        self._wave = WaveResult(plan, size=None, past=None, first=plan.start)
        self._doing: tuple[int, str] | None = None

    trace: Trace | None = None
    """It writes none."""

    @property
    def beats(self) -> int:
        """How many events there were so far, the one that is being handled included."""
        taken = len(self._current) - length_hint(self._items)
        return self._events_before + taken // (FIELDS if self._flat else 1)

    def run(self) -> RunOutcome:
        """Run until nothing is left to happen, or until it must end."""
        ending: Ending = "quiet"
        found: AlgorithmError | None = None
        with collector_resting():
            try:
                for node in self._plan.initiators:
                    self._put((self._plan.start, node, START, None))
                while self._keys:
                    self._open = heappop(self._keys)
                    self._open_up(self._buckets.pop(self._open))
                    ending = self._work_through()
                    if ending != "quiet":
                        break
            except InterruptedRunError as error:
                ending = "time" if isinstance(error, OutOfTimeError) else "interrupted"
            except BaseException as error:
                self.in_handler = False
                ending = "mistake"
                if isinstance(error, MemoryError):
                    ending = "memory"
                    lift_memory_limit()
                    self._buckets.clear()
                if self._doing is not None:
                    found = self._mistake(*self._doing, error)
                elif ending != "memory":
                    raise
        wave = self._wave
        wave.last = self.now
        wave.messages = self._messages
        return RunOutcome([wave], ending, self.now, self.beats, found)

    def counted(self) -> tuple[int, list[tuple[int, object]]]:
        """Return the messages (as of the last few thousand events) and the decisions so far."""
        return self._messages, list(self._wave.decisions)

    def _mistake(self, node: int, event: str, error: BaseException) -> AlgorithmError:
        if isinstance(error, ValueError | KeyError) and self._effects and _is_ours(error):
            error = WrongEffectError("a message to a node that is not among its out-neighbours")
        return algorithm_error(self._plan.algorithm, self._graph.names[node], event, error)

    def _make(self, node: int) -> Algorithm:
        plan = self._plan
        if plan.algorithm.needs:
            made = make_instance(plan, node, self._effects)
        else:  # the same, without asking for what there is not
            starts = self._graph.start
            row = tuple(map(self._number, self._graph.targets[starts[node] : starts[node + 1]]))
            made = plan.algorithm(node, row, input=plan.inputs(node), effects=self._effects)
            set_up(made, node, self._effects)
        self._instances[node] = made
        return made

    def _open_up(self, bucket: list[Any]) -> None:
        """Put the events of a bucket in order. Where delays are constant, they mostly are, and stay flat."""
        times = bucket[::FIELDS] if self._constant else []
        self._flat = self._constant and times == sorted(times)
        self._current = bucket if self._flat else sorted(_events(iter(bucket)), key=_time)

    def _work_through(self) -> Ending:
        """Take all events of the open bucket, some at a time, so that the run can be watched."""
        self._items = items = iter(self._current)
        events = _events(items) if self._flat else items
        ending: Ending = "quiet"
        taken_before = self._events_before
        while length_hint(items):
            if taken_before >= self._max_events:
                ending = "limit"
                break
            self._work(islice(events, AT_A_TIME))
            taken_before = self.beats
        self._events_before = taken_before
        self._current, self._items = [], iter(())
        return ending

    def _work(self, bucket: Iterable[Event]) -> None:  # noqa: C901, PLR0912, PLR0915 - see below
        """Take events of the open bucket in order, and those that are added to it meanwhile.

        All that happens for every message stands in this one loop: a call more for each costs a tenth.
        """
        instances, effects = self._instances, cast("list[tuple[str, Any, Any]]", self._effects)
        starts, least, span = self._graph.start, self._least, self._span
        draws, drawn = self._draws, self._drawn
        plain, constant, shift, messages = self._plain, self._constant, self._shift, self._messages
        find_bucket, kinds, atoms = self._buckets.get, self._types.kinds, ATOMS
        now, node, sender, message = self.now, 0, 0, None
        last, shared = object(), True  # the last message sent, and whether its receivers may share it
        self.in_handler = True
        try:
            for now, node, sender, message in bucket:
                instance = instances[node]
                if instance is None:
                    instance = self._make(node)
                if sender >= 0:
                    instance.on_message(sender, message)
                else:
                    self._handle_other(instance, sender, message)
                if not effects:
                    continue
                soonest, first_arc = now + least, starts[node]
                row = instance.out_neighbors
                find = row.index if len(row) < WIDE else self._positions(node, row).__getitem__
                for kind, to, content in effects:
                    if kind != "send":
                        self._carry_out_other(now, node, kind, to, content)
                        continue
                    arc = first_arc + find(to)
                    if content is not last:
                        if type(content) not in kinds:
                            self._check_type(content)
                        last, shared = content, type(content) in atoms or is_frozen(content)
                    if not shared:
                        self.in_handler = False  # copies may take long, and are not the handler's doing
                        content = private_copy(content)  # noqa: PLW2901 - the receiver's own
                        self.in_handler = True
                    if constant:
                        time = soonest
                    else:
                        draw = draws[arc]
                        if drawn[arc]:  # most arcs carry one message only
                            draw = draws[arc] = draw * MULTIPLIER + INCREMENT & MASK
                        else:
                            drawn[arc] = 1
                        if plain:
                            time = soonest + (span * (draw >> 32) >> 32)
                        else:
                            time = self._arrival(now, arc, draw)
                    later = find_bucket(time >> shift)
                    if later is None:
                        self._put((time, to, node, content))
                    else:
                        later += (time, to, node, content)
                    messages += 1
                effects.clear()
        except BaseException:
            self._messages = messages
            self.now = now
            doing = self._describe(sender, message) if instances[node] else f"setting up at {to_units(now):g}"
            self._doing = (node, doing)
            raise
        self.in_handler = False
        self._messages = messages
        self.now = now

    def _arrival(self, now: int, arc: int, draw: int) -> int:
        """Return when a message arrives, where that is not simply a uniform delay from now."""
        time = now + self._delay.ticks(arc, draw)
        if self._latest is not None:
            time = self._latest[arc] = max(time, self._latest[arc])
        return time

    def _put(self, event: Event) -> None:
        """Put an event into its bucket, which may not exist yet, or may be the one being worked on."""
        key = event[0] >> self._shift
        bucket = self._buckets.get(key)
        if bucket is not None:
            bucket += event
        elif key > self._open:
            self._buckets[key] = [*event]
            heappush(self._keys, key)
        else:
            self._insert(event)

    def _insert(self, event: Event) -> None:
        """Put an event into the bucket that is being worked on.

        The loop over it goes on by index: what comes later in the list is still to come.
        """
        current = self._current
        if self._flat:
            count = len(current) // FIELDS
            at = FIELDS * bisect_right(range(count), event[0], key=lambda index: current[FIELDS * index])
            current[at:at] = event
        else:
            insort_right(current, event, key=_time)

    def _handle_other(self, instance: Algorithm, sender: int, message: object) -> None:
        if sender == START:
            instance.on_start()
        else:
            instance.on_timer(str(message))

    def _carry_out_other(self, now: int, node: int, kind: str, first: Any, second: Any) -> None:
        if kind == "decide":
            self._wave.decisions.append((node, first))
            self._wave.decided = now
        else:
            self._put((now + to_ticks(second), node, TIMER, first))

    def _check_type(self, message: object) -> None:
        refused = self._types.refusal(message)
        if refused is not None:
            raise WrongEffectError(refused)

    def _positions(self, node: int, row: Sequence[int]) -> dict[int, int]:
        found = self._wide.get(node)
        if found is None:
            found = self._wide[node] = {to: position for position, to in enumerate(row)}
        return found

    def _describe(self, sender: int, message: object) -> str:
        """Return in words what a node was doing."""
        at = f"at {to_units(self.now):g}"
        if sender == START:
            return f"starting {at}"
        if sender < 0:
            return f"at the timer {message!r} {at}"
        return f"receiving {value_text(message, LONGEST_SHOWN)} from {self._graph.names[sender]} {at}"


def _is_ours(error: BaseException) -> bool:
    """Whether an error came up in this file, not in a handler."""
    return error.__traceback__ is not None and _innermost(error.__traceback__) == __file__


def _innermost(trace: TracebackType) -> str:
    while trace.tb_next is not None:
        trace = trace.tb_next
    return trace.tb_frame.f_code.co_filename


@contextmanager
def collector_resting() -> Generator[None]:
    """Keep the garbage collector from visiting a large network again and again."""
    was_on = gc.isenabled()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.unfreeze()
        if was_on:
            gc.enable()
