"""From what a search found to what people and programs read: names, numbered messages, a trace."""

from __future__ import annotations

import copy
from collections import defaultdict, deque
from dataclasses import replace
from typing import cast

from topowave.algorithms import Algorithm
from topowave.checker.counterexample import Counterexample, CounterexampleStep, cut
from topowave.checker.instances import Instance
from topowave.checker.limits import LONGEST_SHOWN, LONGEST_STATE
from topowave.checker.local_transitions import FAILED, LocalTransitions
from topowave.checker.named_nodes import NamedNodes
from topowave.checker.search import Found
from topowave.checker.state_space import Event, Message, Outcome, StateSpace
from topowave.runtime.algorithm_error import AlgorithmError
from topowave.runtime.handler_runner import Watchdog
from topowave.runtime.value_text import value_text
from topowave.runtime.virtual_time import to_ticks
from topowave.traces.format import header, wave_json
from topowave.traces.header import algorithm_text
from topowave.traces.writer import Trace


def explain(
    found: Found, space: StateSpace, instance: Instance, algorithm: type[Algorithm], *, shortest: bool
) -> Counterexample:
    """Return a run that a search has found as people and programs read it."""
    with Watchdog(space.nodes):
        named = NamedNodes(space.nodes)
        explainer = _explained(found, space, instance, algorithm, named)
    states = explainer.states(found.states[-1])
    if not named.right:
        explainer = _explained(found, space, instance, algorithm, None)
        states = explainer.states(found.states[-1])
    problem = found.problem
    mistake = explainer.mistake or problem.mistake
    return Counterexample(
        property_name=problem.property_name,
        witness=problem.witness if problem.mistake is None else str(mistake),
        network=instance.title,
        initiators=instance.starters,
        steps=tuple(explainer.steps),
        under_way=tuple(explainer.under_way(found.states[-1])),
        states=states,
        named=named.right,
        repeats_after=found.back,
        shortest=shortest,
        mistake=mistake,
        trace=tuple(explainer.trace.kept),
    )


def _explained(
    found: Found,
    space: StateSpace,
    instance: Instance,
    algorithm: type[Algorithm],
    named: NamedNodes | None,
) -> _Explainer:
    explainer = _Explainer(space, instance, algorithm, named)
    for number, (state, event) in enumerate(zip(found.states, found.events, strict=False), start=1):
        explainer.add_step(number, state, event)
    return explainer


def explain_mistake(
    nodes: LocalTransitions, instance: Instance, algorithm: type[Algorithm], found: AlgorithmError
) -> Counterexample:
    """Return a mistake that `setup` made, before any event, as a run."""
    trace = Trace(_header(instance, algorithm, _wave(instance)), instance.names)
    return Counterexample(
        property_name="handlers",
        witness=str(found),
        network=instance.title,
        initiators=instance.starters,
        steps=(),
        under_way=(),
        states={name: nodes.shown(local) for name, local in zip(instance.names, nodes.first, strict=False)},
        named=False,
        repeats_after=None,
        shortest=True,
        mistake=found,
        trace=tuple(trace.kept),
    )


