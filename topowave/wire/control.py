"""What orchestrator and balancer say to each other: one JSON object a line, on a socket pair.

To the balancer go `topology`, `config`, `executors`, `goal`, `node`, `agents`, `wanted`, `agent_signal`,
`done` and `refused`; from it come `replace`, `prepare`, `change`, `keep_goal`, `configure`, `set_executor`,
`signal`, `agents`, `agent_runs`, `tell` and `shutdown`.
Each form is written here only; both ends encode and decode with it.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

import msgspec

from topowave.short_text import SENTENCE_CHARS
from topowave.translation import in_json
from topowave.wire.agents import AgentSignal, Hello, RunningProcess, Wanted

NodeState: TypeAlias = Literal["starting", "up", "stopped", "dead", "failed", "foreign"]
"""What a node is doing, as the page shows it."""
Action: TypeAlias = Literal["kill", "stop", "continue", "start"]
"""What may be done to a node's process; `start` is for one that was given up."""
RequestId: TypeAlias = int | str
"""Names a request, so that its answer is known."""
Rows: TypeAlias = list[dict[str, Any]]
"""A network as a row a node (`topowave.topology.flat_form`)."""


class TopologyNow(msgspec.Struct, tag_field="kind", tag="topology", frozen=True):
    """The network that runs from now on; where it `keeps`, nodes that were in the last one have gone on."""

    topology: Rows
    version: int
    keeps: bool = False


class ConfigNow(msgspec.Struct, tag_field="kind", tag="config", frozen=True):
    """The settings that may be changed while the lab runs, as they are from now on."""

    settings: dict[str, int | float | str]


class ExecutorsNow(msgspec.Struct, tag_field="kind", tag="executors", frozen=True):
    """What tasks the nodes take from now on, by their names, as topology.json says it; the others all."""

    executors: dict[str, dict[str, Any]]


class Ran(msgspec.Struct, frozen=True):
    """What a process ran when it ended: a handler of a user's class.

    `text` is a sentence for the wave in which that was, and `algorithm` the name of what runs there.
    `to_blame` where nothing but the handler can have ended it.
    """

    wave: str
    node: str
    algorithm: str
    text: str
    to_blame: bool = True


class GoalNow(msgspec.Struct, tag_field="kind", tag="goal", frozen=True):
    """What the lab is wanted to be, as the balancer has said it last: see `balancer.scaling.states.Goal`."""

    replicas: int | None = None
    leaving: list[str] = []
    deleted: list[str] = []
    joined: list[str] = []
    parent: str | None = None
    cpu: int | None = None
    role: str | None = None


class NodeNow(msgspec.Struct, tag_field="kind", tag="node", frozen=True):
    """What one process of nodes does from now on: `name` is one of them, `others` are those that share it.

    `ran` is in the middle of what its last incarnation ended, where that was a handler of a user's class.
    `started_at`: when its present incarnation was started (seconds since 1970); None where none runs.
    `numbers` are those of the nodes as replicas, `name` first: each has its own as long as it is there.
    """

    name: str
    state: NodeState
    pid: int | None = None
    restarts: int = 0
    reason: str | None = None
    others: tuple[str, ...] = ()
    ran: Ran | None = None
    started_at: float | None = None
    numbers: tuple[int, ...] = ()


class Done(msgspec.Struct, tag_field="kind", tag="done", frozen=True):
    """A request was carried out."""

    id: RequestId


class Refused(msgspec.Struct, tag_field="kind", tag="refused", frozen=True):
    """A request changed nothing, and why."""

    id: RequestId
    problems: list[str]


class Replace(msgspec.Struct, tag_field="kind", tag="replace", frozen=True):
    """Replace the running network by another one."""

    id: RequestId
    topology: Rows


class Prepare(msgspec.Struct, tag_field="kind", tag="prepare", frozen=True):
    """Start the nodes of another network that do not run yet; done when they are up, and it can follow."""

    id: RequestId
    topology: Rows


