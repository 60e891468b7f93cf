"""How many nodes are wanted and there, and how far it is: what `GET /deploy` answers and `/stream` shows."""

from __future__ import annotations

from topowave.balancer.json_form import JsonForm
from topowave.balancer.scaling.draining import Draining
from topowave.balancer.scaling.reconciler import Reconciler
from topowave.balancer.scaling.states import Phase
from topowave.balancer.state.lab import Lab


class Deploy(JsonForm):
    """How many nodes of this lab's own are wanted and there, and how far it is; what leaves does not count.

    `desired_replicas` is null as long as nobody has said it. `problem` says why the last attempt failed, and
    `leaving` of each node that is to leave why it cannot yet.
    """

    desired_replicas: int | None
    actual_replicas: int
    up: int
    phase: Phase
    problem: str | None
    leaving: dict[str, str | None]


def deploy_of(lab: Lab, scaling: Reconciler, draining: Draining) -> Deploy:
    """Return how many nodes are wanted and there, and how far it is."""
    going = scaling.goal.all_leaving
    own = [node.name for node in lab.topology.nodes if node.managed]
    leaving = [name for name in lab.status if name in going]
    return Deploy(
        desired_replicas=scaling.goal.replicas,
        actual_replicas=sum(name not in going and lab.status[name].state != "failed" for name in own),
        up=sum(name not in going and lab.is_up(name) for name in own),
        phase=scaling.phase,
        problem=scaling.problem,
        leaving={name: why_still_here(name, scaling, draining) for name in leaving},
    )


def why_still_here(name: str, scaling: Reconciler, draining: Draining) -> str:
    """Return why a node that is to leave has not left yet."""
    return draining.reasons.get(name) or scaling.problem or "its tasks are being handed over"
