"""Nodes on agents, with stand-ins for the servers; what agents say, the test says for them."""

from __future__ import annotations

import signal
from collections.abc import Callable
from typing import Any

from tests.support.waiting import PATIENCE_S
from tests.unit.orchestrator.support import Control, Message, StandIns, assert_free, kill, tree

Start = Callable[..., StandIns]
FreePorts = Callable[[int], list[int]]


def hello(name: str, session: str = "s1") -> Message:
    about = {"name": name, "session": session, "host": "127.0.0.1", "port": 9000, "cores": 4}
    return {**about, "free_mb": 4000.0, "heartbeat": 1.0, "boot": "here", "version": "1", "about": "hello"}


def here(control: Control, *names: str, session: str = "s1") -> None:
    """Have the balancer say which agents are alive."""
    control.ask("agents", agents=[hello(name, session) for name in names])


def on_agents(ports: list[int], **agents: str) -> Message:
    """A root with children n1, n2, ..., of which some run on agents."""
    data = tree(ports)
    for child in data["children"]:
        if child["name"] in agents:
            child.update(agent=agents[child["name"]], host="127.0.0.1")
    return data


def wanted(control: Control, agent: str, *names: str) -> Message:
    """Wait until exactly these nodes are wanted of an agent."""
    said: Message = {}
    while said.get("agent") != agent or sorted(n for each in said["processes"] for n in each["names"]) != [
        *names
    ]:
        said = control.wait(kind="wanted")["wanted"]
    return said


def runs(control: Control, said: Message, state: str = "up", **more: Any) -> None:
    """Have an agent say that it runs what is wanted of it."""
    processes = [
        {
            "incarnation": each["incarnation"],
            "state": state,
            "ready": len(each["names"]),
            "pid": 4194304,
            **more,
        }
        for each in said["processes"]
    ]
    control.ask("agent_runs", agent=said["agent"], session=said["session"], processes=processes)


def joined(lab: StandIns, control: Control, ports: list[int], **agents: str) -> Message:
    """Let nodes join on one agent; returns what was wanted of it."""
    network = on_agents(ports, **agents)
    here(control, *dict.fromkeys(agents.values()))
    control.ask("prepare", id="p", topology=network)
    said = wanted(control, next(iter(agents.values())), *agents)
    runs(control, said)
    control.wait(kind="done", id="p")
    control.ask("change", id="c", topology=network)
    for name in agents:
        control.wait(name=name, state="up")
    control.wait(kind="done", id="c")
    return said


def test_a_node_joins_on_an_agent_and_its_port_stays_free_here(lab: StandIns, free_ports: FreePorts) -> None:
    control, (port,) = lab.control(), free_ports(1)
    said = joined(lab, control, [*lab.ports, port], n3="east")
    assert [(each["names"], each["ports"]) for each in said["processes"]] == [(["n3"], [port])]
    assert (said["version"], said["settings"]["balancer_port"]) == (2, lab.balancer_port)
    row = next(each for each in said["topology"] if each["name"] == "n3")
    assert (row["agent"], row["host"]) == ("east", "127.0.0.1")
    assert_free(port)


def test_a_node_on_an_agent_that_is_not_here_is_refused(lab: StandIns, free_ports: FreePorts) -> None:
    control = lab.control()
    control.ask("prepare", id=1, topology=on_agents([*lab.ports, *free_ports(1)], n3="east"))
    assert control.wait(kind="refused", id=1)["problems"] == ["topology: agent east is not here"]


def test_a_node_that_dies_on_an_agent_is_wanted_there_again_as_another_incarnation(
    lab: StandIns, free_ports: FreePorts
) -> None:
    control = lab.control()
    first = joined(lab, control, [*lab.ports, *free_ports(1)], n3="east")
    runs(control, first, "ended", ready=0, reason="killed by SIGKILL")
    assert control.wait(name="n3", state="dead")["reason"] == "killed by SIGKILL"
    again = wanted(control, "east", "n3")
    assert again["processes"][0]["incarnation"] > first["processes"][0]["incarnation"]
    runs(control, again)
    assert control.wait(name="n3", state="up")["restarts"] == 1


def test_one_that_dies_while_others_join_on_its_agent_is_started_with_a_network_that_runs(
    lab: StandIns, free_ports: FreePorts
) -> None:
    control, ports = lab.control(), [*lab.ports, *free_ports(2)]
    first = joined(lab, control, ports[:4], n3="east")
    both = on_agents(ports, n3="east", n4="east")
    control.ask("prepare", id=1, topology=both)
    said = wanted(control, "east", "n3", "n4")
    assert said["version"] == 3
    runs(control, first, "ended", ready=0)
    alone = wanted(control, "east", "n4")  # with a network that may never come n3 is not started
    runs(control, alone)
    control.wait(kind="done", id=1)
    control.ask("change", id=2, topology=both)
    again = wanted(control, "east", "n3", "n4")
    assert again["version"] == 3
    runs(control, again)
    control.wait(name="n3", state="up", restarts=1)


