"""Topowave: a laboratory for wave algorithms and topological load balancing.

`import topowave` gives what a class file, a script or a notebook needs: all that the packages below offer in
their `__all__`. A package is imported when one of its names is first used, so a command starts at once.

    >>> from topowave import Topology, generate, text_tree
    >>> len(generate("binary", nodes=7, seed=1).nodes)
    7
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from topowave.checkout import refuse_lost_links

if TYPE_CHECKING:
    from topowave.algorithms import *
    from topowave.algorithms.library import *
    from topowave.balancer.policies import *
    from topowave.checker import *
    from topowave.engine import *
    from topowave.experiments import *
    from topowave.load import *
    from topowave.runtime import *
    from topowave.sessions import *
    from topowave.simulator import *
    from topowave.topology import *
    from topowave.traces import *

_HOMES = (
    "engine",
    "balancer.policies",
    "algorithms",
    "algorithms.library",
    "runtime",
    "topology",
    "traces",
    "simulator",
    "sessions",
    "checker",
    "experiments",
    "load",
)
"""The packages whose names are offered, the cheapest to import first."""

refuse_lost_links()


def __getattr__(name: str) -> object:
    if name == "__all__":
        return _all_names()
    for home in _HOMES if name[:1].isalpha() else ():
        if name in _offered(home):
            value: object = getattr(importlib.import_module(f"{__name__}.{home}"), name)
            globals()[name] = value
            return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_all_names()})


def _all_names() -> list[str]:
    return [name for home in _HOMES for name in _offered(home)]


def _offered(home: str) -> list[str]:
    """Return the names that `import *` would give."""
    names = vars(importlib.import_module(f"{__name__}.{home}"))
    offered: list[str] = names.get("__all__") or [name for name in names if not name.startswith("_")]
    return offered
