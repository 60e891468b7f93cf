"""What agents are told to run, and what their words mean."""

from __future__ import annotations

import itertools

import pytest

from topowave.orchestrator.hosts.agents import AgentProcesses, Happened
from topowave.orchestrator.limits import STOP_GRACE_S, UNSEEN_WORDS
from topowave.orchestrator.managed_process import ManagedProcess
from topowave.orchestrator.states import ProcessEvent, State
from topowave.wire.agents import AgentSignal, Hello, ProcessState, RunningProcess, WantedProcess
from topowave.wire.control import AgentRuns


def hello(name: str = "east", session: str = "s1") -> Hello:
    return Hello(name, session, "127.0.0.1", 9000, 4, 1000.0, 0.3, "boot", "1")


class World:
    """Agents, what they were told to be told again, and the signals that went to them."""

    def __init__(self, *names: str) -> None:
        self.told: list[str] = []
        self.signals: list[AgentSignal] = []
        self.agents = AgentProcesses(itertools.count(), self.told.append, self.signals.append)
        self.agents.are_here([hello(name) for name in names])
        self.told.clear()

    def start(self, *names: str, agent: str = "east", port: int = 9000) -> ManagedProcess:
        process = ManagedProcess(names[0], [], names[1:], agent)
        self.agents.start(process, {name: port + number for number, name in enumerate(names)})
        return process

    def says(self, *processes: RunningProcess, agent: str = "east", session: str = "s1") -> list[Happened]:
        """Have an agent say what it runs; what happened is done to the processes, as a supervisor does."""
        happened = self.agents.run(AgentRuns(agent, session, list(processes)))
        for each in happened:
            if each.event is not None:
                each.process.happens(each.event, reason=each.reason)
        return happened


def runs(
    process: ManagedProcess, state: ProcessState = "up", ready: int = 1, pid: int = 77
) -> RunningProcess:
    return RunningProcess(process.incarnation, state, ready, 77)


@pytest.fixture
def world() -> World:
    return World("east")


def test_what_is_started_is_wanted_of_its_agent_with_names_and_ports(world: World) -> None:
    process = world.start("amber", "basil")
    assert world.agents.wanted_of("east") == [WantedProcess(0, ["amber", "basil"], [9000, 9001])]
    assert world.told == ["east"]
    assert (process.runs, process.pid, process.state) == (True, None, State.STARTING)
    assert world.agents.ports_in_use("east") == {9000, 9001}
    assert world.agents.wanted_of("west") is None


def test_a_process_is_ready_once_all_its_servers_are(world: World) -> None:
    process = world.start("amber", "basil")
    assert [each.event for each in world.says(runs(process, "starting", 1))] == [None]
    assert (process.pid, process.servers_settled) == (77, 1)
    assert [each.event for each in world.says(runs(process, "up", 2))] == [ProcessEvent.READY]
    assert world.says(runs(process, "up", 2)) == []
    assert process.state is State.UP


def test_one_that_is_stopped_and_goes_on_says_so(world: World) -> None:
    process = world.start("amber")
    world.says(runs(process))
    assert [each.event for each in world.says(runs(process, "stopped"))] == [ProcessEvent.STOPPED]
    assert [each.event for each in world.says(runs(process, "up"))] == [ProcessEvent.CONTINUED]
    world.agents.signal(process, "stop")
    assert world.signals == [AgentSignal("east", "s1", 0, "stop")]


def test_one_that_ended_is_wanted_no_more_and_comes_with_its_reason(world: World) -> None:
    process = world.start("amber")
    world.says(runs(process))
    world.told.clear()
    ended = RunningProcess(0, "ended", reason="killed by SIGKILL")
    assert world.says(ended) == [Happened(process, ProcessEvent.EXITED, "killed by SIGKILL")]
    assert world.agents.wanted_of("east") == []
    assert world.told == ["east"]
    assert not process.runs
    world.agents.start(process, {"amber": 9000})
    assert world.says(ended) == []  # said before it heard of the next one
    assert process.incarnation == 1


