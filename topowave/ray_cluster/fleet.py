"""The program that has Ray run agents of a lab, and keeps them running: one in each of its actors.

Theory of operation. The program is a process of the lab's own, since Ray has threads and the lab forks. It
joins the cluster (or starts one on this machine), asks for a place for each agent (a placement group, spread
over the machines), and makes an actor for each. What happens then comes as an event, one after the other:

    the end of an agent      it is started again, in the same actor, after a pause that doubles
    the loss of an actor     Ray starts it again, on a machine that is left, and `run` there: nothing to do
    the loss of all          the call of `run` fails: the actor is made anew, after the same pause
    SIGTERM                  all agents are told to end; then the actors, and the cluster if it is ours

What must hold: an agent runs as long as this program and Ray do, and no longer. Ray ends the actors of a
program that is gone, the kernel the agent of an actor that is, and a cluster on this machine ends with this
program, since its processes asked for that.
"""

from __future__ import annotations

import importlib
import logging
import queue
import signal
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from types import FrameType
from typing import Any

from topowave.logs import fields
from topowave.ray_cluster.agent_actor import AgentActor, AgentEnd, AgentSpec
from topowave.ray_cluster.connection import LOCAL, connect, load_ray
from topowave.ray_cluster.limits import (
    AGENT_CPUS,
    AGENT_END_S,
    AGENT_LONGEST_PAUSE_S,
    AGENT_PAUSE_S,
    ROOM_S,
)
from topowave.topology.problems import Problems
from topowave.wire.addresses import ANY, Address, is_loopback
from topowave.wire.machine import boot_id
from topowave.wire.token import Token

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RayFleetStart:
    """What a fleet is started with.

    Attributes:
        address: of the cluster, or `local` for one of this machine's own.
        agents: how many are wanted.
        host, balancer_port: where the lab's balancer listens.
        first_port: the first port of the agents' nodes.
        heartbeat: seconds between two heartbeats of an agent.
        token: the lab's; None where only this machine reaches it.
        ready: to be called once all agents are started.
    """

    address: str
    agents: int
    host: str
    balancer_port: int
    first_port: int
    heartbeat: float
    token: Token | None
    ready: Callable[[], None]


def run_fleet(start: RayFleetStart) -> None:
    """Run agents until SIGTERM.

    Raises:
        SystemExit: there is no cluster (any more); its code is 1, and the reason was logged.
    """
    events: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()

    def end(_number: int, _frame: FrameType | None) -> None:
        events.put(None)

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the lab's
    ray = load_ray()
    try:
        connect(ray, start.address)
    except Problems as refusal:
        log.warning("%s", "; ".join(refusal.problems))
        raise SystemExit(1) from None
    signal.signal(signal.SIGTERM, end)  # Ray has set its own
    try:
        Fleet(ray, start, events).run()
    finally:
        if start.address != LOCAL:  # that ends at once with this process, and takes seconds to be asked to
            ray.shutdown()


