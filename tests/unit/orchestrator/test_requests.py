"""What the balancer may ask the orchestrator for, with stand-ins for the servers."""

import os
import socket
from collections.abc import Callable

import pytest

from tests.support.waiting import PATIENCE_S, wait_gone
from tests.unit.orchestrator.support import StandIns, assert_free, kill, tree
from topowave.topology import LabConfig
from topowave.topology.config import running_settings

Start = Callable[..., StandIns]
FreePorts = Callable[[int], list[int]]


def test_a_node_is_stopped_and_continued_and_killed_by_name(lab: StandIns) -> None:
    control = lab.control()
    control.wait(name="n1", state="up")
    for number, (action, state) in enumerate([("stop", "stopped"), ("continue", "up"), ("kill", "dead")]):
        control.ask("signal", id=number, name="n1", action=action)
        control.wait(name="n1", state=state)
        assert {"kind": "done", "id": number} in control.seen or control.wait(kind="done", id=number)


def test_what_the_balancer_tells_of_links_is_passed_on_to_who_watches(lab: StandIns) -> None:
    lab.control().ask("tell", text="2 of 4 connections are open")
    lab.read_until("links 2 of 4 connections are open")


def test_a_node_that_was_given_up_is_started_again_when_somebody_asks(standins: Start) -> None:
    lab = standins(behaviour="crash:n1")
    lab.read_until("running")
    control = lab.control()
    control.wait(name="n1", state="failed")
    with socket.create_server(("127.0.0.1", lab.ports[1])):
        control.ask("signal", id=1, name="n1", action="start")
        refusal = control.wait(kind="refused", id=1)
    assert refusal["problems"] == [f"port {lab.ports[1]} (node n1) is in use by another program"]
    control.ask("signal", id=2, name="n1", action="start")
    control.wait(kind="done", id=2)
    # It dies at every start still, and so it is given up again, with as many restarts as the first time.
    assert control.wait(name="n1", state="failed", restarts=11)["reason"] == "ended with code 7"
    control.ask("signal", id=3, name="root", action="start")
    problems = control.wait(kind="refused", id=3)["problems"]
    assert problems == ["node root is up; only one that was given up is started again"]


def test_a_signal_to_a_stranger_is_refused(lab: StandIns) -> None:
    control = lab.control()
    control.ask("signal", id=1, name="nobody", action="kill")
    assert control.wait(kind="refused", id=1)["problems"] == ["there is no node nobody"]


def test_a_node_that_somebody_else_runs_is_neither_started_nor_signalled(
    standins: Start, free_ports: FreePorts
) -> None:
    ports = free_ports(2)
    data = tree(ports)
    data["children"][0]["launch"] = False
    lab = standins(topology=data)
    assert lab.read_until("running")[-2] == "progress 2/2"
    control = lab.control()
    assert control.wait(name="n1")["state"] == "foreign"
    assert_free(ports[1])
    control.ask("signal", id=1, name="n1", action="stop")
    assert control.wait(kind="refused")["problems"] == ["node n1 is run by somebody else"]


def test_what_is_no_request_is_passed_over(lab: StandIns) -> None:
    control = lab.control()
    control.ask("dance", id=1)
    for deep in (
        b"[" * 100_000,
        b'{"kind": "replace", "id": 1, "topology": ' + b"[" * 5000 + b"]" * 5000 + b"}",
    ):
        control.write(deep + b"\n")
    control.ask("signal", id=2, name="nobody", action="kill")
    assert control.wait(kind="refused")["id"] == 2


def test_the_balancer_can_end_the_lab(lab: StandIns) -> None:
    pids = lab.pids()
    lab.control().ask("shutdown")
    assert lab.process.wait(PATIENCE_S) == 0
    wait_gone(pids, 0)


def test_a_network_is_replaced_by_another_that_shares_a_port(lab: StandIns, free_ports: FreePorts) -> None:
    control = lab.control()
    old = [lab.node(port)["pid"] for port in lab.ports]
    shared, gone = lab.ports[1], [lab.ports[0], lab.ports[2]]
    new = free_ports(3)
    control.ask("replace", id=5, topology=tree([*new, shared]))
    told = control.wait(kind="topology")
    assert told["version"] == 2
    assert [node["port"] for node in told["topology"][1:]] == [*new[1:], shared]
    control.wait(kind="done", id=5)
    wait_gone(old, 0)
    control.wait_each(*({"name": name, "state": "up"} for name in ("root", "n1", "n2", "n3")))
    assert lab.node(shared)["name"] == "n3"
    assert_free(*gone)


def test_a_replacement_whose_port_is_taken_is_refused_and_the_old_network_runs_on(
    lab: StandIns, free_ports: FreePorts
) -> None:
    control = lab.control()
    before = [lab.node(port)["pid"] for port in lab.ports]
    free, taken = free_ports(2)
    with socket.create_server(("127.0.0.1", taken)):
        control.ask("replace", id=5, topology=tree([free, taken]))
        refusal = control.wait(kind="refused", id=5)
    assert refusal["problems"] == [f"port {taken} (node n1) is in use by another program"]
    assert [lab.node(port)["pid"] for port in lab.ports] == before
    assert_free(free)


