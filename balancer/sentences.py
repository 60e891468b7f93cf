"""What people read in the feed of nodes, of waves that ended, and of the lab's name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from topowave.balancer.waves.record import WaveRecord
from topowave.translation import Sentences, Several, Text, counted, text
from topowave.wire.control import NodeNow

NODE_TEXTS: Mapping[str, Callable[[str], Text]] = {
    "up": lambda name: text("{node} is up again", node=name),
    "stopped": lambda name: text("{node} is stopped", node=name),
    "dead": lambda name: text("{node} died", node=name),
    "failed": lambda name: text("{node} keeps dying and is given up", node=name),
}
"""What people read when a node's state changes."""
STATES: Mapping[str, Text] = {
    "running": text("running"),
    "complete": text("complete"),
    "incomplete": text("incomplete"),
    "wrong": text("wrong"),
}
"""How a wave is, inside of a sentence."""
NAMED = 5
"""Nodes that a sentence names at most."""


def named(nodes: Sequence[str]) -> Text:
    """Return the names of a few nodes, and how many more there are."""
    few = Several(nodes[:NAMED])
    if len(nodes) <= NAMED:
        return text("{names}", names=few)
    return text("{names} and {more} more", names=few, more=len(nodes) - NAMED)


def nodes_text(count: int) -> Text:
    """Return how many nodes, in words."""
    return counted("{count} node", "{count} nodes", count)


def tasks_text(count: int) -> Text:
    """Return how many tasks, in words."""
    return counted("{count} task", "{count} tasks", count)


def with_others(name: str, others: Collection[str]) -> str:
    """Return a node's name, and how many share its process."""
    if not others:
        return name
    return counted(
        "{node} (with {count} other node in its process)",
        "{node} (with {count} other nodes in its process)",
        len(others),
        node=name,
    )


def retitled(title: str, before: int, now: int) -> str:
    """Return what a lab is called whose network has other nodes or links now.

    Its figure is the last of the words. Of a title that is nothing but figures the others are true no more.
    """
    if title.startswith(nodes_text(before)):
        return nodes_text(now)
    return f"{title.removesuffix(f', {before} nodes')}, {now} nodes"


def ending(record: WaveRecord) -> Text:
    """Return how a wave ended."""
    facts: list[str] = [
        text("? messages")
        if record.messages is None
        else text("{messages} messages", messages=record.messages)
    ]
    if record.missing:
        facts.append(text("missing: {nodes}", nodes=named(record.missing)))
    if record.state == "incomplete" and record.out_of_time_s is not None:
        facts.append(text("its time, {seconds:g} s, was over", seconds=record.out_of_time_s))
    facts += [told[0] for told in (record.mistakes, record.witnesses, record.troubles) if told]
    return text(
        "{algorithm} {wave} is {state}: {facts}",
        algorithm=record.algorithm.title,
        wave=record.id,
        state=STATES[record.state],
        facts=Sentences(facts),
    )


def incomplete(record: WaveRecord, trouble: str) -> Text:
    """Say that a wave is incomplete for what somebody else's program did."""
    return text(
        "{algorithm} {wave} is {state}: {facts}",
        algorithm=record.algorithm.title,
        wave=record.id,
        state=STATES["incomplete"],
        facts=trouble,
    )


def died_in_wave(who: str, reason: str | None) -> Text:
    """Say that a node's process ended while a wave ran."""
    return text("{node}: its process ended while the wave ran: {why}", node=who, why=reason or "")


def because(what: Text, message: NodeNow) -> Text:
    """Return what happened to a node, and why, where that is known and the node is not up."""
    if not message.reason or message.state == "up":
        return what
    return text("{what}: {why}", what=what, why=message.reason)


def bad_topology(problems: Exception) -> Text:
    """Say that the orchestrator's topology is not understood."""
    return text("The orchestrator's topology is not understood: {why}", why=str(problems))


def bad_settings(problems: Exception) -> Text:
    """Say that the orchestrator's settings are not understood."""
    return text("The orchestrator's settings are not understood: {why}", why=str(problems))


def bad_executors(problems: Exception) -> Text:
    """Say that what the orchestrator says of executors is not understood."""
    return text("What the orchestrator says of executors is not understood: {why}", why=str(problems))
