"""Load: workloads, what they do to a network in virtual time, and how one is played into a lab that runs."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from topowave.load.config import LoadConfig
    from topowave.load.result import LoadResult
    from topowave.load.simulation import simulate_load
    from topowave.load.workloads.make import workload_of
    from topowave.load.workloads.workload import Workload

__all__ = ["LoadConfig", "LoadResult", "Workload", "simulate_load", "workload_of"]

_HOMES = {
    "LoadConfig": "config",
    "LoadResult": "result",
    "Workload": "workloads.workload",
    "simulate_load": "simulation",
    "workload_of": "workloads.make",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
