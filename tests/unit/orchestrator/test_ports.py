import socket
from collections.abc import Callable

import pytest

from tests.unit.orchestrator.support import assert_free, tree
from topowave.orchestrator.ports import (
    PortTaken,
    check_hosts,
    check_ports,
    check_root,
    close_all,
    node_owners,
    open_ports,
)
from topowave.topology import LabConfig, Problems, Topology

FreePorts = Callable[[int], list[int]]


def test_open_ports_listen(free_ports: FreePorts) -> None:
    ports = free_ports(2)
    opened = open_ports("127.0.0.1", dict.fromkeys(ports, "a node"))
    for port in ports:
        socket.create_connection(("127.0.0.1", port)).close()
    close_all(opened.values())
    assert_free(*ports)


def test_every_taken_port_is_named_with_its_owner_and_none_stays_open(free_ports: FreePorts) -> None:
    first, taken, last = free_ports(3)
    with socket.create_server(("127.0.0.1", taken)), pytest.raises(PortTaken) as refusal:
        open_ports("127.0.0.1", {first: "node a", taken: "node b", last: "node c"})
    assert refusal.value.problems == (f"port {taken} (node b) is in use by another program",)
    assert_free(first, last)


def test_an_address_of_another_machine_is_refused_with_the_reason(free_ports: FreePorts) -> None:
    (port,) = free_ports(1)
    with pytest.raises(PortTaken, match=rf"port {port} \(node a\) could not be opened: .+"):
        open_ports("192.0.2.1", {port: "node a"})


def test_a_port_can_be_opened_again_at_once_although_a_connection_was_just_closed(
    free_ports: FreePorts,
) -> None:
    (port,) = free_ports(1)
    first = open_ports("127.0.0.1", {port: "node a"})[port]
    first.setblocking(True)
    client = socket.create_connection(("127.0.0.1", port))
    served, _ = first.accept()
    served.close()  # this side closes first, so the connection lingers here
    client.close()
    first.close()
    close_all(open_ports("127.0.0.1", {port: "node a"}).values())


def test_a_node_on_the_balancers_port_is_refused_by_name() -> None:
    topology = Topology.from_json(tree([8000, 7999, 3000]))
    with pytest.raises(Problems) as refusal:
        check_ports(topology, LabConfig())
    assert refusal.value.problems == (
        "topology: node n1: port 7999 belongs to the balancer (see the config file)",
        "topology: node n2: port 3000 belongs to the page (see the config file)",
    )


def test_the_port_of_a_node_that_somebody_else_runs_is_not_wanted() -> None:
    data = tree([8000, 8001])
    data["children"][0]["launch"] = False
    assert node_owners(Topology.from_json(data)) == {8000: "node root"}


def test_a_node_is_only_on_a_host_that_the_configuration_allows() -> None:
    guests = {"guest": "10.0.0.7", "friend": "board.example", "near": "127.0.0.1"}
    topology = Topology.from_json(
        tree([1])
        | {
            "children": [
                {"name": name, "port": port, "cpu": 1, "launch": False, "host": host}
                for port, (name, host) in enumerate(guests.items(), 10)
            ]
        }
    )
    check_hosts(topology, LabConfig(answer_to=["10.0.0.0/24", "board.example"]))
    with pytest.raises(Problems) as refusal:
        check_hosts(topology, LabConfig(answer_to=["board.example"]))
    assert refusal.value.problems == (
        "topology: node guest: host 10.0.0.7 is not allowed (see answer_to in the config file)",
    )


def test_no_program_of_this_machine_becomes_a_node_of_a_lab_that_others_reach() -> None:
    def with_guest(port: int, host: str | None = None) -> Topology:
        guest = {"name": "guest", "port": port, "cpu": 1, "launch": False}
        return Topology.from_json(tree([1]) | {"children": [guest | ({"host": host} if host else {})]})

    open_lab = LabConfig(host="0.0.0.0")
    check_hosts(with_guest(10), open_lab)  # the user's own file
    check_hosts(with_guest(10), open_lab, with_guest(10))
    check_hosts(with_guest(11), LabConfig(), with_guest(10))
    check_hosts(with_guest(11), LabConfig(host="0.0.0.0", answer_to=["0.0.0.0", "::1"]), with_guest(10))
    check_hosts(with_guest(11, "::1"), LabConfig(host="0.0.0.0", answer_to=["::1"]), with_guest(10))
    for host in (None, "127.0.0.1", "::1", "localhost"):
        with pytest.raises(Problems) as refusal:
            check_hosts(with_guest(11, host), open_lab, with_guest(10))
        assert refusal.value.problems == (
            "topology: node guest: a node of others on this machine, port 11, is not allowed in a lab that "
            "other machines reach (see answer_to in the config file)",
        )


def test_a_root_that_is_somebody_elses_is_refused_in_words() -> None:
    leaf = {"name": "ours", "port": 2, "cpu": 1}
    nested = {"name": "theirs", "port": 1, "cpu": 1, "launch": False, "children": [leaf]}
    with pytest.raises(Problems, match='theirs: the root cannot have "launch": false, since the balancer'):
        check_root(Topology.from_json(nested))
    check_root(Topology.from_json(nested | {"launch": True, "children": [leaf | {"launch": False}]}))