def test_a_replacement_with_faults_is_refused_with_each_of_them(lab: StandIns) -> None:
    control = lab.control()
    control.ask("replace", id=5, topology={"name": "root", "port": 70_000, "cpu": 0, "children": []})
    assert len(control.wait(kind="refused", id=5)["problems"]) == 2
    control.ask("replace", id=6, topology=tree([lab.balancer_port]))
    assert "belongs to the balancer" in control.wait(kind="refused", id=6)["problems"][0]


@pytest.mark.slow
def test_while_a_network_is_replaced_other_requests_are_refused(
    standins: Start, free_ports: FreePorts
) -> None:
    lab = standins(behaviour="stubborn")  # so that the old nodes take their time
    lab.read_until("running")
    control = lab.control()
    ports = free_ports(2)
    control.ask("replace", id=1, topology=tree(ports))
    control.ask("replace", id=2, topology=tree(ports))
    assert control.wait(kind="refused")["id"] == 2
    control.wait(kind="done", id=1)


@pytest.mark.slow
def test_a_replacement_under_way_does_not_hold_up_the_end(standins: Start, free_ports: FreePorts) -> None:
    lab = standins(behaviour="stubborn")
    lab.read_until("running")
    pids = lab.pids()
    control = lab.control()
    control.ask("replace", id=1, topology=tree(free_ports(2)))
    control.ask("shutdown")
    assert lab.process.wait(PATIENCE_S) == 0
    wait_gone(pids, 0)


def test_after_a_replacement_a_node_has_a_fresh_budget_and_new_numbers(
    lab: StandIns, free_ports: FreePorts
) -> None:
    control = lab.control()
    ports = free_ports(1)
    control.ask("replace", id=1, topology=tree(ports))
    control.wait(kind="done", id=1)
    control.wait(name="root", state="up", restarts=0)
    assert lab.node(ports[0])["incarnation"] > 3
    os.kill(lab.node(ports[0])["pid"], 9)
    control.wait(name="root", state="up", restarts=1)


def test_a_network_in_few_processes_is_replaced_by_one_in_as_many(
    standins: Start, free_ports: FreePorts
) -> None:
    lab = standins(nodes=4, processes="2")
    lab.read_until("running")
    control = lab.control()
    new = [*free_ports(5), lab.ports[3]]
    control.ask("replace", id=5, topology=tree(new))
    control.wait(kind="done", id=5)
    control.wait_each({"name": "root", "state": "up"}, {"name": "n3", "state": "up"})
    assert len(lab.pids()) == 3
    assert [lab.node(port)["name"] for port in new] == ["root", "n1", "n2", "n3", "n4", "n5"]
    assert_free(*lab.ports[:3])


def test_settings_that_change_are_those_of_all_that_is_started_later(
    lab: StandIns, free_ports: FreePorts
) -> None:
    control = lab.control()
    assert lab.node(lab.ports[1])["link_delay"] == 0
    control.ask("configure", id=1, settings={"link_delay": 300, "task_time": 2})
    told = control.wait(kind="config")
    assert told["settings"] == running_settings(LabConfig(link_delay=300, task_time=2))
    control.wait(kind="done", id=1)
    kill(lab.node(lab.ports[1])["pid"])
    control.wait(name="n1", state="up", restarts=1)
    assert lab.node(lab.ports[1])["link_delay"] == 300
    ports = free_ports(1)
    control.ask("replace", id=2, topology=tree(ports))
    control.wait(kind="done", id=2)
    control.wait(name="root", state="up", restarts=0)
    assert lab.node(ports[0])["link_delay"] == 300
    assert (control.seen[0]["kind"], control.seen[0]["link_delay"]) == ("hello", 0)
    kill(control.seen[0]["pid"])
    assert lab.control().wait(kind="hello", link_delay=300)["incarnation"] > control.seen[0]["incarnation"]


def test_settings_that_cannot_change_or_do_not_fit_are_refused_each_by_name(lab: StandIns) -> None:
    control = lab.control()
    control.ask("configure", id=1, settings={"link_delay": 20_000, "max_cpu": 0})
    problems = control.wait(kind="refused", id=1)["problems"]
    assert problems == [
        "config: max_cpu: 0 does not fit; expected a number from 1 to 100 (percent)",
        "config: link_delay: 20000 does not fit; expected a number from 0 to 10000 (ms)",
    ]
    control.ask("configure", id=2, settings={"page_port": 3000, "link_dely": 3})
    problems = control.wait(kind="refused", id=2)["problems"]
    assert "page_port: only a new start changes it" in problems[0]
    assert 'link_dely: unknown key; did you mean "link_delay"?' in problems[1]
    kill(lab.node(lab.ports[1])["pid"])
    control.wait(name="n1", state="up", restarts=1)
    assert lab.node(lab.ports[1])["link_delay"] == 0


