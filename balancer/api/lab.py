"""The routes about the lab itself: how it is, rebalancing, its topology and its nodes."""

from __future__ import annotations

import os
import signal as signals
import time
from collections.abc import Sequence
from typing import Annotated

from fastapi import BackgroundTasks, Body, FastAPI, Query
from pydantic import Field, model_validator

from topowave.algorithms.waves.echo import Echo
from topowave.balancer import limits
from topowave.balancer.api.node_requests import ask_node, port_of
from topowave.balancer.api.responses import (
    CutOff,
    Ending,
    Health,
    LabTopology,
    LinksOpening,
    NodeWithProcess,
    Rebalancing,
    RebalancingStatus,
    Replaced,
    Signalled,
    Status,
)
from topowave.balancer.api.scaling import replicas_of
from topowave.balancer.balancer import Balancer
from topowave.balancer.json_form import Order
from topowave.balancer.round_results import Rebalanced, Rounds
from topowave.balancer.sentences import named
from topowave.balancer.stream.frames import task_totals
from topowave.balancer.threads import in_a_thread
from topowave.balancer.waves.link_openings import LinkOpenings
from topowave.topology import SHAPES, Problems, Topology, generate
from topowave.topology.limits import MAX_DEPTH
from topowave.translation import Sentences, Text, text, told_of
from topowave.web.problem_details import Problem
from topowave.wire.control import Action
from topowave.wire.limits import CUT_LEAST, CUT_MOST, CUT_USUAL


class TopologyOrder(Order):
    """Another topology: of a shape that is generated, or one that is given."""

    shape: str | None = Field(default=None, max_length=100)
    nodes: int | None = Field(default=None, ge=1, le=limits.GENERATED_NODES, strict=True)
    seed: int | None = Field(default=None, strict=True)
    topology: dict[str, object] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> TopologyOrder:
        if (self.shape is None) == (self.topology is None):
            raise ValueError("expected either `shape` or `topology`")
        if self.topology is not None and (self.nodes, self.seed) != (None, None):
            raise ValueError("`nodes` and `seed` belong to a `shape`")
        return self


class CutOrder(Order):
    """For how long a node is cut off."""

    seconds: float = Field(default=CUT_USUAL, ge=CUT_LEAST, le=CUT_MOST, strict=True)


def add_lab_routes(app: FastAPI, balancer: Balancer) -> None:
    """Add the routes about the lab."""
    _add_facts(app, balancer)
    _add_rebalancing(app, balancer)
    _add_control(app, balancer)


def _add_facts(app: FastAPI, balancer: Balancer) -> None:
    lab = balancer.lab

    @app.get("/health")
    async def health() -> Health:
        """Say that the balancer is up, how many nodes are, and how far the links between them are."""
        known, up = lab.known()
        opening = _opening(balancer.link_openings)
        return Health(nodes=known, nodes_up=up, version=lab.version, links_opening=opening)

    @app.get("/topology")
    async def topology_now() -> LabTopology:
        """Return the network that runs, as topology.json has it."""
        return LabTopology(version=lab.version, topology=lab.topology.to_json())

    @app.get("/status")
    async def status() -> Status:
        """Return how the lab is: its nodes, their tasks, its waves and its rebalancing."""
        counts = balancer.rebalancer.counts
        tasks = task_totals(await balancer.journal.counts())  # first: the rest is of one network
        return Status(
            title=lab.title,
            version=lab.version,
            policy=balancer.rebalancer.rounds.name,
            placement=balancer.placement.name,
            discipline=lab.config.discipline,
            forecast=lab.config.forecast,
            task_time=lab.config.task_time,
            wave_timeout=lab.config.wave_timeout,
            echo_limit=balancer.catalog.times.limit_s(Echo, lab.config),
            uptime=round(time.monotonic() - balancer.began_s, 3),
            states=lab.states(),
            load=lab.load,
            imbalance=round(lab.imbalance, 4),
            tasks=tasks,
            waves_running=balancer.waves.running,
            waves_waiting=balancer.launcher.admission.waiting,
            links_opening=_opening(balancer.link_openings),
            rebalancing=RebalancingStatus(interval=lab.config.rebalance_interval, **vars(counts)),
            trace_waves_left_out=None if balancer.trace is None else balancer.trace.left_out,
            desired_replicas=balancer.scaling.goal.replicas,
            actual_replicas=balancer.deployed().actual_replicas,
            replicas=replicas_of(balancer),
            nodes=[
                NodeWithProcess(
                    **vars(node), pid=lab.status[node.name].pid, silent=lab.status[node.name].silent
                )
                for node in balancer.view.nodes()
            ],
        )


def _add_rebalancing(app: FastAPI, balancer: Balancer) -> None:
    @app.get("/rebalancing")
    async def rebalancing() -> Rebalancing:
        """Return how the lab is balanced: by which policy, how often, and what the last round did."""
        rebalancer = balancer.rebalancer
        return Rebalancing(
            interval=balancer.lab.config.rebalance_interval,
            **vars(rebalancer.counts),
            policy=rebalancer.rounds.name,
            last=rebalancer.last,
            problem=rebalancer.problem,
            sentences=told_of(problem=rebalancer.problem),
        )

    @app.get("/rebalancing/rounds")
    async def rounds(
        after: Annotated[int, Query(ge=0, description="the number of the last round that is known")] = 0,
    ) -> Rounds:
        """Return the rounds after one, the oldest first, each with the loads on which its policy planned."""
        return balancer.rebalancer.kept.after(after, limits.ROUNDS_PAGE)

    @app.post("/rebalance")
    async def rebalance() -> Rebalanced:
        """Run a round of rebalancing now and answer with what was moved; 503 where the journal is lost."""
        await balancer.journal.check()
        return await balancer.rebalancer.round()


