"""The routes by which a running network grows and shrinks."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Annotated

from fastapi import Body, FastAPI, Query
from pydantic import Field, field_validator

from topowave.balancer import limits
from topowave.balancer.agents.registry import AgentState
from topowave.balancer.api.responses import NodeAdded, NodeLeaves, Replica
from topowave.balancer.api.waves import Name
from topowave.balancer.balancer import Balancer
from topowave.balancer.json_form import Order
from topowave.balancer.scaling.deployed import Deploy, why_still_here
from topowave.balancer.scaling.states import NewNodes
from topowave.balancer.state.node_status import NodeStatus
from topowave.topology import Node, Problems
from topowave.topology.growth import without_leaves
from topowave.topology.limits import MAX_CPU, MAX_NAME, MAX_REPLICAS
from topowave.topology.node import fault_in_name
from topowave.topology.validation import role_problem
from topowave.translation import Sentences, text, told_of
from topowave.web.node_addresses import node_address
from topowave.web.problem_details import Problem

Wait = Annotated[
    float,
    Query(ge=0, le=limits.DRAIN_WAIT_MOST, allow_inf_nan=False, description="for its leaving, at most (s)"),
]


class NewNodesOrder(Order):
    """What nodes that join are; what is not said is chosen."""

    parent: str | None = Field(default=None, max_length=MAX_NAME)
    cpu: int | None = Field(default=None, ge=1, le=MAX_CPU, strict=True)
    role: str | None = None

    @field_validator("role")
    @classmethod
    def _is_a_role(cls, role: str | None) -> str | None:
        problem = None if role is None else role_problem(role)
        if problem is not None:
            raise ValueError(problem)
        return role

    @property
    def new(self) -> NewNodes:
        """What is said of them."""
        return NewNodes(self.parent, self.cpu, self.role)


class DeployOrder(NewNodesOrder):
    """How many nodes there are to be, and what those are that join."""

    replicas: int = Field(ge=1, le=MAX_REPLICAS, strict=True)


class NodeOrder(NewNodesOrder):
    """A node that is to join; what is not said is chosen."""

    name: str | None = Field(default=None, max_length=MAX_NAME)
    agent: str | None = Field(default=None, max_length=MAX_NAME)

    @field_validator("name")
    @classmethod
    def _is_a_name(cls, name: str | None) -> str | None:
        fault = None if name is None else fault_in_name(name)
        if fault is not None:
            raise ValueError(f"the name {fault}")
        return name


def add_scaling_routes(app: FastAPI, balancer: Balancer) -> None:
    """Add the routes about how many nodes there are."""
    _add_deploy(app, balancer)
    _add_nodes(app, balancer)


def _add_deploy(app: FastAPI, balancer: Balancer) -> None:
    scaling = balancer.scaling

    @app.post("/deploy", status_code=202)
    async def deploy(order: Annotated[DeployOrder, Body()]) -> Deploy:
        """Let the network grow or shrink to so many nodes of this lab's own, and be kept at that.

        It goes on after this answers; `GET /deploy` says how far. A second one replaces the goal of the
        first. New leaves come where the tree is shallowest and least loaded, or below `parent`; `cpu` and
        `role` are theirs, too. The deepest leave first, and hand over all their tasks before. A node that
        dies for good is replaced.

        While `autoscale` is not off this is where autoscaling goes on from; a number that is not between
        `min_replicas` and `max_replicas` is refused (409).
        """
        balancer.autoscaling.check(order.replicas)
        _check_parent(balancer, order.new)
        await scaling.deploy(order.replicas, new=order.new)
        return balancer.deployed()

    @app.get("/deploy")
    async def deployed() -> Deploy:
        """Return how many nodes are wanted and there, and how far it is."""
        return balancer.deployed()


def _add_nodes(app: FastAPI, balancer: Balancer) -> None:
    scaling = balancer.scaling

    @app.post("/nodes", status_code=201)
    async def add(order: Annotated[NodeOrder, Body()]) -> NodeAdded:
        """Let a node join the network as a leaf, on a port of its own; this answers when it takes part.

        It runs on the `agent` that is named, or on the one with the fewest nodes that is alive; on the lab's
        own machine where none is.
        """
        topology = balancer.lab.topology
        known = {node.name for node in topology.nodes}
        if order.name in known:
            raise Problem(409, text("Name taken"), text("there is a node {name!r} already", name=order.name))
        _check_parent(balancer, order.new)
        if len(known) >= MAX_REPLICAS:
            why = text(
                "there are {known} nodes already, and a running lab may grow to {max_replicas}",
                known=len(known),
                max_replicas=MAX_REPLICAS,
            )
            raise Problem(409, text("Too many nodes"), why)
        balancer.autoscaling.check(1 + (scaling.goal.replicas or len(balancer.own_nodes())))
        _check_agent(balancer, order.agent)
        (usual,) = await scaling.new_leaves(1, order.agent)
        leaf = order.new.on(replace(usual, name=order.name or usual.name))
        await scaling.add(leaf)
        node = _node(balancer, leaf.name)
        return NodeAdded(
            name=node.name,
            port=node.port,
            cpu=node.cpu,
            role=node.role,
            agent=node.agent,
            parent=node.parent,
            version=balancer.lab.version,
        )

    @app.delete("/nodes/{name}")
    async def remove(name: Name, wait: Wait = limits.DRAIN_WAIT) -> NodeLeaves:
        """Let a leaf leave the network, once it has handed over all its tasks.

        It takes nothing new from now on. What waits there is moved to others, what runs may finish for a
        while. Where that takes longer than `wait` seconds this answers that it is `leaving`, and why it
        cannot yet; it goes on. Somebody else's program leaves at once.
        """
        node = _node(balancer, name)
        if not node.managed:
            await scaling.part_with(name)
            return NodeLeaves(status="left", name=name, reason=None)
        try:
            without_leaves(
                balancer.lab.topology, {name, *scaling.goal.all_leaving} & set(balancer.lab.status)
            )
        except Problems as problems:
            found = list(problems.problems)
            raise Problem(
                409, text("Cannot leave"), text("{problems}", problems=Sentences(found)), problems=found
            ) from None
        await scaling.delete(name)
        if await scaling.until(lambda: name not in balancer.lab.status, wait):
            return NodeLeaves(status="left", name=name, reason=None)
        reason = why_still_here(name, scaling, balancer.draining)
        return NodeLeaves(status="leaving", name=name, reason=reason, sentences=told_of(reason=reason))


def replicas_of(balancer: Balancer) -> list[Replica]:
    """Return the nodes of this lab's own, by their numbers."""
    lab, now = balancer.lab, time.time()
    balancer.silent_nodes.listen()
    found: list[Replica] = []
    numbered = [(lab.status[node.name].number, node) for node in lab.topology.nodes if node.managed]
    for number, node in sorted(numbered, key=lambda each: -1 if each[0] is None else each[0]):
        name, status = node.name, lab.status[node.name]
        listens = balancer.silent_nodes.listens_for(node)
        unheard_s = balancer.silent_nodes.unheard_s(name) if listens else None
        uptime_s = None if status.started_at is None else max(0.0, now - status.started_at)
        why = _why_not_up(status, unheard_s)
        leaves = (
            why_still_here(name, balancer.scaling, balancer.draining)
            if name in balancer.scaling.goal.all_leaving
            else None
        )
        found.append(
            Replica(
                id="replica" if number is None else f"replica-{number}",
                name=name,
                node_ip=node_address(node, lab.config).host,
                port=node.port,
                role=node.role,
                state=status.replica_state,
                reason=why,
                last_heard_s=None if unheard_s is None else round(unheard_s, 1),
                uptime=None if uptime_s is None else in_words(uptime_s),
                uptime_s=None if uptime_s is None else round(uptime_s, 1),
                started_at=status.started_at,
                agent=node.agent,
                leaving=leaves,
                sentences=told_of(reason=why, leaving=leaves),
            )
        )
    return found