def test_a_signal_to_a_node_on_an_agent_goes_to_the_agent_and_to_no_process_here(
    lab: StandIns, free_ports: FreePorts
) -> None:
    control = lab.control()
    said = joined(lab, control, [*lab.ports, *free_ports(1)], n3="east")
    number = said["processes"][0]["incarnation"]
    local = lab.node(lab.ports[1])["pid"]
    runs(control, said, pid=local)  # a process of that number is here, too, and is another one
    control.wait(name="n3", pid=local)
    control.ask("signal", id=1, name="n3", action="kill")
    sent = control.wait(kind="agent_signal")["signal"]
    assert (sent["agent"], sent["incarnation"], sent["action"]) == ("east", number, "kill")
    control.wait(kind="done", id=1)
    assert lab.node(lab.ports[1])["pid"] == local


def test_nodes_of_an_agent_that_is_silent_are_dead_and_move_and_come_nowhere_twice(
    lab: StandIns, free_ports: FreePorts
) -> None:
    control, ports = lab.control(), [*lab.ports, *free_ports(1)]
    joined(lab, control, ports, n3="east")
    elsewhere = on_agents(ports, n3="west")
    here(control, "east", "west")
    control.ask("prepare", id=1, topology=elsewhere)
    problems = control.wait(kind="refused", id=1)["problems"]
    assert problems == ["topology: node n3: it runs, so its port, place and cpu must stay as they are"]
    here(control, "west")
    assert control.wait(name="n3", state="dead")["reason"] == "agent east is gone"
    control.ask("prepare", id=2, topology=elsewhere)
    said = wanted(control, "west", "n3")
    control.ask("agents", agents=[hello("west"), hello("east", "s2")])
    assert wanted(control, "east")["session"] == "s2"  # it is back, but its node is about to run elsewhere
    runs(control, said)
    control.wait(kind="done", id=2)
    control.ask("change", id=3, topology=elsewhere)
    assert control.wait(name="n3", state="up")["numbers"] == [3]
    control.wait(kind="done", id=3)
    here(control, "west")
    here(control, "east", "west")
    assert wanted(control, "east")["processes"] == []


def test_nodes_of_an_agent_that_is_back_before_they_moved_are_started_there_again(
    lab: StandIns, free_ports: FreePorts
) -> None:
    control = lab.control()
    first = joined(lab, control, [*lab.ports, *free_ports(1)], n3="east")
    here(control)
    control.wait(name="n3", state="dead")
    here(control, "east", session="s2")
    again = wanted(control, "east", "n3")
    assert again["session"] == "s2"
    assert again["processes"][0]["incarnation"] > first["processes"][0]["incarnation"]
    runs(control, again)
    assert control.wait(name="n3", state="up")["restarts"] == 0


def test_a_balancer_that_is_new_is_told_which_agents_there_were_and_what_they_run(
    lab: StandIns, free_ports: FreePorts
) -> None:
    control = lab.control()
    joined(lab, control, [*lab.ports, *free_ports(1)], n3="east")
    kill(control.seen[0]["pid"])
    again = lab.control()
    again.wait(kind="hello")
    again.wait_each(
        {"kind": "agents", "agents": [{**hello("east"), "workload": None}]}, {"name": "n3", "state": "up"}
    )
    third = lab.control()
    wanted(third, "east", "n3")


def test_the_nodes_of_a_lab_on_agents_wait_until_a_network_says_where_they_run(standins: Start) -> None:
    lab = standins(behaviour="agents")
    lab.read_until("progress")
    control = lab.control()
    assert control.wait(name="root")["state"] == "starting"
    assert_free(*lab.ports)
    control.ask("signal", id=1, name="n1", action="kill")
    assert control.wait(kind="refused", id=1)["problems"] == [
        "node n1 is starting: it has no agent to run on yet"
    ]
    here(control, "east", "west")
    assert lab.read_until("agents")[-1] == "agents 2 of 2"
    network = on_agents(lab.ports, n1="west", n2="west")
    network |= {"agent": "east", "host": "127.0.0.1"}
    control.ask("prepare", id=2, topology=network)
    for agent, names in (("east", ["root"]), ("west", ["n1", "n2"])):
        said = wanted(control, agent, *names)
        assert len(said["processes"]) == 1  # an agent of such a lab is one process of it
        runs(control, said)
    control.wait(kind="done", id=2)
    control.ask("change", id=3, topology=network)
    control.wait(kind="done", id=3)
    assert lab.read_until("running")[-2:] == ["progress 4/4", "running in 2"]


def test_a_lab_that_ends_waits_until_its_agents_say_that_nothing_runs_there(
    lab: StandIns, free_ports: FreePorts
) -> None:
    control = lab.control()
    said = joined(lab, control, [*lab.ports, *free_ports(1)], n3="east")
    lab.process.send_signal(signal.SIGTERM)
    wanted(control, "east")
    runs(control, said)  # it has not ended yet, and the balancer lives on for its word
    control.ask("signal", id=1, name="n3", action="kill")
    assert control.wait(kind="refused", id=1)["problems"] == ["the lab is stopping"]
    runs(control, said, "ended", ready=0)
    assert lab.process.wait(PATIENCE_S) == 0
