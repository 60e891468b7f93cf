"""The route about agents, which run nodes on other hosts; they themselves come on a WebSocket."""

from __future__ import annotations

import time
from typing import Literal

from fastapi import FastAPI

from topowave.balancer.agents.registry import Agent, AgentState
from topowave.balancer.balancer import Balancer
from topowave.balancer.json_form import JsonForm
from topowave.wire.agents import Hello


class AgentNow(JsonForm):
    """An agent, which runs nodes on its host.

    It is `silent` once it has not been heard for four of its heartbeats (`heartbeat_s`, in seconds); then
    nothing runs there any more. `replicas` counts the nodes of the network that are there, `processes` what
    it runs for them. `last_heard_s`: how long ago it was heard, in seconds; null where this balancer has not
    heard it. `port` is the first port that its nodes get, `free_mb` the memory that was free when it came,
    `workload` the command that it runs for each replica, null for our own node.
    """

    name: str
    host: str
    port: int
    state: Literal["alive", "silent"]
    replicas: int
    processes: int
    heartbeat_s: float
    last_heard_s: float | None
    cores: int
    free_mb: float
    workload: str | None


class Agents(JsonForm):
    """All agents, in the order in which they came."""

    agents: list[AgentNow]


def add_agent_routes(app: FastAPI, balancer: Balancer) -> None:
    """Add the route about agents."""

    @app.get("/agents")
    async def agents() -> Agents:
        """Return the agents that have registered, with what they run and when they were heard.

        An agent is a program on some host (`topowave agent`), which opens a WebSocket to this address.
        """
        return Agents(
            agents=[
                _form(balancer, agent, agent.hello) for agent in balancer.agents if agent.hello is not None
            ]
        )


def _form(balancer: Balancer, agent: Agent, hello: Hello) -> AgentNow:
    heard_s = agent.heard_s
    return AgentNow(
        name=agent.name,
        host=hello.host,
        port=hello.port,
        state="silent" if agent.state is AgentState.SILENT else "alive",
        replicas=sum(node.agent == agent.name for node in balancer.lab.topology.nodes),
        processes=sum(process.state != "ended" for process in agent.processes),
        heartbeat_s=hello.heartbeat,
        last_heard_s=None if heard_s is None else round(time.monotonic() - heard_s, 1),
        cores=hello.cores,
        free_mb=hello.free_mb,
        workload=hello.workload,
    )
