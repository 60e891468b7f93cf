"""An agent in a process of its own, before a stand-in for the controller."""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import sys
import urllib.request
from collections.abc import Callable, Iterator

import pytest

from tests.support.agents import StartedAgent
from tests.support.waiting import until, wait_gone
from tests.unit.orchestrator.agent.played_controller import PlayedController
from tests.unit.orchestrator.support import assert_free, wait_free
from topowave.orchestrator.limits import DESCRIPTORS_SPARE
from topowave.wire.agents import Rejected, WantedProcess, Welcome

SERVER = f"{sys.executable} -m http.server {{port}} --bind {{host}}"
STUBBORN = f"sh -c 'trap \"\" TERM; {sys.executable} -m http.server {{port}} --bind {{host}}'"


@pytest.fixture
def controllers() -> Iterator[Callable[..., PlayedController]]:
    """Starts stand-ins for controllers."""
    started: list[PlayedController] = []

    def start(port: int, *args: Welcome | Rejected, refuses: bool = False) -> PlayedController:
        started.append(PlayedController(port, *args, refuses=refuses))
        return started[-1]

    yield start
    for each in started:
        each.close()


@pytest.fixture
def agents() -> Iterator[Callable[..., StartedAgent]]:
    """Starts agents, and kills them after the test."""
    started: list[StartedAgent] = []

    def start(port: int, *options: str) -> StartedAgent:
        started.append(StartedAgent(port, *options))
        return started[-1]

    yield start
    for each in started:
        each.end()


@pytest.fixture
def port(free_ports: Callable[[int], list[int]]) -> int:
    """The controller's."""
    return free_ports(1)[0]


Controllers = Callable[..., PlayedController]
Agents = Callable[..., StartedAgent]
FreePorts = Callable[[int], list[int]]


def test_our_own_nodes_share_a_process_and_end_with_goodbye(
    controllers: Controllers, agents: Agents, free_ports: FreePorts, port: int
) -> None:
    controller, (first, second) = controllers(port), free_ports(2)
    agent = agents(port, "--heartbeat", "5", "--port", str(first))
    hello = controller.wait_registered()
    assert (hello.name, hello.host, hello.port, hello.heartbeat, hello.workload) == (
        "one",
        "127.0.0.1",
        first,
        5.0,
        None,
    )
    controller.want(WantedProcess(7, ["root", "leaf"], [first, second]))
    pid = controller.wait(7, "up", 2).pid
    with urllib.request.urlopen(f"http://127.0.0.1:{second}/specs") as answer:
        assert json.load(answer)["name"] == "leaf"
    agent.signal(signal.SIGINT)
    assert agent.ended() == 0
    wait_gone([pid or 0])
    until(lambda: controller.codes, lambda codes: codes == [1000])
    last = [(each.incarnation, each.state, each.reason) for each in controller.said[-1].processes]
    assert last == [(7, "ended", "was ended with its agent")]
    assert_free(first, second)
    assert agent.says("one is part of the lab")()


def test_what_has_ended_is_told_and_not_started_again(
    controllers: Controllers, agents: Agents, free_ports: FreePorts, port: int
) -> None:
    controller, (first,) = controllers(port), free_ports(1)
    agent = agents(port, "--heartbeat", "5", "--workload", SERVER)
    controller.wait_registered()
    controller.want(WantedProcess(1, ["root"], [first]))
    controller.wait(1, "up", 1)
    controller.signal(1, "kill")
    assert controller.wait(1, "ended").reason == "killed by SIGKILL"
    controller.want(WantedProcess(1, ["root"], [first]), WantedProcess(2, ["root"], [first]))
    controller.wait(2, "up")
    assert controller.wait(1, "ended").pid is None
    assert agent.says(f"root on port {first} has ended: killed by SIGKILL")()