def in_words(seconds: float) -> str:
    """Return a time as people write it: `7s`, `2m10s`, `3h0m5s`, `1d2h0m0s`."""
    whole = int(seconds)
    parts = [(whole // 86_400, "d"), (whole // 3600 % 24, "h"), (whole // 60 % 60, "m"), (whole % 60, "s")]
    first = next((at for at, (count, _) in enumerate(parts) if count), len(parts) - 1)
    return "".join(f"{count}{unit}" for count, unit in parts[first:])


def _check_parent(balancer: Balancer, new: NewNodes) -> None:
    """Raise Problem where nothing can hang from the parent: it is not there (404), or is to leave (409)."""
    if new.parent is not None and new.parent not in balancer.lab.status:
        raise Problem(
            404, text("No such node"), text("there is no node {parent!r} in this topology", parent=new.parent)
        )
    if new.parent in balancer.scaling.goal.all_leaving:
        raise Problem(
            409,
            text("Parent leaves"),
            text("{parent} is to leave, so nothing can hang from it", parent=new.parent),
        )


def _check_agent(balancer: Balancer, name: str | None) -> None:
    """Raise Problem where there is no agent of a name (404), or it is silent (409)."""
    if name is None:
        return
    agent = balancer.agents.find(name)
    if agent is None:
        raise Problem(
            404, text("No such agent"), text("there is no agent {name!r}; GET /agents lists them", name=name)
        )
    if agent.state is not AgentState.ALIVE:
        raise Problem(
            409,
            text("Agent is silent"),
            text("agent {name} is silent: it starts nothing now", name=name)
            if agent.state is AgentState.SILENT
            else text("agent {name} is expected: it starts nothing now", name=name),
        )


def _why_not_up(status: NodeStatus, unheard_s: float | None) -> str | None:
    if not status.silent or unheard_s is None:
        return status.reason if status.said not in {"up", "starting"} else None
    if status.said == "stopped":
        return text("not heard for {seconds:.3g} s, since its process is stopped", seconds=unheard_s)
    return text("not heard for {seconds:.3g} s", seconds=unheard_s)


def _node(balancer: Balancer, name: str) -> Node:
    """Return a node. Raises Problem (404) where there is none of that name."""
    try:
        return balancer.lab.topology.node(name)
    except KeyError:
        raise Problem(
            404, text("No such node"), text("there is no node {name!r} in this topology", name=name)
        ) from None
