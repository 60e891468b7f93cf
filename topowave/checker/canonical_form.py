"""Values of a node's state: a text that is equal exactly for equal values, and copies.

The checker compares states by text and lets handlers run on copies. Both keep what a handler can tell apart:
types (`1`, `1.0` and `True` differ), the order of a dict, and which of two names stand for one and the same
list. The order of a set is not kept: no algorithm may depend on it. The text does not depend on addresses or
on hashes, so it is the same in every process.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from types import BuiltinFunctionType, FunctionType
from typing import Any, cast

ATOMS: frozenset[type] = frozenset({type(None), bool, int, float, complex, str, bytes})
"""Types whose values never change and whose `repr` says everything."""
MAPPINGS: frozenset[type] = frozenset({dict, OrderedDict, Counter, defaultdict})
REFERENCES = (type, FunctionType, BuiltinFunctionType)
"""What is known by its name."""


class _Plain:
    """An object with nothing but attributes; others of the same layout can be copied by their attributes."""


class OpaqueError(ValueError):
    """A value that cannot be copied and compared, such as an open file or a generator."""


class Encoding:
    """The text of one value, and the parts of it that can change.

    Args:
        value: what to encode.
        marks: a remark that becomes part of the text, for parts of the value by their `id`.

    Attributes:
        changeable: lists, sets, dicts and objects in the value, by `id`.

    Raises:
        OpaqueError: there is something that cannot be copied and compared.
    """

    __slots__ = ("_marks", "_numbers", "_parts", "changeable")

    def __init__(self, value: object, marks: Mapping[int, str] | None = None) -> None:
        self.changeable: dict[int, object] = {}
        self._marks = marks or {}
        self._numbers: dict[int, int] = {}
        self._parts: list[str] = []
        try:
            self._add(value)
        except RecursionError:
            raise OpaqueError("a value nested too deeply") from None

    @property
    def text(self) -> str:
        """The text."""
        return "".join(self._parts)

    def _add(self, value: object) -> None:
        kind = type(value)
        if kind in ATOMS:
            self._parts.append(_atom(value))
        elif kind is tuple:
            self._add_all("(", cast("tuple[object, ...]", value), ")")
        elif kind is frozenset:
            self._add_set("frozenset{", cast("frozenset[object]", value))
        elif isinstance(value, Enum):
            self._parts.append(f"{_name(kind)}.{value.name}")
        elif isinstance(value, REFERENCES):
            self._add_reference(value)
        elif is_named_tuple(kind):
            self._add_all(f"{_name(kind)}(", cast("tuple[object, ...]", value), ")")
        elif is_frozen_dataclass(value):
            self._add_attributes(f"{_name(kind)}!", attributes(value))
        else:
            self._add_changeable(value, kind)

    def _add_changeable(self, value: object, kind: type) -> None:
        known = self._numbers.get(id(value))
        if known is not None:
            self._parts.append(f"@{known}")
            return
        self._numbers[id(value)] = len(self._numbers)
        self.changeable[id(value)] = value
        mark = self._marks.get(id(value))
        if mark is not None:
            self._parts.append(f"<{mark}>")
        if kind is list:
            self._add_all("[", cast("list[object]", value), "]")
        elif kind is set:
            self._add_set("{", cast("set[object]", value))
        elif kind in MAPPINGS:
            if isinstance(value, defaultdict):
                self._add(cast("defaultdict[object, object]", value).default_factory)
            self._add_attributes(kind.__name__, cast("Mapping[object, object]", value))
        elif kind is deque:
            items = cast("deque[object]", value)
            self._add_all(f"deque{items.maxlen}[", items, "]")
        elif kind is bytearray:
            self._parts.append(repr(value))
        else:
            self._add_attributes(_name(kind), attributes(value))

    def _add_all(self, opening: str, values: Iterable[object], closing: str) -> None:
        self._parts.append(opening)
        for value in values:
            self._add(value)
            self._parts.append(",")
        self._parts.append(closing)

    def _add_attributes(self, name: str, table: Mapping[Any, object]) -> None:
        self._parts.append(f"{name}{{")
        for key, value in table.items():
            self._add(key)
            self._parts.append(":")
            self._add(value)
            self._parts.append(",")
        self._parts.append("}")

    def _add_set(self, opening: str, values: Iterable[object]) -> None:
        texts: list[str] = []
        for value in values:
            inner = Encoding(value)
            if inner.changeable:
                raise OpaqueError("a set that holds objects that can change")
            texts.append(inner.text)
        self._parts.append(f"{opening}{','.join(sorted(texts))}}}")

    def _add_reference(self, value: object) -> None:
        name = _name(value)
        if "<" in name:
            raise OpaqueError(f"a function without a name of its own ({name})")
        self._parts.append(name)


def _atom(value: object) -> str:
    try:
        return repr(value)
    except ValueError:  # an integer of more than 4,300 digits
        return hex(cast("int", value))


def attributes(value: object) -> dict[str, object]:
    """Return an object's attributes by name. Raises OpaqueError where they are not all there is to it."""
    if is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: getattr(value, field.name) for field in fields(value) if hasattr(value, field.name)
        }
    kind = type(value)
    if kind.__basicsize__ != _Plain.__basicsize__ or not hasattr(value, "__dict__"):
        raise OpaqueError(f"{_article(kind.__name__)}, which is not plain data")
    return dict(vars(value))