class Fleet:
    """The actors of a lab.

    Args:
        ray: the library, connected.
        start: what is wanted.
        events: what has happened, each as what is to be done about it; None for the end.
    """

    def __init__(
        self, ray: Any, start: RayFleetStart, events: queue.SimpleQueue[Callable[[], None] | None]
    ) -> None:
        self._ray = ray
        self._start = start
        self._events = events
        self._group: Any = None
        self._share = AGENT_CPUS
        self._actors: dict[int, Any] = {}
        self._ends: dict[int, int] = {}
        """How often each agent has ended."""
        self._due: dict[int, float] = {}
        """When an agent is to be started again (monotonic, s)."""

    def run(self) -> None:
        """Run the agents until the end."""
        self._find_room()
        for number in range(self._start.agents):
            self._run_agent(number)
        self._start.ready()
        while True:
            try:
                event = self._events.get(timeout=self._patience_s())
            except queue.Empty:
                event = self._start_due
            if event is None:
                self._end()
                return
            event()

    def _find_room(self) -> None:
        """Have Ray set aside a place for each agent."""
        util: Any = importlib.import_module("ray.util")
        cpus = [node["Resources"].get("CPU", 0.0) for node in self._ray.nodes() if node["Alive"]]
        self._share = share = cpus_for_each(self._start.agents, cpus)
        self._group = util.placement_group([{"CPU": share}] * self._start.agents, strategy="SPREAD")
        if not self._group.wait(ROOM_S):
            log.warning(
                "Ray has no room for %d agents of %g CPU each; it has %g CPUs in %d machines, and others use "
                "them; the lab waits for it",
                *(self._start.agents, share, sum(cpus), len(cpus)),
            )

    def _patience_s(self) -> float | None:
        return max(0.0, min(self._due.values()) - time.monotonic()) if self._due else None

    def _start_due(self) -> None:
        now_s = time.monotonic()
        for number in [number for number, due_s in self._due.items() if due_s <= now_s]:
            del self._due[number]
            self._run_agent(number)

    def _run_agent(self, number: int) -> None:
        actor = self._actors.get(number) or self._make_actor(number)
        self._actors[number] = actor
        called: Future[AgentEnd] = actor.run.remote(self._spec(number)).future()
        called.add_done_callback(lambda end: self._events.put(partial(self._ended, number, end)))

    def _make_actor(self, number: int) -> Any:
        strategies: Any = importlib.import_module("ray.util.scheduling_strategies")
        place = strategies.PlacementGroupSchedulingStrategy(
            placement_group=self._group, placement_group_bundle_index=number
        )
        actor = self._ray.remote(num_cpus=self._share, max_restarts=-1, max_task_retries=-1)(AgentActor)
        return actor.options(scheduling_strategy=place).remote()

    def _ended(self, number: int, called: Future[AgentEnd]) -> None:
        """Take note that an agent, or its actor for good, has ended; it is to be started again."""
        name = agent_name(number)
        try:
            end = called.result()
        except self._ray.exceptions.RayError as error:
            self._actors.pop(number)
            why = str(error).strip().splitlines()[0]
        else:
            why = end.last.strip().splitlines()[-1] if end.last.strip() else f"ended with code {end.code}"
        self._ends[number] = ends = self._ends.get(number, 0) + 1
        pause_s = min(AGENT_LONGEST_PAUSE_S, AGENT_PAUSE_S * 2.0 ** min(ends - 1, 16))
        self._due[number] = time.monotonic() + pause_s
        log.warning("agent %s: %s; started again in %g s", name, why, pause_s)

    def _spec(self, number: int) -> AgentSpec:
        start = self._start
        within = is_loopback(start.host)
        host = start.host if within or start.host not in ANY else self._own_ip()
        words = [
            *("--controller", Address(host, start.balancer_port).http()),
            *("--port", str(start.first_port)),
            *("--heartbeat", f"{start.heartbeat:g}"),
        ]
        secret = None if start.token is None else start.token.reveal()
        return AgentSpec(agent_name(number), words, secret, boot_id(), start.host if within else None)

    def _own_ip(self) -> str:
        util: Any = importlib.import_module("ray.util")
        return str(util.get_node_ip_address())

    def _end(self) -> None:
        """End all agents, then all actors."""
        log.info("agents are told to end", extra=fields(agents=len(self._actors)))
        asked = [actor.end.remote() for actor in self._actors.values()]
        if asked:
            self._ray.wait(asked, num_returns=len(asked), timeout=AGENT_END_S)
        for actor in self._actors.values():
            with suppress(self._ray.exceptions.RayError):
                self._ray.kill(actor)


def agent_name(number: int) -> str:
    """Return the name of an agent of a fleet."""
    return f"ray-{number}"


def cpus_for_each(agents: int, cpus: list[float]) -> float:
    """Return how many CPUs Ray is to set aside for each agent: `AGENT_CPUS`, or less where they are many.

    Ray gives whole bundles, so what counts is how many fit on each machine; the other half stays free for
    others who use the cluster, and for agents whose machine is gone.

    Args:
        agents: how many agents there are, at least 1.
        cpus: those of each machine.
    """
    parts = 1
    while sum(int(each * parts) for each in cpus) < agents and parts < agents:
        parts += 1
    return AGENT_CPUS / parts