def test_one_that_was_listed_and_is_no_more_has_ended(world: World) -> None:
    process = world.start("amber")
    assert world.says() == []
    world.says(runs(process))
    assert world.says() == [Happened(process, ProcessEvent.EXITED, "was ended by agent east")]


def test_an_agent_that_does_not_list_what_is_wanted_or_lists_what_is_not_is_told_again(world: World) -> None:
    process = world.start("amber")
    world.told.clear()
    world.says()
    assert world.told == []  # it may be under way
    world.says()
    assert world.told == ["east"]
    world.told.clear()
    for _ in range(2):
        world.says(runs(process), RunningProcess(99, "up", 1, 5))
    assert world.told == ["east"]


def test_what_an_agent_said_in_another_session_means_nothing(world: World) -> None:
    process = world.start("amber")
    assert world.says(runs(process), session="s0") == []
    assert world.says(runs(process), agent="west") == []


def test_an_agent_that_is_gone_or_another_run_of_itself_has_lost_what_it_ran() -> None:
    world = World("east", "west")
    here, there = world.start("amber"), world.start("basil", agent="west")
    change = world.agents.are_here([hello("east", "s2")])
    assert (change.came, change.went, change.lost) == (["east"], ["east", "west"], [here, there])
    assert world.agents.wanted_of("east") == []
    assert not world.agents.any_left
    again = world.agents.are_here([hello("east", "s2")])
    assert (again.came, again.went, again.lost) == ([], [], [])


def test_what_was_retired_has_its_ports_until_the_agent_lists_it_no_more(world: World) -> None:
    process = world.start("amber")
    world.says(runs(process))
    world.agents.retire([process])
    assert (process.runs, process.pid) == (False, None)
    assert world.agents.wanted_of("east") == []
    assert world.says(runs(process)) == []
    assert world.agents.ports_in_use("east") == {9000}
    world.says()
    assert not world.agents.retired_left
    assert world.agents.ports_in_use("east") == set()


def test_what_was_retired_is_killed_in_time_whatever_is_retired_after_it(world: World) -> None:
    first, second = world.start("amber"), world.start("basil", port=9005)
    world.agents.retire([first])
    at_s = world.agents.kill_at_s
    assert at_s is not None
    world.agents.retire([second])
    assert world.agents.kill_at_s == at_s
    world.agents.kill_late(at_s)
    assert world.signals[0] == AgentSignal("east", "s1", first.incarnation, "kill")
    assert world.agents.kill_at_s is not None
    assert world.agents.kill_at_s >= at_s
    world.agents.kill_late(at_s + 10 * STOP_GRACE_S)
    assert [signal.incarnation for signal in world.signals[-2:]] == [first.incarnation, second.incarnation]


def test_what_was_retired_before_it_was_ever_listed_may_be_about_to_start(world: World) -> None:
    world.agents.retire([world.start("amber")])
    for _ in range(UNSEEN_WORDS - 1):
        world.says()
        assert world.agents.retired_left
    world.says()
    assert not world.agents.retired_left


def test_what_was_retired_unseen_has_left_once_a_later_one_is_listed(world: World) -> None:
    world.agents.retire([world.start("amber")])
    later = world.start("basil", port=9005)
    world.says(runs(later))
    assert not world.agents.retired_left


def test_at_the_end_every_agent_is_told_to_run_nothing() -> None:
    world = World("east", "west")
    process = world.start("amber")
    world.says(runs(process))
    world.told.clear()
    world.agents.end_all()
    assert set(world.told) == {"east", "west"}
    assert (world.agents.wanted_of("east"), world.agents.any_left) == ([], True)
    world.says(RunningProcess(0, "ended"))
    assert not world.agents.any_left


def test_one_that_has_let_go_of_a_node_is_wanted_without_it(world: World) -> None:
    process = world.start("amber", "basil")
    process.let_go(["amber"])
    world.told.clear()
    world.agents.tell_of([process])
    assert world.agents.wanted_of("east") == [WantedProcess(0, ["basil"], [9001])]
    assert world.told == ["east"]