def is_named_tuple(kind: type) -> bool:
    """Whether a type is a tuple whose fields have names."""
    return tuple in kind.__bases__ and hasattr(kind, "_fields")


def is_frozen_dataclass(value: object) -> bool:
    """Whether the attributes of a value cannot be assigned."""
    return is_dataclass(value) and bool(cast("Any", type(value)).__dataclass_params__.frozen)


def copied(value: object, copies: dict[int, object]) -> object:
    """Return a copy that shares nothing that can change; what cannot change is not copied.

    Args:
        value: something that `Encoding` takes.
        copies: the copies made so far by the `id` of the original, so that what was one stays one. The
            originals must live as long as this is used.
    """
    kind = type(value)
    if kind in ATOMS or kind is frozenset:
        return value
    if id(value) in copies:
        return copies[id(value)]
    if isinstance(value, tuple):
        return _copied_tuple(cast("tuple[object, ...]", value), copies)
    if isinstance(value, (Enum, *REFERENCES)):
        return value
    if kind is set or kind is bytearray:
        flat: object = cast("Any", kind)(value)
        copies[id(value)] = flat
        return flat
    if kind is list or kind is deque:
        return _copied_row(cast("list[object] | deque[object]", value), copies)
    if kind in MAPPINGS:
        return _copied_mapping(cast("dict[object, object]", value), copies)
    return _copied_object(value, copies)


def _copied_tuple(value: tuple[object, ...], copies: dict[int, object]) -> object:
    items = [copied(item, copies) for item in value]
    if all(new is old for new, old in zip(items, value, strict=True)):
        return value
    return tuple(items) if type(value) is tuple else cast("Any", type(value))(*items)


def _copied_row(value: list[object] | deque[object], copies: dict[int, object]) -> object:
    made: list[object] | deque[object] = [] if isinstance(value, list) else deque(maxlen=value.maxlen)
    copies[id(value)] = made
    made.extend(copied(item, copies) for item in value)
    return made


def _copied_mapping(value: dict[object, object], copies: dict[int, object]) -> object:
    made: dict[object, object] = (
        defaultdict(value.default_factory) if isinstance(value, defaultdict) else type(value)()
    )
    copies[id(value)] = made
    for key, item in value.items():
        made[key] = copied(item, copies)
    return made


def _copied_object(value: object, copies: dict[int, object]) -> object:
    old = attributes(value)
    if is_frozen_dataclass(value):
        new = {name: copied(item, copies) for name, item in old.items()}
        if all(new[name] is item for name, item in old.items()):
            return value
        made: object = object.__new__(type(value))
    else:
        made = object.__new__(type(value))
        copies[id(value)] = made
        new = {name: copied(item, copies) for name, item in old.items()}
    for name, item in new.items():
        object.__setattr__(made, name, item)
    return made


def _name(thing: Any) -> str:
    return f"{thing.__module__}.{thing.__qualname__}"


def _article(name: str) -> str:
    return f"{'an' if name[:1] in 'AEIOUaeiou' else 'a'} {name}"
