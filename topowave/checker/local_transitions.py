"""What one node does: every handler is run once for each state that its node can be in and each event.

A handler is a function of its node's state and the event. So its result can be kept: the millions of steps of
a search need only the few hundred different calls of handlers that there are. That it is such a function is
looked at too: each call is made twice, and what belongs to the class or its module must stay as it is.

A message is what it was when it was sent. Where a node keeps a list, a set, a dict or an object that it has
sent, that part of its state is marked with the message; if a handler changes it later, the transition says
which messages it would have changed, and the search looks whether one of them is on its way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from topowave.algorithms import Algorithm, Network
from topowave.algorithms.base import GIVEN
from topowave.algorithms.knowledge import known
from topowave.checker import limits
from topowave.checker.canonical_form import Encoding, OpaqueError, copied
from topowave.checker.no_chance import ChanceError, NoChance
from topowave.runtime.algorithm_error import (
    AlgorithmError,
    HandlerHangError,
    InterruptedRunError,
    WrongEffectError,
    algorithm_error,
    own_files,
)
from topowave.runtime.effects import SETTING_UP, CheckedEffects, allowed_receivers
from topowave.runtime.handler_runner import HANDLER_DEADLINE_S, Watchdog
from topowave.runtime.message_size import encoded_text
from topowave.runtime.message_types import MessageTypes
from topowave.runtime.shared_state import SharedNames, shared_namespaces
from topowave.runtime.value_text import value_text
from topowave.runtime.wave import set_up

Call = tuple[Literal["start"]] | tuple[Literal["message", "down"], int, int] | tuple[Literal["timer"], str]
"""A call of a handler: `("message", sender, payload)`, `("down", neighbor, 0)` or `("timer", name)`."""
NumberedEffect = tuple[Literal["send"], int, int] | tuple[Literal["decide", "timer"], str, int]
"""An effect: `("send", to, payload)`, `("decide", value as JSON, 0)` or `("timer", name, 0)`."""
SHARED: frozenset[type] = frozenset({list, dict, set, bytearray})
"""Types of what a class or a module may hold, that all nodes share and could change."""
FAILED = -1
"""Stands for the state of a node whose handler failed."""


@dataclass(frozen=True, slots=True)
class Payload:
    """A message's content.

    Attributes:
        content: one copy that nobody else holds.
        json: as a trace has it.
        shown: as people read it.
        line: where it was sent, if it can change: file, line number, text.
    """

    content: object
    json: str
    shown: str
    line: tuple[str, int, str] | None


@dataclass(frozen=True, slots=True)
class LocalState:
    """The state of a node.

    Attributes:
        attributes: by name; one copy that nobody else holds.
        given: objects in it that are in messages that this node has sent, each with those messages' payloads.
    """

    attributes: dict[str, object]
    given: tuple[tuple[object, tuple[int, ...]], ...]


@dataclass(frozen=True, slots=True)
class Transition:
    """What a handler did.

    Attributes:
        local: the number of the node's new state; FAILED if there is none.
        effects: its effects in their order.
        changes: payloads that it changes, if such messages of this node are on their way.
        mistake: what is wrong with it, if something is.
        hung: whether it did not return in time.
    """

    local: int
    effects: tuple[NumberedEffect, ...] = ()
    changes: frozenset[int] = frozenset()
    mistake: AlgorithmError | None = None
    hung: bool = False


class LocalTransitions:
    """All nodes of one wave on one network: their states, messages and handlers.

    `beats` and `in_handler` are for a watchdog, whose HandlerHangError becomes a mistake like any other.
    """

    def __init__(
        self,
        algorithm: type[Algorithm],
        network: Network,
        names: Sequence[str],
        inputs: Callable[[int], object] = lambda _: None,
        deadline_s: float = HANDLER_DEADLINE_S,
    ) -> None:
        self.beats = 0
        self.in_handler = False
        self.algorithm = algorithm
        self.network = network
        self.names = names
        self.payloads: list[Payload] = []
        self.locals: list[LocalState] = []
        self.first: list[int] = []
        self.mistake: AlgorithmError | None = None
        self._files = own_files(algorithm)
        self._no_chance = NoChance(self._files)
        self._types = MessageTypes(algorithm)
        self._payload_numbers: dict[str, int] = {}
        self._local_numbers: dict[tuple[int, str], int] = {}
        self._transitions: dict[tuple[int, int, Call], Transition] = {}
        self._given: list[dict[str, object]] = []
        self._names = SharedNames(algorithm)
        self._surroundings = _surroundings(algorithm)
        self._before = {name: _text(value) for name, value in self._surroundings.items()}
        self._restored = {name: copied(value, {}) for name, value in self._surroundings.items()}
        with Watchdog(self, deadline_s=deadline_s):
            for node in range(network.nodes):
                self._set_up(node, inputs)

    def transition(self, node: int, local: int, call: Call) -> Transition:
        """Return what the handler for `call` does on `node` in its state number `local`."""
        key = (node, local, call)
        known_transition = self._transitions.get(key)
        if known_transition is None:
            known_transition = self._transitions[key] = self._transition(node, local, call)
        return known_transition

    def describe(self, call: Call) -> str:
        """Return what a node does when `call` happens, as in "receiving Token() from root"."""
        if call[0] == "start":
            return "starting"
        if call[0] == "timer":
            return f"handling its timer {call[1]!r}"
        if call[0] == "down":
            return f"learning that {self.names[call[1]]} is down"
        return f"receiving {self.payloads[call[2]].shown} from {self.names[call[1]]}"

    def shown(self, local: int) -> str:
        """Return a state as people read it: `parent=1, waiting={2}`."""
        if local == FAILED:
            return ""
        return shown_state(self.locals[local].attributes)

    def input(self, node: int) -> object:
        """Return what a node contributes."""
        return self._given[node]["input"]

    def input_text(self, node: int) -> str | None:
        """Return what a node contributes, as JSON; None if nothing."""
        value = self._given[node]["input"]
        return None if value is None else encoded_text(value)

    # Running the class' own code.

    def _set_up(self, node: int, inputs: Callable[[int], object]) -> None:
        network = self.network
        effects = self._effects(())
        effects.allowed = SETTING_UP
        local = FAILED
        try:
            given: dict[str, object] = {
                "in_neighbors": tuple(network.into[node]),
                "out_neighbors": tuple(network.out[node]),
                "input": inputs(node),
                "knows": known(self.algorithm.needs, network, node),
            }
            instance: Algorithm = self.called(
                lambda: cast("Any", self.algorithm)(
                    node, tuple(network.neighbors(node)), effects=effects, **given
                )
            )
            set_up(instance, node, effects)
            self._given.append({key: value for key, value in vars(instance).items() if key in GIVEN})
            local = self._number_local(node, _attributes(instance), {})
            self._check_surroundings()
        except (InterruptedRunError, MemoryError, ChanceError):
            raise
        except BaseException as error:  # noqa: BLE001 - a student's code may raise anything
            if self.mistake is None:
                self.mistake = algorithm_error(self.algorithm, self.names[node], "setting up", error)
        self.first.append(local)

    def _transition(self, node: int, local: int, call: Call) -> Transition:
        try:
            transition = self._run(node, local, call)
            if self._run(node, local, call) != transition:
                raise WrongEffectError(
                    "the handler does not always do the same in the same state: it depends on something "
                    "beside its node's attributes and the message, such as a class attribute, a global, "
                    "the clock or chance"
                )
        except (InterruptedRunError, MemoryError, ChanceError):
            raise
        except BaseException as error:  # noqa: BLE001 - a student's code may raise anything
            found = algorithm_error(self.algorithm, self.names[node], self.describe(call), error)
            return Transition(FAILED, mistake=found, hung=isinstance(error, HandlerHangError))
        return transition

    def _run(self, node: int, local: int, call: Call) -> Transition:
        effects = self._effects(self.network.out[node])
        instance, given = self._instance(node, local, effects)
        before = [Encoding(thing).text for thing, _ in given]
        was = Encoding(self._given[node]["input"]).text
        self.called(self._handler(instance, call))
        self._check_given(node, instance, effects, was)
        changes: set[int] = set()
        for text, (thing, payloads) in zip(before, given, strict=True):
            if Encoding(thing).text != text:
                changes.update(payloads)
        return self._take(node, instance, effects, given, frozenset(changes))

    def _instance(
        self, node: int, local: int, effects: CheckedEffects
    ) -> tuple[Algorithm, list[tuple[object, tuple[int, ...]]]]:
        """Return the node's instance in that state, and those of its objects that it has sent."""
        state = self.locals[local]
        copies: dict[int, object] = {}
        instance = self.algorithm.__new__(self.algorithm)
        table = vars(instance)
        table.update(self._given[node])
        table["effects"] = effects
        for name, value in state.attributes.items():
            table[name] = copied(value, copies)
        return instance, [(copies[id(thing)], payloads) for thing, payloads in state.given]

    def _handler(self, instance: Algorithm, call: Call) -> Callable[[], object]:
        if call[0] == "start":
            return instance.on_start
        if call[0] == "timer":
            name = call[1]
            return lambda: instance.on_timer(name)
        peer = call[1]
        if call[0] == "down":
            return lambda: instance.on_down(peer)
        message = copied(self.payloads[call[2]].content, {})
        return lambda: instance.on_message(peer, message)

    def called(self, function: Callable[[], Any]) -> Any:
        """Call a function of the class, watched, and return what it returns."""
        self.beats += 1
        self.in_handler = True
        try:
            return function()
        finally:
            self.in_handler = False

    def _effects(self, row: Sequence[int]) -> CheckedEffects:
        effects = CheckedEffects()
        effects.allowed = allowed_receivers(row)
        effects.files = self._files
        effects.types = self._types
        effects.chance = self._no_chance
        return effects

    # Looking at what it did.

    def _check_given(self, node: int, instance: Algorithm, effects: CheckedEffects, was: str) -> None:
        """Raise WrongEffectError if a handler changed what is not its node's, or a message just sent."""
        for name, value in self._given[node].items():
            if name != "effects" and vars(instance).get(name) is not value:
                raise WrongEffectError(f"the handler assigns self.{name}, which the runtime gives")
        if instance.effects is not effects:
            raise WrongEffectError("the handler assigns self.effects, which the runtime gives")
        if Encoding(self._given[node]["input"]).text != was:
            raise WrongEffectError("the handler changes self.input, which the runtime gives")
        self._check_surroundings()
        for envelope in effects.envelopes:
            if envelope.line is not None and Encoding(envelope.message).text != Encoding(envelope.copy).text:
                place = f"{envelope.line[0]}, line {envelope.line[1]}: {envelope.line[2]}"
                raise WrongEffectError(
                    f"the handler changes a message after sending it ({place}); send a copy"
                )

    def _check_surroundings(self) -> None:
        anew = self._names.bound_anew()
        now = {name: _text(value) for name, value in self._surroundings.items()}
        if now == self._before and anew is None:
            return
        changed = anew or next(name for name, text in now.items() if text != self._before[name])
        for name, value in self._surroundings.items():
            _restore(value, copied(self._restored[name], {}))
        raise WrongEffectError(
            f"the handler changes {changed}, which all nodes share; a node's state is made in `setup`"
        )

    def _take(
        self,
        node: int,
        instance: Algorithm,
        recorded: CheckedEffects,
        given: Sequence[tuple[object, tuple[int, ...]]],
        changes: frozenset[int],
    ) -> Transition:
        """Return what the handler has left behind."""
        attributes = _attributes(instance)
        try:
            held = Encoding(attributes).changeable
        except OpaqueError:
            held = {}  # told below, with the attribute's name
        marks = {id(thing): set(payloads) for thing, payloads in given}
        effects: list[NumberedEffect] = []
        envelopes = iter(recorded.envelopes)
        for effect in recorded:
            if effect[0] == "send":
                envelope = next(envelopes)
                payload = self._number_payload(envelope.message, envelope.line, held)
                for thing in Encoding(envelope.message).changeable:
                    if thing in held:
                        marks.setdefault(thing, set()).add(payload)
                effects.append(("send", effect[1], payload))
            elif effect[0] == "decide":
                effects.append(("decide", encoded_text(effect[1]), 0))
            else:
                effects.append(("timer", effect[1], 0))
        kept = {thing: payloads for thing, payloads in marks.items() if thing in held}
        return Transition(self._number_local(node, attributes, kept), tuple(effects), changes)

    def _number_payload(
        self, message: object, line: tuple[str, int, str] | None, held: Mapping[int, object]
    ) -> int:
        try:
            encoding = Encoding(message)
            shared = {thing: "kept" for thing in encoding.changeable if thing in held}
            text = Encoding(message, shared).text if shared else encoding.text
        except OpaqueError as error:
            raise WrongEffectError(f"a message that is not plain data: {error}") from None
        number = self._payload_numbers.get(text)
        if number is None:
            number = self._payload_numbers[text] = len(self.payloads)
            content = copied(message, {})
            self.payloads.append(Payload(content, encoded_text(message), value_text(content), line))
        return number

    def _number_local(
        self, node: int, attributes: Mapping[str, object], marks: Mapping[int, set[int]]
    ) -> int:
        labels = {thing: " ".join(map(str, sorted(payloads))) for thing, payloads in marks.items()}
        try:
            text = Encoding(attributes, labels).text
        except OpaqueError:
            raise WrongEffectError(_opaque_attribute(attributes)) from None
        key = (node, text)
        number = self._local_numbers.get(key)
        if number is None:
            number = self._local_numbers[key] = len(self.locals)
            copies: dict[int, object] = {}
            state = {name: copied(value, copies) for name, value in attributes.items()}
            given = tuple((copies[thing], tuple(sorted(payloads))) for thing, payloads in marks.items())
            self.locals.append(LocalState(state, given))
        return number


