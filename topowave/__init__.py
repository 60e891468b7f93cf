"""Topowave: a laboratory for wave algorithms and topological load balancing.

`import topowave` is the name that users write; what it offers comes from the packages beside it, each
imported when one of its names is first used.

    >>> from topowave import Topology, generate, text_tree
    >>> len(generate("binary", nodes=7, seed=1).nodes)
    7
"""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING

from topowave.neighbours import leave_working_folder, refuse_hidden

if TYPE_CHECKING:
    from topowave.algorithms import (
        Algorithm,
        Bounds,
        Connected,
        RootedTree,
        SingleInitiator,
        SomeInitiator,
        StronglyConnected,
        Undirected,
    )
    from topowave.checker import CheckResult, check
    from topowave.runtime.loading import load_algorithm
    from topowave.simulator import Run, simulate
    from topowave.topology import (
        SHAPES,
        LabConfig,
        Node,
        Problems,
        Topology,
        read_config,
        read_network,
        read_topology,
        text_tree,
        write_network,
        write_topology,
    )
    from topowave.topology.generators import generate

__all__ = [
    "SHAPES",
    "Algorithm",
    "Bounds",
    "CheckResult",
    "Connected",
    "LabConfig",
    "Node",
    "Problems",
    "RootedTree",
    "Run",
    "SingleInitiator",
    "SomeInitiator",
    "StronglyConnected",
    "Topology",
    "Undirected",
    "check",
    "generate",
    "load_algorithm",
    "read_config",
    "read_network",
    "read_topology",
    "simulate",
    "text_tree",
    "write_network",
    "write_topology",
]

_HOMES = {
    "topowave.algorithms": {
        "Algorithm",
        "Bounds",
        "Connected",
        "RootedTree",
        "SingleInitiator",
        "SomeInitiator",
        "StronglyConnected",
        "Undirected",
    },
    "topowave.checker": {"CheckResult", "check"},
    "topowave.runtime.loading": {"load_algorithm"},
    "topowave.simulator": {"Run", "simulate"},
}
"""Where a name comes from; all others come from `topology`."""

leave_working_folder()
try:
    refuse_hidden()
except ImportError as error:
    if sys.argv[0] == "-m":  # `python -m topowave`: the command is to tell it, not Python
        sys.exit(f"topowave: {error}")
    raise


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module 'topowave' has no attribute {name!r}")
    home = next((home for home, names in _HOMES.items() if name in names), "topowave.topology")
    value: object = getattr(importlib.import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
