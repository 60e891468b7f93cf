"""What the reconciler's decisions are called in the feed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from topowave.balancer.scaling.states import Need
from topowave.balancer.sentences import named
from topowave.topology.node import Place
from topowave.translation import Several, Text, counted, text

STEPS: Mapping[Need, Text] = {
    Need.MOVE: text("to move"),
    Need.REMOVE: text("to remove"),
    Need.GIVE_UP: text("to give up"),
    Need.RESTART: text("to restart"),
    Need.KEEP: text("to keep"),
    Need.ADD: text("to add"),
    Need.CHOOSE: text("to choose"),
    Need.DRAIN: text("to drain"),
}
"""What the loop does next, inside of a sentence."""


def left_text(names: Sequence[str]) -> Text:
    """Say that nodes have left."""
    if len(names) == 1:
        return text("{nodes} left: it has no tasks any more", nodes=Several(names))
    return text("{nodes} left: they have no tasks any more", nodes=Several(names))


def moving_text(agent: str | None, gone: Mapping[str, str], places: Sequence[Place]) -> Text:
    """Return where the nodes of an agent go, and why; of None those that have none yet."""
    others = named(list(dict.fromkeys(place.agent or text("this machine") for place in places)))
    if agent is None:
        return counted(
            "{count} node goes to {hosts}", "{count} nodes go to {hosts}", len(places), hosts=others
        )
    return counted(
        "agent {agent} {why}: its node moves to {hosts}",
        "agent {agent} {why}: its {count} nodes move to {hosts}",
        len(places),
        agent=agent,
        why=gone.get(agent, text("is gone")),
        hosts=others,
    )
