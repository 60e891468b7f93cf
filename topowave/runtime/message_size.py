"""Messages as the meter sees them: how long they are when encoded, and whether they can change.

`encoded_size` gives the length of what `algorithms.messages.encode` makes of a message, written as compact
JSON in UTF-8, without making it: encoding every message would take longer than the run.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, cast

from topowave.algorithms import messages

_dumps: Callable[[object], str] = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), check_circular=False
).encode
_Frame = tuple[int, tuple[str, ...], bool]
_frames: dict[type, _Frame] = {}


def encoded_text(message: object) -> str:
    """Return the message as compact JSON. Raises messages.PlainError for what is not plain data."""
    return _dumps(messages.encode(message))


def encoded_size(value: object) -> int:
    """Return the length of `encoded_text(value)` in bytes of UTF-8. Raises messages.PlainError."""
    kind = type(value)
    if kind is int:
        number = cast("int", value)
        if -messages.SAFE_INTEGER < number < messages.SAFE_INTEGER:
            return len(str(number))
        # {"$":"int","of":"0x..."}
        return 21 + (number.bit_length() + 3) // 4 + (number < 0)
    if kind is str:
        text = cast("str", value)
        if text.isascii() and text.isalnum():
            return len(text) + 2
        return len(_dumps(text).encode())
    if value is None or value is True:
        return 4
    if kind is tuple:
        return 19 + _list_size(cast("tuple[object, ...]", value))  # {"$":"tuple","of":[]}
    if kind is list:
        return _list_size(cast("list[object]", value))
    frame = _frames.get(kind) or _frame_of(kind)
    if frame[1] or frame[0]:
        size, names, _ = frame
        for name in names:
            size += encoded_size(getattr(value, name))
        return size
    return len(encoded_text(value).encode())


def _list_size(items: tuple[object, ...] | list[object]) -> int:
    size = 1 + (len(items) or 1)
    for item in items:
        size += encoded_size(item)
    return size


def _frame_of(kind: type) -> _Frame:
    """Return what a dataclass adds to the sizes of its fields, their names, and whether it is frozen."""
    frame: _Frame = (0, (), False)
    if is_dataclass(kind) and not issubclass(kind, (str, int, float, list, tuple, set, frozenset, Mapping)):
        names = tuple(field.name for field in fields(kind))
        around = len(_dumps({"$": kind.__name__, **dict.fromkeys(names, "")}).encode()) - 2 * len(names)
        frozen = bool(cast("Any", kind).__dataclass_params__.frozen)
        frame = (around, names, frozen)
    _frames[kind] = frame
    return frame


_PLAIN = (bool, int, float, str, list, tuple, set, frozenset, dict)
NOT_ITSELF = "a message that is not plain data: {}; send plain data or a dataclass"
"""What is wrong with a message of which something changes by the way."""
_EXACTLY: frozenset[type] = frozenset({type(None), *_PLAIN})


def changed_by_the_way(value: object) -> str | None:
    """Return what of a message would reach a live node as something else; None where nothing would.

    An object of a subclass, such as a member of an IntEnum, a named tuple or a defaultdict, is written as
    what it is a subclass of, so a handler that asks for its attributes would be right in virtual time only.
    """
    kind: type[object] = type(value)
    if kind not in _EXACTLY:
        bases = [base for base in _PLAIN if issubclass(kind, base)]
        if bases or issubclass(kind, Mapping):
            arrives = bases[0].__name__ if bases else "dict"
            return f"an object of {kind.__qualname__} would arrive as {arrives}"
        parts = [getattr(value, name) for name in _frame_of(cast("type", kind))[1]]
    elif kind is dict:
        table = cast("dict[object, object]", value)
        parts = [*table, *table.values()]
    elif kind in {list, tuple, set, frozenset}:
        parts = list(cast("list[object]", value))
    else:
        return None
    return next((said for said in map(changed_by_the_way, parts) if said is not None), None)


def is_frozen(value: object) -> bool:
    """Whether nothing in a plain message can change: no list, set, mapping, or dataclass not frozen."""
    kind = type(value)
    if kind is int or kind is str or kind is bool or kind is float or value is None:
        return True
    if kind is tuple:
        return all(map(is_frozen, cast("tuple[object, ...]", value)))
    if kind is frozenset:
        return True
    frame = _frames.get(kind) or _frame_of(kind)
    return frame[2] and all(is_frozen(getattr(value, name)) for name in frame[1])
