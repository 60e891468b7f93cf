"""Questions that take many runs, or a lab under stress.

A module is imported when one of its names is first used: what experiments need is an extra of the package.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from topowave.experiments.experiment import experiment, read_results

__all__ = ["experiment", "read_results"]

_HOMES = {"experiment": "experiment", "read_results": "experiment"}
EXTRA = "this needs packages that are not installed: pip install 'topowave[experiments]'"
"""What is said where the extra is missing."""


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        value: object = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    except ModuleNotFoundError as missing:
        if (missing.name or "").startswith("topowave"):
            raise
        raise ImportError(f"{missing.name} is missing; {EXTRA}") from None
    globals()[name] = value
    return value
