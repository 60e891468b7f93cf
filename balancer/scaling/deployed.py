"""How many nodes are wanted and there, and how far it is: what `GET /deploy` answers and `/stream` shows."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from topowave.balancer.json_form import JsonForm
from topowave.balancer.scaling.autoscale_loop import AutoscaleLoop
from topowave.balancer.scaling.draining import Draining
from topowave.balancer.scaling.reconciler import Reconciler
from topowave.balancer.scaling.states import Phase
from topowave.balancer.state.lab import Lab
from topowave.topology.config import AutoscaleMode
from topowave.translation import text, told_of


class AutoscaleStep(JsonForm):
    """A step of autoscaling: when (seconds since 1970), from how many nodes to how many, and why."""

    time: float
    before: int
    replicas: int
    reason: str


class Autoscaling(JsonForm):
    """Whether the load decides how many nodes are wanted, and what it decides now.

    `load` and `target_load` are percent of the cores of all nodes of this lab's own. `reason` says why there
    are to be as many as there are; both are null while the mode is off. `last_step` is null before the first
    one of this balancer.
    """

    mode: AutoscaleMode
    min_replicas: int
    max_replicas: int
    target_load: float
    load: float | None
    reason: str | None
    last_step: AutoscaleStep | None
    sentences: dict[str, Any] = Field(default_factory=dict[str, Any])


class Deploy(JsonForm):
    """How many nodes of this lab's own are wanted and there, and how far it is; what leaves does not count.

    `desired_replicas` is null as long as nobody has said it. `problem` says why the last attempt failed, and
    `leaving` of each node that is to leave why it cannot yet. `sentences` has the code and the parameters of
    `problem`, and of those of `leaving` by the nodes' names.
    """

    desired_replicas: int | None
    actual_replicas: int
    up: int
    phase: Phase
    problem: str | None
    leaving: dict[str, str | None]
    autoscaling: Autoscaling
    sentences: dict[str, Any] = Field(default_factory=dict[str, Any])


def deploy_of(lab: Lab, scaling: Reconciler, draining: Draining, autoscaling: AutoscaleLoop) -> Deploy:
    """Return how many nodes are wanted and there, and how far it is."""
    going = scaling.goal.all_leaving
    own = [node.name for node in lab.topology.nodes if node.managed]
    why: dict[str, str | None] = {
        name: why_still_here(name, scaling, draining) for name in lab.status if name in going
    }
    return Deploy(
        desired_replicas=scaling.goal.replicas,
        actual_replicas=sum(name not in going and lab.status[name].state != "failed" for name in own),
        up=sum(name not in going and lab.is_up(name) for name in own),
        phase=scaling.phase,
        problem=scaling.problem,
        leaving=why,
        autoscaling=_autoscaling(lab, autoscaling),
        sentences=told_of(problem=scaling.problem)
        | ({"leaving": codes} if (codes := told_of(**why)) else {}),
    )


def _autoscaling(lab: Lab, found: AutoscaleLoop) -> Autoscaling:
    config, last = lab.config, found.last
    return Autoscaling(
        mode=config.autoscale,
        min_replicas=config.min_replicas,
        max_replicas=config.max_replicas,
        target_load=config.target_load,
        load=None if found.load is None else round(found.load, 1),
        reason=None if found.now is None else found.now.reason,
        last_step=None
        if last is None
        else AutoscaleStep(time=last.time, before=last.before, replicas=last.replicas, reason=last.reason),
        sentences=told_of(reason=None if found.now is None else found.now.reason),
    )


def why_still_here(name: str, scaling: Reconciler, draining: Draining) -> str:
    """Return why a node that is to leave has not left yet."""
    return draining.reasons.get(name) or scaling.problem or text("its tasks are being handed over")