class Change(msgspec.Struct, tag_field="kind", tag="change", frozen=True):
    """Go on with another network at once: what it shares with this one runs on, what it lacks ends.

    Nodes that do not run yet were prepared.
    """

    id: RequestId
    topology: Rows


class KeepGoal(msgspec.Struct, tag_field="kind", tag="keep_goal", frozen=True):
    """Keep what the lab is wanted to be for the next balancer, as long as this network is not replaced."""

    id: RequestId
    goal: GoalNow


class Configure(msgspec.Struct, tag_field="kind", tag="configure", frozen=True):
    """Change some of the settings that may be changed while the lab runs, for all that runs and will."""

    id: RequestId
    settings: dict[str, int | float | str]


class SetExecutor(msgspec.Struct, tag_field="kind", tag="set_executor", frozen=True):
    """Change what tasks a node takes, as long as its network runs; a `limit` of null is none."""

    id: RequestId
    name: str
    changes: dict[str, Any]


class SignalRequest(msgspec.Struct, tag_field="kind", tag="signal", frozen=True):
    """Kill, stop or continue one node, or start one again that was given up."""

    id: RequestId
    name: str
    action: Action


class AgentsHere(msgspec.Struct, tag_field="kind", tag="agents", frozen=True):
    """All agents that are alive, as a balancer knows them; of those that are not named nothing runs any more.

    Said at each change; by a new balancer only once agents that the network names have had time to come back.
    Which those are, and for how long their leases last, the orchestrator tells it in the same words.
    """

    agents: list[Hello]


class AgentRuns(msgspec.Struct, tag_field="kind", tag="agent_runs", frozen=True):
    """All that an agent runs."""

    agent: str
    session: str
    processes: list[RunningProcess]


class WantedOfAgent(msgspec.Struct, tag_field="kind", tag="wanted", frozen=True):
    """What the balancer is to pass on to an agent: what to run."""

    wanted: Wanted


class SignalOfAgent(msgspec.Struct, tag_field="kind", tag="agent_signal", frozen=True):
    """What the balancer is to pass on to an agent: a signal."""

    signal: AgentSignal


class Shutdown(msgspec.Struct, tag_field="kind", tag="shutdown", frozen=True):
    """End the lab, as SIGTERM would."""


class Tell(msgspec.Struct, tag_field="kind", tag="tell", frozen=True):
    """Tell whoever watches the lab come up that links are being opened, or are open: a sentence."""

    text: Annotated[str, msgspec.Meta(max_length=SENTENCE_CHARS)]


Notice = (
    TopologyNow
    | ConfigNow
    | ExecutorsNow
    | GoalNow
    | NodeNow
    | AgentsHere
    | WantedOfAgent
    | SignalOfAgent
    | Done
    | Refused
)
"""What the balancer is told."""
Request = (
    Replace
    | Prepare
    | Change
    | KeepGoal
    | Configure
    | SetExecutor
    | SignalRequest
    | AgentsHere
    | AgentRuns
    | Shutdown
    | Tell
)
"""What the balancer asks for."""

_notices: msgspec.json.Decoder[Notice] = msgspec.json.Decoder(Notice)
_requests: msgspec.json.Decoder[Request] = msgspec.json.Decoder(Request)


def line_of(message: Notice | Request | AgentRuns) -> bytes:
    """Return a message as a line."""
    return msgspec.json.encode(message, enc_hook=in_json) + b"\n"


def decode_notice(line: bytes) -> Notice:
    """Read one line from the orchestrator.

    Raises:
        msgspec.ValidationError, msgspec.DecodeError: it is none of the messages above.
        RecursionError: it is nested more deeply than any of them.
    """
    return _notices.decode(line)


def decode_request(line: bytes | bytearray) -> Request:
    """Read one line from the balancer. Raises as `decode_notice` does."""
    return _requests.decode(line)
