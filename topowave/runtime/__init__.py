"""What every runtime shares: how a class of an algorithm is found, checked and run, and on which network.

The name that it offers is imported when it is first used: a worker process of the engine needs some modules
of this package and must not wait for networkx.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from topowave.runtime.loading import load_algorithm

__all__ = ["load_algorithm"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from topowave.runtime import loading  # noqa: PLC0415 - when it is first used

    return getattr(loading, name)
