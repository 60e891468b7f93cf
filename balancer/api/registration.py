"""The route by which somebody else's program joins the running network, and says that it is still there."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, FastAPI, Response
from pydantic import Field, field_validator

from topowave.balancer.api.responses import Registered
from topowave.balancer.balancer import Balancer
from topowave.balancer.json_form import Order
from topowave.topology import Node
from topowave.topology.growth import Leaf
from topowave.topology.limits import MAX_CPU, MAX_NAME, MAX_PORT, MAX_REPLICAS, MIN_PORT
from topowave.topology.node import HOST, fault_in_name
from topowave.translation import Sentences, text
from topowave.web.problem_details import Problem


class Registration(Order):
    """A program of somebody else's that speaks the frames: where it is reached, and below whom it hangs."""

    name: str = Field(max_length=MAX_NAME)
    host: str | None = Field(default=None, max_length=253)
    port: int = Field(ge=MIN_PORT, le=MAX_PORT, strict=True)
    cpu: int = Field(default=1, ge=1, le=MAX_CPU, strict=True)
    parent: str | None = Field(default=None, max_length=MAX_NAME)

    @field_validator("name")
    @classmethod
    def _is_a_name(cls, name: str) -> str:
        fault = fault_in_name(name)
        if fault is not None:
            raise ValueError(f"the name {fault}")
        return name

    @field_validator("host")
    @classmethod
    def _is_a_host(cls, host: str | None) -> str | None:
        if host is not None and not HOST.fullmatch(host):
            raise ValueError("expected a host name or an IP address")
        return host


def add_registration_routes(app: FastAPI, balancer: Balancer) -> None:
    """Add the route for programs of others."""

    @app.post("/register", status_code=201, responses={200: {"model": Registered}})
    async def register(order: Annotated[Registration, Body()], response: Response) -> Registered:
        """Let a program that somebody else runs join the network as a leaf, or say that it is still there.

        Whoever sends the same again is heard (200): do so each `heartbeat_interval` seconds. After three
        without, the program is inactive: waves do not wait for it, and name it, until it is heard again.
        `DELETE /nodes/{name}` lets it leave. Without a `parent` it hangs from the root. One that is in
        topology.json with `"launch": false` may register too.
        """
        lab = balancer.lab
        joins = order.name not in lab.status
        if joins:
            _check_newcomer(balancer, order)
            await balancer.scaling.join(_leaf(balancer, order))
        node = lab.topology.node(order.name)
        _check_same(balancer, order, node)
        await balancer.scaling.expect(node.name)
        balancer.silent_nodes.heard(node.name)
        response.status_code = 201 if joins else 200
        return Registered(
            status="joined" if joins else "heard",
            name=node.name,
            host=node.host,
            port=node.port,
            cpu=node.cpu,
            parent=node.parent,
            heartbeat_interval=lab.config.heartbeat_interval,
            version=lab.version,
        )


def _leaf(balancer: Balancer, order: Registration) -> Leaf:
    parent = order.parent or balancer.lab.topology.root.name
    return Leaf(order.name, order.port, order.cpu, parent, host=order.host, launch=False)


def _check_newcomer(balancer: Balancer, order: Registration) -> None:
    """Raise Problem (409) with all that speaks against a program that wants to join."""
    lab, problems = balancer.lab, list[str]()
    nodes, config = {node.name: node for node in lab.topology.nodes}, lab.config
    host = order.host or config.host
    if not balancer.allowed_targets.allows_newcomer(host.lower()):
        problems.append(
            text("host: {host} is not allowed in this lab (see answer_to in the config file)", host=host)
        )
    taken: dict[int, str] = {node.port: text("node {node}", node=node.name) for node in nodes.values()}
    taken[config.balancer_port] = text("the balancer")
    taken |= dict.fromkeys(config.pages_of_ours, text("the page"))
    if order.port in taken:
        problems.append(
            text(
                "port: {port} belongs to {owner}; each node has one of its own",
                port=order.port,
                owner=taken[order.port],
            )
        )
    parent = None if order.parent is None else nodes.get(order.parent)
    if order.parent is not None and parent is None:
        problems.append(text("parent: there is no node {node!r} in this topology", node=order.parent))
    elif parent is not None and not parent.launch:
        problems.append(
            text(
                "parent: {node} is somebody else's program, which would not hear of a new neighbour; name a "
                "node that this lab runs",
                node=parent.name,
            )
        )
    if len(nodes) >= MAX_REPLICAS:
        problems.append(
            text(
                "there are {nodes} nodes already, and a running lab may grow to {most}",
                nodes=len(nodes),
                most=MAX_REPLICAS,
            )
        )
    if problems:
        raise Problem(
            409, text("Cannot join"), text("{problems}", problems=Sentences(problems)), problems=problems
        )


def _check_same(balancer: Balancer, order: Registration, node: Node) -> None:
    """Raise Problem (409) where a name belongs to another program than the one that uses it."""
    if node.managed:
        raise Problem(
            409, text("Name taken"), text("{name} is a node that this lab runs itself", name=node.name)
        )
    own = balancer.lab.config.host
    said = (
        ("host", order.host or own, node.host or own),
        ("port", order.port, node.port),
        ("cpu", order.cpu, node.cpu),
        ("parent", order.parent or node.parent, node.parent),
    )
    problems: list[str] = [
        text("{what}: {new} is said, and {node} has {old}", what=what, new=new, node=node.name, old=old)
        for what, new, old in said
        if new != old
    ]
    if problems:
        problems.append(text("DELETE /nodes/{node} first, to join as another one", node=node.name))
        raise Problem(
            409, text("Name taken"), text("{problems}", problems=Sentences(problems)), problems=problems
        )
