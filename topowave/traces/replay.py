"""Replay: each node is fed what a trace says it met, and must do what the trace says it did.

It works on traces of both kinds, since only a node's own events count: its starts, receives, timers and lost
neighbours in their order go in; its sends and decides must come out, the same and in the same order. So must
a mistake of a user's class: a live trace has it as an event, a simulated one ends with what led to it.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, cast

from topowave.algorithms import Algorithm, Network, View
from topowave.algorithms.base import Effect, EffectList
from topowave.algorithms.chance import Chance
from topowave.algorithms.messages import PlainError, decode, encode
from topowave.algorithms.registry import LIBRARY
from topowave.runtime.algorithm_error import (
    AlgorithmError,
    InterruptedRunError,
    algorithm_error,
    own_files,
)
from topowave.runtime.effects import CheckedEffects, allowed_receivers
from topowave.runtime.graph import Graph
from topowave.runtime.handler_runner import HANDLER_DEADLINE_S, Watchdog, is_of_library
from topowave.runtime.loading import algorithm_of
from topowave.runtime.message_types import MessageTypes
from topowave.runtime.value_text import value_text
from topowave.runtime.wave import WavePlan, make_instance
from topowave.topology import Problems
from topowave.topology.problems import shown
from topowave.traces.format import LIVE, Event
from topowave.traces.reader import Recorded, graph_of, read_trace
from topowave.traces.verdict import FAULTS, WaveVerdict

MOST_DIFFERENCES = 20
"""So many differences are listed; the rest are counted."""

FED = frozenset({"start", "receive", "timer", "down"})
CHECKED = frozenset({"send", "decide"})


@dataclass
class Replay:
    """What a replay found.

    Attributes:
        source: the file.
        nodes: how many nodes were fed, counted once for each wave.
        waves: the ids of the waves.
        events: how many events were fed.
        sends, decides: how many were reproduced.
        differences: one sentence for each that was not, at most `MOST_DIFFERENCES`.
        different: how many there were.
        skipped: one sentence for each wave that could not be replayed, with the reason.
        wrong: one sentence for each thing that a wave did which no right class does, at most
            `MOST_DIFFERENCES`: a mistake, or it decided twice, too early, or not at all.
    """

    source: str
    nodes: int = 0
    waves: list[str] = field(default_factory=list[str])
    events: int = 0
    sends: int = 0
    decides: int = 0
    differences: list[str] = field(default_factory=list[str])
    different: int = 0
    skipped: list[str] = field(default_factory=list[str])
    wrong: list[str] = field(default_factory=list[str])

    @property
    def reproduced(self) -> bool:
        """Whether everything that was fed was reproduced."""
        return not self.different

    @property
    def ok(self) -> bool:
        """Whether everything was reproduced, and is as it should be."""
        return self.reproduced and not self.wrong

    def to_json(self) -> dict[str, object]:
        """Return what `topowave replay --json` prints."""
        return {
            "trace": self.source,
            "reproduced": self.reproduced,
            "waves": len(self.waves),
            "nodes": self.nodes,
            "events": self.events,
            "sends": self.sends,
            "decides": self.decides,
            "differences": self.differences,
            "skipped": self.skipped,
            "wrong": self.wrong,
        }


def replay(
    trace: Recorded | str | Path,
    *algorithms: type[Algorithm] | str,
    deadline_s: float = HANDLER_DEADLINE_S,
    progress: Callable[[], None] | None = None,
) -> Replay:
    """Replay a trace.

    Args:
        trace: a trace or its file.
        algorithms: classes, or what `load_algorithm` takes. Each replays the waves whose algorithm has its
            name, whatever file the trace says; one that no wave names replays all waves that the others
            leave. What is left is the library's: a trace is data, and no file that it names is run.
        deadline_s: how long one handler may take.
        progress: called about twice a second.

    Raises:
        Problems: it is no trace, or names an algorithm that cannot be found.
    """
    recorded = trace if isinstance(trace, Recorded) else read_trace(trace)
    chosen = [algorithm_of(each) for each in algorithms]
    replayer = _Replayer(recorded, chosen)
    with Watchdog(replayer, progress, deadline_s):
        return replayer.run()


@dataclass
class _Part:
    """A node in a wave: its instance, and the effects that the trace has still to show."""

    instance: Algorithm
    types: MessageTypes
    due: deque[tuple[str, str | None, object]] = field(
        default_factory=deque[tuple[str, "str | None", object]]
    )
    last: Event | None = None
    failed: AlgorithmError | None = None
    """The mistake that the last event led to, until the trace shows whether it has it, too."""


class _Replayer:
    def __init__(self, recorded: Recorded, chosen: Sequence[type[Algorithm]]) -> None:
        self.beats = 0
        self.in_handler = False
        self._recorded = recorded
        self._graph = recorded.graph()
        self._networks: dict[View, Network] = {}
        self._found = Replay(recorded.source)
        self._parts: dict[tuple[str, str], _Part] = {}
        self._verdicts: dict[str, WaveVerdict] = {}
        self._algorithms: dict[str, type[Algorithm]] = {}
        self._texts: dict[str, str] = {}
        self._skipped: dict[str, str] = {}
        for wave in _waves_of(recorded):
            self._texts[str(wave.get("id"))] = str(wave.get("algorithm"))
        self._live = recorded.header.get("algorithm") == LIVE
        seed = recorded.header.get("seed")
        self._seed = seed if isinstance(seed, int) else 0  # as in a live lab
        self._met: set[tuple[str, str, str | None]] = set()  # wave, node, peer or None for the node itself
        for event in recorded.events:
            if event.wave is None:
                continue
            if self._live and event.node is not None:
                self._met |= {(event.wave, event.node, event.peer), (event.wave, event.node, None)}
            if event.event == "lost":
                self._skipped[event.wave] = f"wave {event.wave}: not all of its events are in the trace"
            text = event.more.get("algorithm")
            if isinstance(text, str):
                self._texts.setdefault(event.wave, text)
        first = str(recorded.header.get("algorithm"))
        for event in recorded.events:
            if event.wave is not None:
                self._texts.setdefault(event.wave, first)
        self._choose(chosen)

    def _choose(self, chosen: Sequence[type[Algorithm]]) -> None:
        """Say which waves the given classes replay: those that name them, or all that are left."""
        unnamed = [algorithm for algorithm in chosen if not self._choose_named(algorithm)]
        for algorithm in unnamed:  # last, whatever the order: none takes a wave that names another
            for wave in self._texts:
                self._algorithms.setdefault(wave, algorithm)

    def _choose_named(self, algorithm: type[Algorithm]) -> bool:
        mine = {algorithm.name, algorithm.__qualname__}
        waves = [wave for wave, text in self._texts.items() if _class_name(text) in mine]
        for wave in waves:
            self._algorithms.setdefault(wave, algorithm)
        return bool(waves)

    def run(self) -> Replay:
        faults_everywhere = any(
            event.wave is None and event.event in FAULTS for event in self._recorded.events
        )
        self._feed_all()
        self._look_at_the_end()
        if not self._recorded.torn:  # else what a node's last event led to may be what is missing
            for (wave, node), part in self._parts.items():
                self._finish(wave, node, part)
        self._found.waves = list(dict.fromkeys(wave for wave, _ in self._parts))
        self._found.skipped = list(self._skipped.values())
        not_whole = self._recorded.torn or self._recorded.cut
        for verdict in self._verdicts.values():
            verdict.disturbed = verdict.disturbed or faults_everywhere or not_whole
            self._found.wrong += verdict.faults()
        del self._found.wrong[MOST_DIFFERENCES:]
        return self._found

    def _feed_all(self) -> None:
        for event in self._recorded.events:
            if event.wave is not None and event.wave not in self._skipped:
                self._verdict(event.wave).add(event)
            if event.event == "topology":
                place = f"{self._recorded.source}: line {event.line}: topology"
                self._graph = graph_of(event.more.get("topology"), place)
                self._networks.clear()
            elif event.event == "restart" and event.kind == "state lost":
                for key in [key for key in self._parts if key[1] == event.node]:
                    self._finish(key[0], key[1], self._parts.pop(key))
            elif event.wave is not None and event.node is not None and event.wave not in self._skipped:
                self._take(event, event.wave, event.node)

    def _verdict(self, wave: str) -> WaveVerdict:
        verdict = self._verdicts.get(wave)
        if verdict is None:
            part = frozenset(node for each, node, _ in self._met if each == wave) if self._live else None
            verdict = WaveVerdict(wave, self._algorithm(wave), self._graph, part)
            self._verdicts[wave] = verdict
        return verdict

    def _take(self, event: Event, wave: str, node: str) -> None:
        if event.event not in FED and event.event not in CHECKED and event.event not in {"join", "mistake"}:
            return
        part = self._parts.get((wave, node))
        if part is None:
            part = self._join(event, wave, node)
            self._found.nodes += 1
        if event.event == "mistake":
            self._compare_mistakes(event, wave, node, part)
        elif part.failed is not None:
            self._differ(event, node, f"the trace goes on, where the replay has: {part.failed.reason}")
            part.failed = None
        elif event.event in FED:
            self._finish(wave, node, part)
            part.last = event
            self._feed(event, node, part)
        elif event.event in CHECKED:
            self._check(event, node, part)

    def _join(self, event: Event, wave: str, node: str) -> _Part:
        algorithm = self._algorithm(wave)
        graph = self._graph
        network = self._networks.get(algorithm.view)
        if network is None:  # one for all nodes, since a large one takes long to look through
            network = self._networks[algorithm.view] = graph.network(algorithm.view, fifo=True)
        given = event.message if event.event == "join" else None
        types = MessageTypes(algorithm)
        try:
            value = decode(given, types.classes)
        except (PlainError, RecursionError) as error:
            said = str(error) if isinstance(error, PlainError) else "is nested too deeply to be read"
            raise Problems([f"{self._recorded.source}: line {event.line}: message: {said}"]) from None
        plan = WavePlan(wave, algorithm, (), network, lambda _: value, seed=self._seed)
        number = graph.number(node)
        effects = _effects(algorithm, types, plan.chance)
        try:
            instance = make_instance(plan, number, effects)
        except (InterruptedRunError, Problems):
            raise
        except BaseException as error:  # noqa: BLE001 - a student's `setup` may raise anything
            failed = algorithm_error(algorithm, node, f"setting up at {event.t:g}", error)
            made = self._parts[wave, node] = _Part(Algorithm(number, ()), types, failed=failed)
            return made
        row = self._neighbors(wave, node, instance) if self._live and algorithm.view == "links" else None
        if row is not None and len(row) < len(instance.neighbors):
            instance = algorithm(number, row, input=value, knows=instance.knows, effects=effects)
        if isinstance(effects, CheckedEffects):
            effects.allowed = allowed_receivers(instance.out_neighbors)
        made = self._parts[wave, node] = _Part(instance, types)
        return made

    def _neighbors(self, wave: str, node: str, instance: Algorithm) -> list[int]:
        """Return the neighbours in a live wave, which may be over a subtree only.

        The parent of such a wave's initiator takes no part: it has no event, and nothing is sent to it.
        """
        names, met = self._graph.names, self._met
        return [
            other
            for other in instance.neighbors
            if (wave, names[other], None) in met or (wave, node, names[other]) in met
        ]

    def _algorithm(self, wave: str) -> type[Algorithm]:
        found = self._algorithms.get(wave)
        if found is None:
            text = self._texts[wave]
            try:
                # Never a file: whoever wrote the trace would choose what runs.
                found = LIBRARY.find(text)
            except KeyError:
                said = f"{shown(text)} is no algorithm of the library, and a trace runs no file"
                hint = "--algorithm FILE.py:CLASS says where its class is"
                raise Problems([f"wave {wave}: {said}; {hint}"]) from None
            self._algorithms[wave] = found
        return found

    def _feed(self, event: Event, node: str, part: _Part) -> None:
        """Let the node's handler run; what it does is due in the trace."""
        instance, graph = part.instance, self._graph
        self._found.events += 1
        if isinstance(instance.effects, CheckedEffects):
            instance.effects.reset()
        else:
            instance.effects.clear()
        try:
            self._call(self._handler(event, part), instance.effects)
            effects = [effect for effect in instance.effects if effect[0] != "timer"]
            part.due.extend(
                (kind, graph.names[cast("int", first)], encode(second))
                if kind == "send"
                else (kind, None, encode(first))
                for kind, first, second in effects
            )
        except (InterruptedRunError, Problems):
            raise
        except PlainError as error:
            self._differ(event, node, str(error))
        except BaseException as error:  # noqa: BLE001 - a student's handler may raise anything
            part.failed = algorithm_error(type(instance), node, f"{event.event} at {event.t:g}", error)

    def _compare_mistakes(self, event: Event, wave: str, node: str, part: _Part) -> None:
        """Hold a recorded mistake against the one that the replay has met."""
        text, failed, part.failed = str(event.message), part.failed, None
        if failed is not None and _unique(failed.problem) not in _unique(text):
            self._differ(event, node, f"the trace has: {text}; the replay has: {failed.reason}")
            return
        met = "reproduced" if failed is not None else "which the replay does not meet"
        self._found.wrong.append(f"wave {wave}: node {node}: {text} (a mistake, {met})")

    def _look_at_the_end(self) -> None:
        """Say whether a mistake ended the trace: a simulated one ends with what led to it."""
        for (wave, node), part in self._parts.items():
            if part.failed is not None and not self._recorded.torn:
                self._look_whether_it_ended(wave, node, part, part.failed)

    def _look_whether_it_ended(self, wave: str, node: str, part: _Part, failed: AlgorithmError) -> None:
        if part.last is None or self._live or part.last is not self._recorded.events[-1]:
            line = part.last or self._recorded.events[-1]
            self._differ(line, node, f"the replay has: {failed.event}: {failed.reason}; the trace has not")
            return
        self._verdict(wave).disturbed = True  # what is missing has this reason
        text = f"wave {wave}: node {node}: {failed.event}: {failed.reason} (a mistake, reproduced)"
        self._found.wrong.append(text)

    def _handler(self, event: Event, part: _Part) -> Callable[[], None]:
        instance = part.instance
        if event.event == "start":
            return instance.on_start
        if event.event == "timer":
            return partial(instance.on_timer, event.kind or "")
        peer = _number(self._graph, event.peer)
        if event.event == "down":
            return partial(instance.on_down, peer)
        return partial(instance.on_message, peer, part.types.decode(event.message))

    def _call(self, handler: Callable[[], None], effects: list[Effect]) -> None:
        self.beats += 1
        self.in_handler = True
        try:
            handler()
            if self._live and isinstance(effects, CheckedEffects):
                effects.check_unchanged()
        finally:
            self.in_handler = False

    def _check(self, event: Event, node: str, part: _Part) -> None:
        """Hold a recorded send or decide against what is due."""
        seen = (event.event, event.peer if event.event == "send" else None, event.message)
        due = part.due.popleft() if part.due else None
        if due != seen:
            instead = "nothing more" if due is None else _said(due)
            self._differ(event, node, f"the trace has {_said(seen)}, the replay {instead}")
            part.due.clear()
        elif event.event == "send":
            self._found.sends += 1
        else:
            self._found.decides += 1

    def _finish(self, wave: str, node: str, part: _Part) -> None:
        if part.due and part.last is not None:
            missing = ", ".join(_said(due) for due in part.due)
            self._differ(part.last, node, f"in wave {wave} the replay has {missing}, which the trace has not")
        part.due.clear()

    def _differ(self, event: Event, node: str, text: str) -> None:
        self._found.different += 1
        if len(self._found.differences) < MOST_DIFFERENCES:
            self._found.differences.append(f"line {event.line}: node {node}: {text}")


