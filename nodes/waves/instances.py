"""A node's part in a wave: its instance, made so that what a user's class does wrong is told to its author.

The library's own classes are trusted: they get a plain list for their effects. A user's class is looked at as
in the simulator (`runtime.effects`): what cannot be carried out is refused in the line that asks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from topowave.algorithms import Algorithm, messages
from topowave.algorithms.base import GIVEN, Effect, EffectList
from topowave.algorithms.chance import Chance
from topowave.runtime.algorithm_error import WrongEffectError, own_files
from topowave.runtime.effects import CheckedEffects, allowed_receivers
from topowave.runtime.handler_runner import is_of_library
from topowave.runtime.message_types import MessageTypes
from topowave.runtime.wave import set_up
from topowave.wire import limits

RunHandler = Callable[..., BaseException | None]
"""Runs a handler; `of` says which function of the class it stands for (`waves.handlers`)."""


def effects_for(
    algorithm: type[Algorithm], out: tuple[int, ...], types: MessageTypes, wave_id: str
) -> list[Effect]:
    """Return the list in which an instance with the out-neighbours `out` records its effects."""
    chance = Chance(wave=wave_id)
    if is_of_library(algorithm):
        return EffectList(chance)
    checked = CheckedEffects()
    checked.chance = chance
    checked.allowed = allowed_receivers(out)
    checked.files = own_files(algorithm)
    checked.types = types
    checked.most_bytes = limits.MESSAGE_BYTES
    return checked


def forget(effects: list[Effect]) -> None:
    """Forget effects that are carried out, or never will be."""
    if isinstance(effects, CheckedEffects):
        effects.reset()
    else:
        effects.clear()


def make_instance(
    algorithm: type[Algorithm],
    node: int,
    neighbors: tuple[int, ...],
    into: tuple[int, ...],
    out: tuple[int, ...],
    given: object,
    knows: Mapping[str, int],
    effects: list[Effect],
    run: RunHandler,
) -> Algorithm | BaseException:
    """Return an instance, whose class' own `setup` has run; or what went wrong there.

    Args:
        algorithm: its class.
        node: the node's number.
        neighbors: the numbers of its neighbours.
        into: those that it hears from.
        out: those that it may send to.
        given: what the node contributes.
        knows: what it is told of the network.
        effects: where it records its effects.
        run: runs the making of it as a handler of its class.
    """
    made: list[Algorithm] = []

    def make() -> None:
        instance = algorithm(
            node,
            neighbors,
            in_neighbors=into,
            out_neighbors=out,
            input=given,
            knows=knows,
            effects=effects,
        )
        made.append(set_up(instance, node, effects))

    return run(make, of="setup") or made[0]


def handle(instance: Algorithm, effects: CheckedEffects, name: str, *args: object) -> None:
    """Run a handler of a user's class, to be called as one: what the class can do to itself shows here.

    Raises:
        AlgorithmFailedError: a message was changed after it had been sent.
        WrongEffectError: what it wants cannot be known, since it records it elsewhere.
    """
    getattr(instance, name)(*args)
    if getattr(instance, "effects", None) is not effects:
        raise WrongEffectError(
            "`self.effects` was assigned anew; call `send`, `decide` and `set_timer` instead"
        )
    effects.check_unchanged()


def shown_state(instance: Algorithm) -> object:
    """Return the state of an instance of a user's class as plain data, whatever is in it."""
    shown: dict[str, object] = {}
    # By `object`: a class' own `__getattribute__` may raise, and this is no handler.
    state: dict[str, object] = object.__getattribute__(instance, "__dict__")
    for attribute, value in state.items():
        if attribute not in GIVEN:
            name = attribute.encode(errors="backslashreplace").decode()
            try:
                shown[name] = messages.encode(value)
                msgspec.json.encode(shown[name])
            except Exception:  # noqa: BLE001 - a user's own type may do anything, and is only shown
                shown[name] = f"<{type(value).__name__}>"
    return shortened(shown)


def shortened(value: object, most: int = limits.VALUE_BYTES) -> object:
    """Return a value that is plain JSON, or how long it is where that is more than `most` bytes."""
    try:
        length = len(msgspec.json.encode(value))
    except RecursionError:
        return "nested too deeply to be shown"
    return value if length <= most else f"{length:,} bytes, too long to be shown"


def shown_message(message: object) -> object:
    """Return a message or a decided value as plain JSON, or why it cannot be shown."""
    try:
        return messages.encode(message)
    except RecursionError:
        return "nested too deeply to be shown"
    except messages.PlainError as error:
        return f"not shown: {error}"