def test_a_process_may_be_stopped_and_continued(
    controllers: Controllers, agents: Agents, free_ports: FreePorts, port: int
) -> None:
    controller, (first,) = controllers(port), free_ports(1)
    agents(port, "--heartbeat", "5", "--workload", SERVER)
    controller.wait_registered()
    controller.want(WantedProcess(1, ["root"], [first]))
    controller.wait(1, "up")
    controller.signal(1, "stop")
    controller.wait(1, "stopped")
    controller.signal(1, "continue")
    controller.wait(1, "up")


def test_a_process_that_would_need_more_open_files_than_the_system_allows_is_told_and_not_started(
    controllers: Controllers, agents: Agents, free_ports: FreePorts, port: int
) -> None:
    controller, (first,) = controllers(port), free_ports(1)
    agent = agents(port, "--heartbeat", "5")
    controller.wait_registered()
    resource.prlimit(agent.process.pid, resource.RLIMIT_NOFILE, (DESCRIPTORS_SPARE, DESCRIPTORS_SPARE))
    controller.want(WantedProcess(1, ["root"], [first]))
    reason = controller.wait(1, "ended").reason
    assert "open files in one process and the system allows" in reason
    assert "--processes" in reason


def test_a_port_that_is_taken_and_an_odd_process_are_told(
    controllers: Controllers, agents: Agents, free_ports: FreePorts, port: int
) -> None:
    controller, (first, second, third) = controllers(port), free_ports(3)
    agents(port, "--heartbeat", "5", "--workload", SERVER)
    controller.wait_registered()
    with socket.create_server(("127.0.0.1", first)):
        controller.want(WantedProcess(1, ["root"], [first]), WantedProcess(2, ["a", "b"], [second, third]))
        assert controller.wait(1, "ended").reason == f"port {first} is taken on 127.0.0.1"
        assert controller.wait(2, "ended").reason == "a workload's process runs one replica"


def test_what_is_not_wanted_is_ended_and_its_port_given_on(
    controllers: Controllers, agents: Agents, free_ports: FreePorts, port: int
) -> None:
    controller, (first,) = controllers(port), free_ports(1)
    agents(port, "--heartbeat", "5", "--workload", SERVER)
    controller.wait_registered()
    controller.want(WantedProcess(1, ["root"], [first]))
    before = controller.wait(1, "up").pid
    controller.want(WantedProcess(2, ["root"], [first]))
    assert controller.wait(2, "up").pid != before
    controller.wait_lists(2)
    wait_gone([before or 0])


def test_without_an_answer_all_is_ended_and_registered_anew(
    controllers: Controllers, agents: Agents, free_ports: FreePorts, port: int
) -> None:
    controller, (first,) = controllers(port), free_ports(1)
    agent = agents(port, "--heartbeat", "1", "--workload", SERVER)
    session = controller.wait_registered().session
    controller.want(WantedProcess(1, ["root"], [first]))
    pid = controller.wait(1, "up").pid
    controller.answers = False
    assert controller.wait_registered(2).session != session
    wait_gone([pid or 0], patience_s=0)
    assert agent.says("no answer from the lab")()
    assert controller.wait(1, "ended").reason == "has ended already"
    controller.answers = True
    controller.want(WantedProcess(2, ["root"], [first]))
    controller.wait(2, "up")


def test_a_connection_that_breaks_ends_nothing(
    controllers: Controllers, agents: Agents, free_ports: FreePorts, port: int
) -> None:
    controller, (first,) = controllers(port), free_ports(1)
    agent = agents(port, "--heartbeat", "10", "--workload", SERVER)
    session = controller.wait_registered().session
    controller.want(WantedProcess(1, ["root"], [first]))
    pid = controller.wait(1, "up").pid
    controller.hang_up()
    assert controller.wait_registered(2).session == session
    before = len(controller.said)
    until(lambda: len(controller.said) > before)
    assert controller.wait(1, "up").pid == pid
    assert agent.says("unless it does within 30 s")()


