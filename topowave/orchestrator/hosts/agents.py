"""The processes on agents: what each agent is to run, and what its words about it mean.

Theory of operation. An agent hears the whole of what it is to run and says the whole of what it runs
(`topowave.wire.agents`), and both may be lost, late or said again. So nothing here waits for an answer. For
each agent there are the incarnations that are `wanted` and those that were `retired`:

    wanted:  not listed yet -> listed, starting -> up <-> stopped -> ended
    retired: listed -> not listed any more, or ended: it has left

What an agent lists is compared with that, and what is new in it is told as the events that a process here
has too (`ProcessEvent`). An agent that is not among those that are here any more, or that is another run of
itself (`session`), runs nothing: by its lease its processes have ended before anybody says so.

What must hold:
- No port of an agent is given to a process while a retired one may still have it (`ports_in_use`).
- A retired process that its agent has never listed may be about to start, since what was said of it is under
  way. It has left once the agent lists a later one, or has spoken UNSEEN_WORDS times without it: it hears in
  the order in which things are said.
- An agent that does not list what is wanted of it, or lists what is not, is told once more.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field

from topowave.orchestrator.hosts.process_host import SignalAction
from topowave.orchestrator.limits import START_DEADLINE_S, STOP_GRACE_S, UNSEEN_WORDS
from topowave.orchestrator.managed_process import ManagedProcess
from topowave.orchestrator.states import ProcessEvent, State
from topowave.wire.agents import AgentSignal, Hello, RunningProcess, WantedProcess
from topowave.wire.control import AgentRuns


@dataclass(frozen=True, slots=True)
class Happened:
    """What a process on an agent did: `event` is None where only its process id has become known."""

    process: ManagedProcess
    event: ProcessEvent | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AgentsChange:
    """Who has come and who has gone, by name, and the processes that ended with those that went."""

    came: list[str]
    went: list[str]
    lost: list[ManagedProcess]


@dataclass(slots=True)
class _Retired:
    ports: tuple[int, ...]
    kill_at_s: float
    """When it is to be killed, unless it has left (monotonic, s)."""
    unseen: int = 0
    """How often the agent has spoken since, without having listed it ever."""


@dataclass(slots=True)
class _Agent:
    hello: Hello
    wanted: dict[int, ManagedProcess] = field(default_factory=dict[int, ManagedProcess])
    ports: dict[int, dict[str, int]] = field(default_factory=dict[int, dict[str, int]])
    retired: dict[int, _Retired] = field(default_factory=dict[int, _Retired])
    seen: set[int] = field(default_factory=set[int])
    """Incarnations that it has listed."""
    astray: int = 0
    """How often it has spoken since it was told last, and listed something else than is wanted."""


class AgentProcesses:
    """The processes that run on agents; a `ProcessHost`.

    Args:
        numbers: gives incarnations; shared with the processes of this machine.
        changed: called with the name of an agent that is to hear what is wanted of it.
        send: passes a signal on.
    """

    def __init__(
        self, numbers: Iterator[int], changed: Callable[[str], None], send: Callable[[AgentSignal], None]
    ) -> None:
        self._numbers = numbers
        self._changed = changed
        self._send = send
        self._agents: dict[str, _Agent] = {}

    # Who is here

    @property
    def here(self) -> Mapping[str, Hello]:
        """The agents that are here, by their names."""
        return {name: agent.hello for name, agent in self._agents.items()}

    def are_here(self, hellos: Collection[Hello]) -> AgentsChange:
        """Take note of all agents that are alive."""
        now = {hello.name: hello for hello in hellos}
        went = [
            name
            for name, agent in self._agents.items()
            if name not in now or now[name].session != agent.hello.session
        ]
        lost = [process for name in went for process in self._agents.pop(name).wanted.values()]
        came = [name for name in now if name not in self._agents]
        for name, hello in now.items():
            if name in self._agents:
                self._agents[name].hello = hello
            else:
                self._agents[name] = _Agent(hello)
                self._changed(name)
        return AgentsChange(came, went, lost)

    def ports_in_use(self, name: str) -> set[int]:
        """Return the ports of an agent that processes have there, those included that are about to end."""
        agent = self._agents[name]
        wanted = {
            agent.ports[incarnation][node]
            for incarnation, process in agent.wanted.items()
            for node in process.nodes
        }
        return wanted | {port for retired in agent.retired.values() for port in retired.ports}

    # What it is told

    def start(self, process: ManagedProcess, ports: Mapping[str, int]) -> None:
        """Have the next incarnation of a process run on its agent, which is here.

        Args:
            process: what is started.
            ports: of each of its nodes.
        """
        assert process.agent is not None
        agent = self._agents[process.agent]
        incarnation = next(self._numbers)
        process.started(None, incarnation, time.monotonic() + START_DEADLINE_S)
        agent.wanted[incarnation] = process
        agent.ports[incarnation] = dict(ports)
        self._tell(agent)

    def wanted_of(self, name: str) -> list[WantedProcess] | None:
        """Return all that an agent is to run; None where it is not here."""
        agent = self._agents.get(name)
        if agent is None:
            return None
        return [
            WantedProcess(
                incarnation,
                list(process.nodes),
                [agent.ports[incarnation][node] for node in process.nodes],
            )
            for incarnation, process in agent.wanted.items()
        ]

    def tell_of(self, processes: Collection[ManagedProcess]) -> None:
        """Tell agents of those of these processes that are theirs: they have fewer nodes now."""
        for process in processes:
            agent = self._agents.get(process.agent or "")
            if agent is not None:
                self._tell(agent)

    def session_of(self, name: str) -> str:
        """Return which run of an agent is here."""
        return self._agents[name].hello.session

    def signal(self, process: ManagedProcess, action: SignalAction) -> None:
        """Have an agent kill, stop or continue one of its processes."""
        agent = self._agents.get(process.agent or "")
        if agent is not None and process.incarnation in agent.wanted:
            self._signal(agent, process.incarnation, action)

    def _signal(self, agent: _Agent, incarnation: int, action: SignalAction) -> None:
        self._send(AgentSignal(agent.hello.name, agent.hello.session, incarnation, action))

    def _tell(self, agent: _Agent) -> None:
        agent.astray = 0
        self._changed(agent.hello.name)

    # What it says

    def run(self, said: AgentRuns) -> list[Happened]:
        """Take what an agent says that it runs; returns what is new in it."""
        agent = self._agents.get(said.agent)
        if agent is None or agent.hello.session != said.session:
            return []  # of a run that is over; the next one has nothing of it
        listed = {each.incarnation: each for each in said.processes}
        known = agent.wanted.keys() | agent.retired.keys()
        agent.seen |= known & listed.keys()
        happened: list[Happened] = []
        for incarnation, process in list(agent.wanted.items()):
            now = listed.get(incarnation)
            if now is None and incarnation in agent.seen:
                now = RunningProcess(incarnation, "ended", reason=f"was ended by agent {said.agent}")
            if now is not None:
                happened += self._news(agent, process, now)
        self._forget_retired(agent, listed)
        strangers = any(each.state != "ended" and each.incarnation not in known for each in said.processes)
        if strangers or not agent.wanted.keys() <= listed.keys():
            agent.astray += 1
            if agent.astray > 1:  # the first time what it was told may be under way
                self._tell(agent)
        else:
            agent.astray = 0
        return happened

    def _news(self, agent: _Agent, process: ManagedProcess, now: RunningProcess) -> Iterator[Happened]:
        if now.state == "ended":
            self._drop(agent, process)
            self._tell(agent)
            yield Happened(process, ProcessEvent.EXITED, now.reason or "ended")
            return
        if now.pid != process.pid:
            process.pid = now.pid
            yield Happened(process, None)
        before = len(process.nodes) - process.waiting
        if now.ready > before and process.are_ready(now.ready - before):
            yield Happened(process, ProcessEvent.READY)
        if now.state == "stopped" and process.state is not State.STOPPED:
            yield Happened(process, ProcessEvent.STOPPED)
        elif now.state != "stopped" and process.state is State.STOPPED:
            yield Happened(process, ProcessEvent.CONTINUED)

    def _forget_retired(self, agent: _Agent, listed: Mapping[int, RunningProcess]) -> None:
        """Forget what was retired and has left."""
        last = max(listed, default=-1)
        for incarnation, retired in list(agent.retired.items()):
            now = listed.get(incarnation)
            retired.unseen += 1
            may_come = incarnation not in agent.seen and incarnation > last
            unseen_long = not may_come or retired.unseen >= UNSEEN_WORDS
            has_left = unseen_long if now is None else now.state == "ended"
            if has_left:
                del agent.retired[incarnation]
                agent.seen.discard(incarnation)

    def _drop(self, agent: _Agent, process: ManagedProcess) -> dict[str, int]:
        """Want an incarnation no more; returns its ports."""
        del agent.wanted[process.incarnation]
        agent.seen.discard(process.incarnation)
        return agent.ports.pop(process.incarnation)

    # Ending

    @property
    def any_left(self) -> bool:
        """Whether any process has still to end, on an agent that is here."""
        return any(agent.wanted or agent.retired for agent in self._agents.values())

    @property
    def retired_left(self) -> bool:
        """Whether a process that was retired has still to end, on an agent that is here."""
        return any(agent.retired for agent in self._agents.values())

    def retire(self, processes: Collection[ManagedProcess]) -> None:
        """Have agents end these processes, and have nothing more to do with them."""
        for process in processes:
            agent = self._agents.get(process.agent or "")
            if agent is not None and agent.wanted.get(process.incarnation) is process:
                seen = process.incarnation in agent.seen
                ports = self._drop(agent, process)
                agent.retired[process.incarnation] = _Retired(
                    tuple(ports.values()), time.monotonic() + STOP_GRACE_S
                )
                if seen:
                    agent.seen.add(process.incarnation)
                self._tell(agent)
            process.halted()

    def end_all(self, spared: Collection[ManagedProcess] = ()) -> None:
        """Have every agent run nothing any more."""
        for agent in self._agents.values():
            self.retire([process for process in agent.wanted.values() if process not in spared])
            self._tell(agent)

    @property
    def kill_at_s(self) -> float | None:
        """When something that was retired is to be killed (monotonic, s); None where nothing is left."""
        left = (retired for agent in self._agents.values() for retired in agent.retired.values())
        return min((retired.kill_at_s for retired in left), default=None)

    def kill_late(self, now_s: float) -> None:
        """Have agents kill what was retired STOP_GRACE_S ago and is left; again after as long."""
        for agent in self._agents.values():
            for incarnation, retired in agent.retired.items():
                if now_s >= retired.kill_at_s:
                    retired.kill_at_s = now_s + STOP_GRACE_S
                    self._signal(agent, incarnation, "kill")

    def kill_all(self, spared: Collection[ManagedProcess] = ()) -> None:
        """Have agents kill every process."""
        for agent in self._agents.values():
            for incarnation, process in agent.wanted.items():
                if process not in spared:
                    self._signal(agent, incarnation, "kill")
            for incarnation in agent.retired:
                self._signal(agent, incarnation, "kill")