def shown_state(attributes: Mapping[str, object]) -> str:
    """Return a node's attributes as people read them."""
    return ", ".join(f"{name}={value_text(value)}" for name, value in attributes.items())


def _attributes(instance: Algorithm) -> dict[str, object]:
    """Return the attributes that are the node's state, in the order of their names."""
    return {name: value for name, value in sorted(vars(instance).items()) if name not in GIVEN}


def _opaque_attribute(attributes: Mapping[str, object]) -> str:
    for name, value in attributes.items():
        try:
            Encoding(value)
        except OpaqueError as error:
            return f"self.{name} is or holds {error}; a node's state is plain data"
    return "the node's state is not plain data"


def _surroundings(algorithm: type[Algorithm]) -> dict[str, object]:
    """Return what all nodes share and could change, by name: of the class, its bases and their modules."""
    found: dict[str, object] = {}
    for place, _, names in shared_namespaces(algorithm):
        for name, value in names.items():
            if type(value) in SHARED and not name.startswith("__"):
                found.setdefault(f"{place}.{name}", value)
    texts = {name: _text(value) for name, value in found.items()}
    return {
        name: found[name]
        for name, text in texts.items()
        if text is not None and len(text) <= limits.LONGEST_SHARED
    }


def _restore(value: Any, content: Any) -> None:
    """Give a list, a set, a dict or a bytearray its content back."""
    value.clear()
    if hasattr(value, "update"):
        value.update(content)
    else:
        value.extend(content)


def _text(value: object) -> str | None:
    """Return the text of a value, None where it has none."""
    try:
        return Encoding(value).text
    except OpaqueError:
        return None