def _waves_of(recorded: Recorded) -> list[dict[str, Any]]:
    """Return the waves that the header names. Raises Problems where they are none."""
    waves: object = recorded.header.get("waves") or []
    if isinstance(waves, list) and all(isinstance(each, dict) for each in cast("list[object]", waves)):
        return cast("list[dict[str, Any]]", waves)
    raise Problems([f"{recorded.source}: line 1: waves: expected a list of objects"])


def _effects(algorithm: type[Algorithm], types: MessageTypes, chance: Chance) -> EffectList:
    """Return where an instance records its effects: a user's are looked at, as when they were recorded."""
    if is_of_library(algorithm):
        return EffectList(chance)
    effects = CheckedEffects()
    effects.chance = chance
    effects.files = own_files(algorithm)
    effects.types = types
    return effects


def _unique(text: str) -> str:
    """Return what is said of a mistake without what differs from run to run: addresses and deadlines."""
    return re.sub(r"0x[0-9a-f]+|did not return within [\d.]+ s", "", text)


def _class_name(text: str) -> str:
    """Return what names the class in a trace: a name as it is, the last part of FILE.py:CLASS."""
    return text.rpartition(":")[2]


def _number(graph: Graph, name: str | None) -> int:
    if name is None:
        raise PlainError("the event does not say with whom (`peer`)")
    return graph.number(name)


def _said(effect: tuple[str, str | None, object]) -> str:
    kind, to, what = effect
    shown = value_text(what, 60)
    return f"{kind} {shown} to {to}" if kind == "send" else f"{kind} {shown}"