def _add_control(app: FastAPI, balancer: Balancer) -> None:
    @app.post("/topology")
    async def topology(order: Annotated[TopologyOrder, Body()]) -> Replaced:
        """Replace the running topology by another one.

        A node that is in both, by name, keeps its tasks; those of a node that is only in the old one are
        pending, and go to nodes that may run them: `tasks_handed_over` says how many. While another topology
        is asked for already, they wait until that runs, and nodes that come back with it have their tasks.
        """
        wanted = await in_a_thread(_wanted, balancer.lab.topology, order)
        shape = order.shape or "own topology"
        forgotten = balancer.journal.forgotten
        with balancer.journal.nodes_change([node.name for node in wanted.nodes if node.launch]):
            async with balancer.control.turn():
                balancer.next_title = f"{shape}, {len(wanted.nodes)} nodes"
                try:
                    await balancer.control.replace(wanted, limits.REPLACE_TIMEOUT)
                finally:
                    balancer.next_title = None
                version = balancer.lab.version
        handed_over = await balancer.journal.handed_over_since(forgotten)
        return Replaced(version=version, nodes=len(wanted.nodes), tasks_handed_over=handed_over)

    @app.post("/nodes/{name}/cut")
    async def cut(name: str, order: Annotated[CutOrder | None, Body()] = None) -> CutOff:
        """Cut a node's links to its neighbours for some seconds; its process lives and goes on working."""
        seconds = (order or CutOrder()).seconds
        _check_own(balancer, name)
        await ask_node(balancer, "POST", name, "/cut", seconds=seconds)
        cut_off = text("{node} is cut off from its neighbours for {seconds:g} s", node=name, seconds=seconds)
        balancer.feed.notify("node", cut_off, node=name)
        return CutOff(node=name, seconds=seconds)

    @app.post("/nodes/{name}/{action}")
    async def signal(name: str, action: Action) -> Signalled:
        """Kill a node's process (it is started again), stop it (SIGSTOP), or let it continue.

        `start` starts a process again that was given up, since it had died too often.

        `others` names the nodes that share the process, to which the same happens.
        """
        _check_own(balancer, name)
        others = balancer.lab.others(name)
        await balancer.control.signal(name, action, limits.SIGNAL_TIMEOUT)
        if others:
            balancer.feed.notify("node", _with_it(name, action, others), node=name)
        return Signalled(node=name, action=action, others=others)

    @app.post("/balancer/kill", status_code=202)
    async def kill_balancer(after: BackgroundTasks) -> Ending:
        """Kill the balancer's own process (SIGKILL) once this is answered; it is started again."""
        after.add_task(os.kill, os.getpid(), signals.SIGKILL)
        return Ending(status="ending")

    @app.post("/shutdown", status_code=202)
    async def shutdown() -> Ending:
        """Stop the lab."""
        await balancer.control.shutdown()
        return Ending(status="stopping")


def _opening(openings: LinkOpenings) -> LinksOpening | None:
    links, left, seconds = openings.links, openings.left, openings.seconds_left
    if not left:
        return None
    return LinksOpening(
        connections=links,
        open=links - left,
        seconds_left=None if seconds is None else round(seconds, 1),
    )


def _check_own(balancer: Balancer, name: str) -> None:
    """Raise Problem where a node is none of ours (409), or there is none of that name (404)."""
    port_of(balancer, name)
    if balancer.lab.status[name].state == "foreign":
        raise Problem(409, text("Not our node"), text("{name} is run by somebody else", name=name))


def _wanted(now: Topology, order: TopologyOrder) -> Topology:
    try:
        if order.topology is not None:
            return Topology.from_json(order.topology, "topology")
        if order.shape not in SHAPES:
            why = text(
                "there is no shape {shape!r}; there are {shapes}", shape=order.shape, shapes=", ".join(SHAPES)
            )
            raise Problem(422, text("Unknown shape"), why)
        most = SHAPES[order.shape].nodes.maximum
        if order.nodes is not None and order.nodes > most:
            why = text(
                "a {shape} of {nodes} nodes is too deep for a lab, where no node is more than {max_depth} "
                "links below the root; expected at most {most} nodes",
                shape=order.shape,
                nodes=order.nodes,
                max_depth=MAX_DEPTH,
                most=most,
            )
            raise Problem(422, text("Topology refused"), why, problems=[why])
        base_port = min(node.port for node in now.nodes)
        return generate(order.shape, nodes=order.nodes, seed=order.seed, base_port=base_port)
    except Problems as problems:
        found = list(problems.problems)
        raise Problem(
            422, text("Topology refused"), text("{problems}", problems=Sentences(found)), problems=found
        ) from None


def _with_it(name: str, action: Action, others: Sequence[str]) -> Text:
    """Say which nodes share the process of one that is signalled."""
    nodes = named(others)
    match action:
        case "kill":
            return text(
                "kill {node}: this takes {nodes} with it, which share its process", node=name, nodes=nodes
            )
        case "stop":
            return text(
                "stop {node}: this takes {nodes} with it, which share its process", node=name, nodes=nodes
            )
        case "continue":
            return text(
                "continue {node}: this takes {nodes} with it, which share its process", node=name, nodes=nodes
            )
        case "start":
            return text(
                "start {node}: this starts {nodes} with it, which share its process", node=name, nodes=nodes
            )
