"""What people read in the feed of nodes, of waves that ended, and of the lab's name."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from topowave.balancer.waves.record import WaveRecord

NODE_TEXTS = {
    "up": "{name} is up again",
    "stopped": "{name} is stopped",
    "dead": "{name} died",
    "failed": "{name} keeps dying and is given up",
}
"""What people read when a node's state changes."""


NAMED = 5
"""Nodes that a sentence names at most."""


def named(nodes: Sequence[str]) -> str:
    """Return the names of a few nodes, and how many more there are."""
    more = f" and {len(nodes) - NAMED} more" if len(nodes) > NAMED else ""
    return ", ".join(nodes[:NAMED]) + more


def nodes_text(count: int) -> str:
    """Return how many nodes, in words."""
    return "1 node" if count == 1 else f"{count} nodes"


def with_others(name: str, others: Collection[str]) -> str:
    """Return a node's name, and how many share its process."""
    if not others:
        return name
    return f"{name} (with {len(others)} other node{'s' if len(others) > 1 else ''} in its process)"


def retitled(title: str, before: int, now: int) -> str:
    """Return what a lab is called whose network has other nodes or links now.

    Its figure is the last of the words. Of a title that is nothing but figures the others are true no more.
    """
    if title.startswith(nodes_text(before)):
        return nodes_text(now)
    return f"{title.removesuffix(f', {before} nodes')}, {now} nodes"


def ending(record: WaveRecord) -> str:
    """Return how a wave ended."""
    count = "?" if record.messages is None else record.messages
    text = f"{record.algorithm.title} {record.id} is {record.state}: {count} messages"
    if record.missing:
        text += f"; missing: {named(record.missing)}"
    if record.state == "incomplete" and record.out_of_time_s is not None:
        text += f"; its time, {record.out_of_time_s:g} s, was over"
    for told in (record.mistakes, record.witnesses, record.troubles):
        if told:
            text += f"; {told[0]}"
    return text
