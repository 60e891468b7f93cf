"""Which nodes are down together: those of one process, and those of a dead part of the tree. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable


def causes(
    down: Collection[str],
    parent: Callable[[str], str | None],
    process: Callable[[str], Iterable[str]],
) -> dict[str, str]:
    """Return of each node that is down the first one that it is down together with.

    Args:
        down: the nodes that are down, in the order of the network, parents first.
        parent: returns a node's parent.
        process: returns all nodes of a node's process.
    """
    leader = {name: name for name in down}

    def first(name: str) -> str:
        while leader[name] != name:
            leader[name] = leader[leader[name]]
            name = leader[name]
        return name

    order = {name: place for place, name in enumerate(down)}
    for name in down:
        above = parent(name)
        for other in (*process(name), *([] if above is None else [above])):
            if other in leader:
                one, two = sorted((first(name), first(other)), key=order.__getitem__)
                leader[two] = one
    return {name: first(name) for name in down}
