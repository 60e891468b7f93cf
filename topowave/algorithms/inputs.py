"""The number that a node's input stands for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast


def number(value: object, otherwise: int) -> float:
    """Return `value` if it is a number, its load if it is a node's report, else `otherwise`."""
    if isinstance(value, Mapping):
        value = cast("Mapping[str, object]", value).get("load")
    return value if isinstance(value, (int, float)) else otherwise