def test_a_link_that_dies_is_started_again_and_ends_nothing(
    controllers: Controllers, agents: Agents, free_ports: FreePorts, port: int
) -> None:
    controller, (first,) = controllers(port), free_ports(1)
    agent = agents(port, "--heartbeat", "10", "--workload", SERVER)
    session = controller.wait_registered().session
    controller.want(WantedProcess(1, ["root"], [first]))
    pid = controller.wait(1, "up").pid
    (link,) = agent.children() - {pid}
    os.kill(link, signal.SIGKILL)
    assert controller.wait_registered(2).session == session
    assert controller.wait(1, "up").pid == pid


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_an_agent_that_is_killed_or_stands_still_leaves_nothing_running(
    controllers: Controllers, agents: Agents, free_ports: FreePorts, port: int, number: signal.Signals
) -> None:
    controller, (first,) = controllers(port), free_ports(1)
    agent = agents(port, "--heartbeat", "1", "--workload", SERVER)
    controller.wait_registered()
    controller.want(WantedProcess(1, ["root"], [first]))
    pid = controller.wait(1, "up").pid
    agent.signal(number)
    assert agent.ended() == -signal.SIGKILL
    wait_gone([pid or 0])
    assert number == signal.SIGKILL or agent.says("has stood still")()


def test_a_second_ctrl_c_kills_what_does_not_end(
    controllers: Controllers, agents: Agents, free_ports: FreePorts, port: int
) -> None:
    controller, (first,) = controllers(port), free_ports(1)
    agent = agents(port, "--heartbeat", "5", "--workload", STUBBORN)
    controller.wait_registered()
    controller.want(WantedProcess(1, ["root"], [first]))
    pid = controller.wait(1, "up").pid
    agent.signal(signal.SIGINT)
    until(agent.says("ending what runs here"))
    agent.signal(signal.SIGINT)
    assert agent.ended() == 0
    wait_gone([pid or 0])


def test_what_ignores_the_end_is_killed_after_a_while(
    controllers: Controllers, agents: Agents, free_ports: FreePorts, port: int
) -> None:
    controller, (first,) = controllers(port), free_ports(1)
    agents(port, "--heartbeat", "5", "--workload", STUBBORN)
    controller.wait_registered()
    controller.want(WantedProcess(1, ["root"], [first]))
    controller.wait(1, "up")
    controller.want()
    controller.wait_lists()
    wait_free(first)


def test_an_agent_that_is_rejected_says_why_and_ends(
    controllers: Controllers, agents: Agents, port: int
) -> None:
    controllers(port, Rejected("there is an agent one already"))
    agent = agents(port, "--workload", SERVER)
    assert agent.ended() == 2
    until(agent.says("there is an agent one already"))


def test_a_program_that_takes_no_agents_is_told_and_the_agent_ends(
    controllers: Controllers, agents: Agents, port: int
) -> None:
    controllers(port, refuses=True)
    agent = agents(port, "--workload", SERVER)
    assert agent.ended() == 2
    until(agent.says(f"what answers at http://127.0.0.1:{port} is no lab"))


def test_a_journal_or_a_class_that_is_not_here_ends_the_agent(
    controllers: Controllers, agents: Agents, port: int
) -> None:
    controllers(port, Welcome(algorithm_files=["/nowhere/mine.py:Mine"]))
    agent = agents(port)
    assert agent.ended() == 2
    until(agent.says("/nowhere/mine.py:Mine: the lab runs it, so it is needed here too"))


def test_a_controller_that_is_not_there_is_waited_for_and_that_is_said_once(
    controllers: Controllers, agents: Agents, port: int
) -> None:
    agent = agents(port, "--heartbeat", "0.1", "--workload", SERVER)
    until(agent.says("one waits for the lab at"))
    controller = controllers(port)
    controller.wait_registered()
    until(agent.says("one is part of the lab"))
    assert sum("waits" in line for line in agent.lines) == 1
    agent.signal(signal.SIGTERM)
    assert agent.ended() == 0
