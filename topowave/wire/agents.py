"""What agents, balancer and orchestrator say to each other of processes on other hosts.

Theory of operation. An agent keeps processes on its host; the orchestrator says which. Between them lies the
balancer, which passes on what both say, and may die at any time:

    agent -- WebSocket `/agents` --> balancer -- control channel --> orchestrator

So nothing is said once and then relied upon. The orchestrator says the whole of what an agent is to run
(`Wanted`), whenever that changes and whenever the agent or a balancer is new; the agent starts what it does
not run, ends what is not wanted any more, and says the whole of what it runs (`Running`), at each change and
as its heartbeat. A process is known by its incarnation, which is never used twice: one that has ended is not
started again, another one is wanted for it.

A lease keeps two processes from ever running one node. The balancer answers each heartbeat (`Beat`). An
agent that has had no answer for LEASE_BEATS heartbeats, counted from when it *sent* the last one that was
answered, ends all its processes. The balancer counts from when it *heard* the last one, and waits a beat
longer, so when it calls an agent silent, nothing runs there any more.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

import msgspec

from topowave.wire.limits import TEXT_CHARS, URL_CHARS

HEARTBEAT = 10.0
"""Seconds between two heartbeats of an agent, where nobody says otherwise."""
LEASE_BEATS = 3
"""Heartbeats without an answer after which an agent ends its processes; the balancer waits for one more."""

Text: TypeAlias = Annotated[str, msgspec.Meta(max_length=TEXT_CHARS)]
Reason: TypeAlias = Annotated[str, msgspec.Meta(max_length=URL_CHARS)]
Port: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=65535)]
Places: TypeAlias = Literal["here", "agents"]
"""Where the nodes of a lab's first network run: on its own machine, or on agents, once those are there."""
ProcessState: TypeAlias = Literal["starting", "up", "stopped", "ended"]
"""What a process on an agent does; one that has `ended` is told until it is no longer wanted."""


class Hello(msgspec.Struct, tag_field="about", tag="hello", frozen=True):
    """The first thing that an agent says.

    Attributes:
        name: unique in the lab; one of that name that is here already is refused while it is alive.
        session: unique to this run of the agent.
        host: where its processes are reached.
        port: the first port that its processes are given; the others follow.
        cores: processors of its host.
        free_mb: memory that is free there (MB).
        heartbeat: seconds between two of its heartbeats.
        boot: names the host's present boot; equal on one machine, so its clock and its files are shared.
        version: of Topowave, which must be the controller's.
        workload: the command that it runs for each replica; None for our own node.
    """

    name: Text
    session: Text
    host: Text
    port: Port
    cores: int
    free_mb: float
    heartbeat: float
    boot: Text
    version: Text
    workload: Reason | None = None


class RunningProcess(msgspec.Struct, frozen=True, omit_defaults=True):
    """A process of an agent: `ready` of its servers serve; `reason` is why it ended, where it has."""

    incarnation: int
    state: ProcessState
    ready: int = 0
    pid: int | None = None
    reason: Reason = ""


class Running(msgspec.Struct, tag_field="about", tag="running", frozen=True):
    """All that an agent runs now, and a heartbeat: `beat` counts them."""

    beat: int
    processes: list[RunningProcess]


class Welcome(msgspec.Struct, tag_field="about", tag="welcome", frozen=True):
    """The agent is taken in. What it needs for all its processes follows.

    Attributes:
        journal: where the journal of tasks is, as JSON of a `topowave.tasks.JournalPlace`; None for none.
        algorithm_files: the users' classes that the lab knows, each as FILE.py:CLASS with the whole path.
        trace: whether events carry their messages.
    """

    journal: dict[str, Any] | None = None
    algorithm_files: list[str] = []
    trace: bool = False


class Rejected(msgspec.Struct, tag_field="about", tag="rejected", frozen=True):
    """The agent is not taken in, and why; it says so and ends with code 2."""

    reason: Reason


class Beat(msgspec.Struct, tag_field="about", tag="beat", frozen=True):
    """A heartbeat was heard."""

    beat: int


class WantedProcess(msgspec.Struct, frozen=True):
    """A process that an agent is to run: some nodes, in the order of their `ports`."""

    incarnation: int
    names: list[str]
    ports: list[int]


class Wanted(msgspec.Struct, tag_field="about", tag="wanted", frozen=True):
    """All that an agent is to run.

    Attributes:
        agent, session: whom it is for; one that has begun anew since then does not hear of it.
        version: of the network with which processes are started.
        topology: that network, a row a node (`topowave.topology.flat_form`).
        settings: the lab's settings as config.json has them.
        processes: all that it is to run.
    """

    agent: str
    session: str
    version: int
    topology: list[dict[str, Any]]
    settings: dict[str, Any]
    processes: list[WantedProcess]


class AgentSignal(msgspec.Struct, tag_field="about", tag="signal", frozen=True):
    """Kill, stop or continue a process of an agent."""

    agent: str
    session: str
    incarnation: int
    action: Literal["kill", "stop", "continue"]


FromAgent = Hello | Running
"""What an agent says."""
ToAgent = Welcome | Rejected | Beat | Wanted | AgentSignal
"""What an agent is told."""

_from_agent: msgspec.json.Decoder[FromAgent] = msgspec.json.Decoder(FromAgent)
_to_agent: msgspec.json.Decoder[ToAgent] = msgspec.json.Decoder(ToAgent)


def decode_from_agent(text: str | bytes) -> FromAgent:
    """Return what an agent said. Raises msgspec.MsgspecError where it is none of that."""
    return _from_agent.decode(text)


def decode_to_agent(text: str | bytes) -> ToAgent:
    """Return what an agent is told. Raises msgspec.MsgspecError where it is none of that."""
    return _to_agent.decode(text)
