"""Messages as JSON and back: plain data whose types survive the journey.

JSON's own types stand for themselves. What JSON does not have is an object with the key `$`: a tuple, a set,
a frozenset, a mapping with other keys than text, an integer of more than 53 bits (as hexadecimal text), an
infinity or NaN, or a frozen dataclass, named by its class.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from math import isfinite
from typing import Any, cast

SAFE_INTEGER = 2**53
"""Integers below this survive in any JSON reader."""
NO_NUMBERS = ("nan", "inf", "-inf")
"""The floating-point values that JSON cannot write."""


class PlainError(ValueError):
    """Something that is not plain data, or JSON that does not describe any."""


def encode(value: object) -> object:
    """Return `value` as something JSON can write. Raises PlainError for what is not plain data."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, float):
        return value if isfinite(value) else {"$": "float", "of": str(value)}
    if isinstance(value, int):
        return value if -SAFE_INTEGER < value < SAFE_INTEGER else {"$": "int", "of": hex(value)}
    if isinstance(value, list):
        return [encode(item) for item in cast("list[object]", value)]
    if isinstance(value, tuple):
        return {"$": "tuple", "of": [encode(item) for item in cast("tuple[object, ...]", value)]}
    if isinstance(value, (set, frozenset)):
        items = [encode(item) for item in cast("set[object]", value)]
        return {"$": type(cast("object", value)).__name__, "of": sorted(items, key=repr)}
    if isinstance(value, Mapping):
        return _encode_mapping(cast("Mapping[object, object]", value))
    if is_dataclass(value) and not isinstance(value, type):
        return {"$": type(value).__name__} | {f.name: encode(getattr(value, f.name)) for f in fields(value)}
    raise PlainError(f"a message must be plain data or a dataclass of plain data, not {type(value).__name__}")


def _encode_mapping(value: Mapping[object, object]) -> object:
    if all(isinstance(key, str) and key != "$" for key in value):
        return {str(key): encode(item) for key, item in value.items()}
    return {"$": "dict", "of": [[encode(key), encode(item)] for key, item in value.items()]}


def decode(value: object, classes: Mapping[str, type]) -> object:
    """Return what `encode` was given. Raises PlainError where the tags make no sense."""
    if isinstance(value, list):
        return [decode(item, classes) for item in cast("list[object]", value)]
    if not isinstance(value, dict):
        return value
    table = cast("dict[str, object]", value)
    kind = table.get("$")
    if kind is None:
        return {key: decode(item, classes) for key, item in table.items()}
    if isinstance(kind, str) and kind in classes:
        return _decode_dataclass(classes[kind], table, classes)
    return _decode_tagged(kind, table.get("of"), classes)


def _decode_dataclass(cls: type, table: dict[str, object], classes: Mapping[str, type]) -> object:
    try:
        return cls(**{key: decode(item, classes) for key, item in table.items() if key != "$"})
    except (TypeError, ValueError) as error:
        raise PlainError(f"not a {cls.__name__}: {error}") from None


def _decode_tagged(kind: object, of: object, classes: Mapping[str, type]) -> object:
    if kind == "int" and isinstance(of, str):
        try:
            return int(of, 16)
        except ValueError:
            raise PlainError(f"not a hexadecimal integer: {of[:40]!r}") from None
    if kind == "float" and isinstance(of, str) and of in NO_NUMBERS:
        return float(of)
    if not isinstance(of, list):
        raise PlainError(f"unknown kind of value {kind!r}")
    items: list[Any] = [decode(item, classes) for item in cast("list[object]", of)]
    try:
        if kind == "tuple":
            return tuple(items)
        if kind == "set":
            return set(items)
        if kind == "frozenset":
            return frozenset(items)
        if kind == "dict":
            return dict(items)
    except (TypeError, ValueError) as error:
        raise PlainError(f"not a {kind}: {error}") from None
    raise PlainError(f"unknown kind of value {kind!r}")
