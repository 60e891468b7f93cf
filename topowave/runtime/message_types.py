"""What an algorithm's messages may be: every runtime looks before a message reaches a handler.

Where a class declares `messages`, a message is of one of those types. Where it does not, the annotation of
the parameter `message` of its `on_message` says it, if that names such types. Else a message is any plain
data, and what a live node cannot check before the handler, the handler must: a dataclass is then looked up
by its name in the file of the class.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, Union, cast, get_args, get_origin, get_type_hints

import msgspec

from topowave.algorithms import Algorithm, messages
from topowave.algorithms.messages import PlainError

PLAIN: frozenset[type] = frozenset({NoneType, bool, int, float, str, list, tuple, set, frozenset, dict})
"""The types of plain data, beside dataclasses."""


class MessageTypes:
    """The types of an algorithm's messages.

    Attributes:
        kinds: the types; a message whose class is one of them needs no further look.
        classes: the dataclasses among them and in their fields by name, as they are called on the wire.
    """

    def __init__(self, algorithm: type[Algorithm]) -> None:
        declared = declared_types(algorithm)
        self._name = algorithm.__name__
        self._declared = declared
        self.kinds: frozenset[type] = frozenset(declared or PLAIN)
        self.classes: Mapping[str, type] = _of_types(declared) if declared else _InFiles(algorithm)

    def refusal(self, message: object) -> str | None:
        """Return why the class may not send `message`, as a sentence about it; None where it may."""
        kind = type(message)
        if kind in self.kinds or any(isinstance(message, each) for each in self._declared):
            return None
        if float in self.kinds and isinstance(message, int):
            return None
        if self._declared:
            names = " or ".join(_name(each) for each in self._declared)
            return f"a message of type {_name(kind)}; {self._name} declares {names} as its `messages`"
        return None  # whether it is plain data is seen where it is encoded

    def decode(self, value: object) -> object:
        """Return the message that `messages.encode` has made `value` of.

        Raises:
            PlainError: it is none, or none of these types, or a field has not the type that it should have.
        """
        message = messages.decode(value, self.classes)
        refused = self.refusal(message)
        if refused is not None:
            raise PlainError(refused)
        if is_dataclass(message) and not isinstance(message, type):
            _check_fields(message)
        return message


class _InFiles(Mapping[str, type]):
    """The dataclasses that a class' own file names, looked up one by one."""

    def __init__(self, algorithm: type[Algorithm]) -> None:
        modules = (sys.modules.get(cls.__module__) for cls in algorithm.__mro__ if cls is not object)
        self._modules = [module for module in modules if module is not None]

    def __getitem__(self, name: str) -> type:
        for module in self._modules:
            found = vars(module).get(name)
            if isinstance(found, type) and is_dataclass(found):
                return found
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        raise NotImplementedError("they are only looked up")

    def __len__(self) -> int:
        raise NotImplementedError("they are only looked up")


def _of_types(kinds: Iterable[type]) -> dict[str, type]:
    """Return the dataclasses among the types and in their fields by name."""
    found: dict[str, type] = {}
    waiting = list(kinds)
    while waiting:
        kind = waiting.pop()
        if is_dataclass(kind) and kind.__name__ not in found:
            found[kind.__name__] = kind
            for hint in _hints(kind).values():
                waiting += _parts(hint)
    return found


def declared_types(algorithm: type[Algorithm]) -> tuple[type, ...]:
    """Return the types that the class declares, in its order; none if a message is any plain data."""
    if algorithm.messages:
        return tuple(NoneType if each is None else each for each in algorithm.messages)
    hint = _hints(algorithm.on_message).get("message", Any)
    options = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    kinds = [cast("object", get_origin(each) or each) for each in options]
    if all(is_message_type(kind) for kind in kinds):
        return cast("tuple[type, ...]", tuple(kinds))
    return ()


def is_message_type(kind: object) -> bool:
    """Whether `kind` is the type of plain data, or a dataclass."""
    return isinstance(kind, type) and (kind in PLAIN or is_dataclass(kind))


def _check_fields(message: object) -> None:
    found = {field.name: getattr(message, field.name) for field in fields(cast("Any", message))}
    kind: type[object] = type(message)
    try:
        msgspec.convert(found, kind, from_attributes=True)
    except msgspec.ValidationError as error:
        raise PlainError(f"{type(message).__name__}: {error}") from None


def _hints(thing: Any) -> Mapping[str, object]:
    """Return the annotations of a class or a function; none where they name what is not there."""
    try:
        return get_type_hints(thing)
    except Exception:  # noqa: BLE001 - a user's annotation may be anything, and may fail in any way
        return {}


def _parts(hint: object) -> Iterator[type]:
    """Yield the classes that an annotation is made of."""
    if isinstance(hint, type):
        yield hint
    for part in cast("Iterable[object]", get_args(hint)):
        yield from _parts(part)


def _name(kind: type) -> str:
    return "None" if kind is NoneType else kind.__name__
