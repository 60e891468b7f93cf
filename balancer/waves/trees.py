"""The trees that echo waves bring back: a node's report, with its children's inside."""

from __future__ import annotations

from topowave.wire.frames import Payload


def names_in(tree: Payload) -> list[str]:
    """Return the names of all nodes in a tree that an echo wave brought back."""
    return [report["name"] for report in reports_in(tree)]


def reports_in(tree: Payload) -> list[Payload]:
    """Return the reports of all nodes in a tree, the root first."""
    found: list[Payload] = []
    waiting = [tree]
    while waiting:
        found.append(waiting.pop())
        waiting.extend(reversed(found[-1]["children"]))
    return found
