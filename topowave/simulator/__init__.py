"""Algorithms in virtual time: the kernels, links and faults, and what holds of a run.

A module is imported when one of its names is first used: the command line reads `config` at every call of
`topowave`, and must not wait for the kernels.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from topowave.simulator.config import SimulationConfig
    from topowave.simulator.preparation import Wave
    from topowave.simulator.run import Run
    from topowave.simulator.simulation import simulate, simulate_waves

__all__ = ["Run", "SimulationConfig", "Wave", "simulate", "simulate_waves"]

_HOMES = {
    "Run": "run",
    "SimulationConfig": "config",
    "Wave": "preparation",
    "simulate": "simulation",
    "simulate_waves": "simulation",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