def test_what_tasks_a_node_takes_is_kept_for_its_next_starts_and_the_balancers(lab: StandIns) -> None:
    control = lab.control()
    control.ask("set_executor", id=1, name="n1", changes={"roles": ["gpu"], "limit": 4})
    assert control.wait(kind="executors")["executors"] == {"n1": {"roles": ["gpu"], "limit": 4}}
    control.wait(kind="done", id=1)
    control.ask("set_executor", id=2, name="n1", changes={"limit": None, "active": False})
    now = {"n1": {"roles": ["gpu"], "active": False}}
    assert control.wait(kind="executors", executors=now)
    control.wait(kind="done", id=2)
    kill(lab.node(lab.ports[1])["pid"])
    control.wait(name="n1", state="up", restarts=1)
    assert lab.node(lab.ports[1])["executor"] == now["n1"]
    kill(control.seen[0]["pid"])
    assert lab.control().wait(kind="hello")["executors"] == now


def test_executors_that_are_none_are_refused_by_name(lab: StandIns) -> None:
    control = lab.control()
    control.ask("set_executor", id=1, name="n9", changes={"active": False})
    assert control.wait(kind="refused", id=1)["problems"] == ["there is no node n9 that this lab runs"]
    control.ask("set_executor", id=2, name="n1", changes={"weight": 0, "rolls": [], "roles": None})
    assert control.wait(kind="refused", id=2)["problems"] == [
        "weight: 0 is not a weight; expected a number from 0.001 to 1000",
        'rolls: expected one of roles, weight, limit, active; did you mean "roles"?',
        "roles: null is not a list of at most 16 roles",
    ]


def test_a_network_that_follows_leaves_what_it_shares_with_the_last_one_running(
    standins: Start, free_ports: FreePorts
) -> None:
    ports = free_ports(4)
    lab = standins(topology=tree(ports[:3]))
    lab.read_until("running")
    control, four = lab.control(), tree(ports)
    before = {name: lab.node(port)["pid"] for name, port in zip(("root", "n1", "n2"), ports, strict=False)}
    control.ask("change", id=1, topology=four)
    assert control.wait(kind="refused", id=1)["problems"] == ["topology: node n3 was not prepared"]
    control.ask("prepare", id=2, topology=four)
    control.wait(kind="done", id=2)
    control.ask("change", id=3, topology=four)
    told = control.wait(kind="topology", version=2)
    assert told["keeps"]
    assert len(told["topology"]) == 4
    joined = control.wait(name="n3", state="up")
    assert joined["numbers"] == [3]
    control.wait(kind="done", id=3)
    smaller = four | {"children": [four["children"][0], four["children"][2]]}
    control.ask("change", id=4, topology=smaller)
    control.wait(kind="topology", version=3)
    control.wait(kind="done", id=4)
    wait_gone([before["n2"]])
    assert_free(ports[2])
    stay = {ports[0]: before["root"], ports[1]: before["n1"], ports[3]: joined["pid"]}
    assert {port: lab.node(port)["pid"] for port in stay} == stay


def test_a_network_whose_new_ports_are_taken_is_not_prepared_and_one_whose_nodes_die_is_ended(
    standins: Start, free_ports: FreePorts
) -> None:
    ports = free_ports(3)
    lab = standins(topology=tree(ports[:2]), behaviour="crash:n2")
    lab.read_until("running")
    control = lab.control()
    control.wait(name="n1", state="up")
    with socket.create_server(("127.0.0.1", ports[2])):
        control.ask("prepare", id=1, topology=tree(ports))
        refusal = control.wait(kind="refused", id=1)["problems"]
    assert refusal == [f"port {ports[2]} (node n2) is in use by another program"]
    control.ask("prepare", id=2, topology=tree(ports))
    refusal = control.wait(kind="refused", id=2)["problems"]
    assert refusal == ["n2 could not be started, and was given up: ended with code 7"]
    assert_free(ports[2])


def test_what_runs_must_stay_as_it_is_in_a_network_that_follows(lab: StandIns) -> None:
    control, other = lab.control(), tree(lab.ports)
    other["name"] = "trunk"
    other["children"][0]["cpu"] = 9
    control.ask("prepare", id=1, topology=other)
    problems = control.wait(kind="refused", id=1)["problems"]
    assert "topology: node n1: it runs, so its port, place and cpu must stay as they are" in problems
    assert "topology: root is the root, which stays while the lab runs" in problems


def test_what_the_lab_is_wanted_to_be_outlives_the_balancer_and_what_was_prepared_does_not(
    standins: Start, free_ports: FreePorts
) -> None:
    ports = free_ports(3)
    lab = standins(topology=tree(ports[:2]))
    lab.read_until("running")
    control = lab.control()
    control.wait(kind="goal", replicas=None)
    goal = {"replicas": 7, "leaving": ["n1"], "deleted": [], "joined": ["n2"]}
    control.ask("keep_goal", id=1, goal={"kind": "goal"} | goal)
    control.wait(kind="done", id=1)
    control.ask("prepare", id=2, topology=tree(ports))
    control.wait(kind="done", id=2)
    kill(control.seen[0]["pid"])
    again = lab.control()
    assert goal.items() <= again.wait(kind="goal").items()
    assert_free(ports[2])