class _Explainer:
    """Goes through a run, numbers its messages and writes its trace.

    Messages and states are shown as `named` has them, if it is given.
    """

    def __init__(
        self, space: StateSpace, instance: Instance, algorithm: type[Algorithm], named: NamedNodes | None
    ) -> None:
        self._space = space
        self._named = named
        self._contents: dict[str, object] = {}
        self.mistake: AlgorithmError | None = None
        """What a handler did wrong, if one did, with the message as it is shown here."""
        self._names = instance.names
        self.wave = _wave(instance)
        self.trace = Trace(_header(instance, algorithm, self.wave), instance.names)
        self.steps: list[CounterexampleStep] = []
        self._joined: set[int] = set()
        self._sent = [0] * len(instance.names)
        self._numbers: dict[str, deque[str]] = defaultdict(deque)

    def add_step(self, number: int, state: str, event: Event) -> None:
        """Let an event happen in `state`; it is the run's event with that number."""
        now = to_ticks(number)
        if event.kind == "crash":
            self._crash(now, state, event.node)
        elif event.kind == "lose":
            message = self._space.message(event.message)
            identity = self._numbers[event.message].popleft()
            self._write(now, message.sender, "drop", peer=message.to, message_id=identity, kind="lost")
            text = f"the message {self._shown(message, identity)} from {self._names[message.sender]} is lost"
            self.steps.append(CounterexampleStep(self._names[event.node], text))
        else:
            self._handle(now, state, event)

    def under_way(self, state: str) -> list[str]:
        """Return the messages that have not arrived."""
        names, found = self._names, list[str]()
        waiting = {character: iter(queue) for character, queue in self._numbers.items()}
        for character in state[self._space.start :]:
            message = self._space.message(character)
            if message.payload != FAILED:
                shown = self._shown(message, next(waiting.get(character, iter(())), None))
                found.append(f"{shown} from {names[message.sender]} to {names[message.to]}")
        return found

    def states(self, state: str) -> dict[str, str]:
        """Return each node's state at the end of the run, by name."""
        nodes, named = self._space.nodes, self._named
        return {
            self._names[process.node]: cut(
                nodes.shown(process.local) if named is None else named.shown(process.node, process.local),
                LONGEST_STATE,
            )
            for process in self._space.processes(state)
        }

    def _handle(self, now: int, state: str, event: Event) -> None:
        node, names = event.node, self._names
        outcome = self._space.outcome(state, event)
        assert outcome is not None
        if node not in self._joined:
            self._joined.add(node)
            self._write(now, node, "join", message=self._space.nodes.input_text(node))
        content: object = None
        if event.kind == "start":
            text = "starts"
            self._write(now, node, "start")
        elif event.kind == "timer":
            text = f"handles its timer {event.name!r}"
            self._write(now, node, "timer", kind=event.name)
        elif event.kind == "down":
            peer = self._space.message(event.message).sender
            text = f"learns that {names[peer]} is down"
            self._write(now, node, "down", peer=peer)
        else:
            text, content = self._receive(now, event)
            made = outcome.transition.mistake
            if made is not None:
                self.mistake = replace(made, event=text.replace("receives", "receiving", 1))
        contents = self._again(event, content, outcome)
        effects = self._effects(now, state, outcome, contents)
        self.steps.append(CounterexampleStep(names[node], text, tuple(effects)))

    def _receive(self, now: int, event: Event) -> tuple[str, object]:
        """Write down a receipt; return it in words, and the message."""
        message = self._space.message(event.message)
        queue = self._numbers[event.message]
        identity = queue[0] if event.kind == "duplicate" else queue.popleft()
        text = self._space.nodes.payloads[message.payload].json
        self._write(now, event.node, "receive", peer=message.sender, message=text, message_id=identity)
        again = ", which will come once more" if event.kind == "duplicate" else ""
        shown = f"receives {self._shown(message, identity)} from {self._names[message.sender]}{again}"
        return shown, self._contents.get(identity)

    def _again(self, event: Event, content: object, outcome: Outcome) -> list[object]:
        """Run the handler once more with named numbers; return what it sends and decides, in order."""
        named = self._named
        if named is None or not named.right:
            return []
        peer = named.number(self._space.message(event.message).sender) if event.message else None

        def call(instance: Algorithm) -> None:
            if event.kind == "start":
                instance.on_start()
            elif event.kind == "timer":
                instance.on_timer(event.name)
            elif event.kind == "down":
                instance.on_down(cast("int", peer))
            else:
                instance.on_message(cast("int", peer), copy.deepcopy(content))

        return named.handle(event.node, outcome.transition, call)

    def _effects(self, now: int, state: str, outcome: Outcome, contents: list[object]) -> list[str]:
        """Write down a handler's effects and return them in words, what is in them as `contents` has it."""
        node, processes = outcome.event.node, self._space.processes(state)
        texts: list[str] = []
        characters = iter(outcome.sends)
        shown = iter(contents)
        for what, target, payload in outcome.transition.effects:
            content = next(shown, None) if what != "timer" else None
            if what == "send":
                character = next(characters)
                message = self._space.message(character)
                self._sent[node] += 1
                identity = f"{self._names[node]}:{self._sent[node]}"
                self._contents[identity] = content
                text = self._space.nodes.payloads[payload].json
                self._write(now, node, "send", peer=message.to, message=text, message_id=identity)
                if processes[message.to].crashed:
                    self._write(now, message.to, "drop", peer=node, message_id=identity, kind="receiver down")
                else:
                    self._numbers[character].append(identity)
                texts.append(f"sends {self._shown(message, identity)} to {self._names[message.to]}")
            elif what == "decide":
                self._write(now, node, "decide", message=str(target))
                value = str(target) if self._named is None else value_text(content)
                texts.append("decides" if target == "null" else f"decides {cut(value, LONGEST_SHOWN)}")
            else:
                texts.append(f"sets its timer {target!r}")
        return texts

    def _crash(self, now: int, state: str, node: int) -> None:
        self.trace.event(now, node, "crash")
        for character in state[self._space.start :]:
            message = self._space.message(character)
            if message.to == node and message.payload != FAILED:
                identity = self._numbers[character].popleft()
                self._write(now, node, "drop", peer=message.sender, message_id=identity, kind="receiver down")
        self.steps.append(CounterexampleStep(self._names[node], "crashes"))

    def _write(
        self,
        now: int,
        node: int,
        event: str,
        *,
        peer: int | None = None,
        message: str | None = None,
        message_id: str | None = None,
        kind: str | None = None,
    ) -> None:
        self.trace.event(
            now, node, event, wave=self.wave, peer=peer, message=message, message_id=message_id, kind=kind
        )

    def _shown(self, message: Message, identity: str | None) -> str:
        if self._named is not None and identity in self._contents:
            return value_text(self._contents[identity], LONGEST_SHOWN)
        return cut(self._space.nodes.payloads[message.payload].shown, LONGEST_SHOWN)


def _wave(instance: Instance) -> str:
    return f"{instance.starters[0]}-1"


def _header(instance: Instance, algorithm: type[Algorithm], wave: str) -> dict[str, object]:
    name = algorithm_text(algorithm)
    return header(
        runtime="checker",
        topology=instance.topology,
        ids=instance.ids,
        algorithm=name,
        waves=[wave_json(wave, name, instance.starters)],
        options={"fifo": instance.network.fifo},
    )
