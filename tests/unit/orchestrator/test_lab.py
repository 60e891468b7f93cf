import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.orchestrator.support import StandIns, assert_free, tree
from topowave.orchestrator import LabSpec, PortTaken, run_lab
from topowave.orchestrator.programs import Programs
from topowave.topology import LabConfig, Problems, Topology


def test_a_port_in_use_is_named_and_nothing_is_started(free_ports: Callable[[int], list[int]]) -> None:
    balancer, page, root, taken = free_ports(4)
    lab = LabSpec(
        Topology.from_json(tree([root, taken])),
        LabConfig(balancer_port=balancer, page_port=page),
        Path(),
        "x",
    )

    def never(_: object) -> None:
        raise AssertionError("started")

    with socket.create_server(("127.0.0.1", taken)), pytest.raises(PortTaken, match=rf"{taken} \(node n1\)"):
        run_lab(lab, programs=Programs(never, never))
    assert_free(balancer, page, root)


def test_what_is_prepared_may_refuse_the_start_when_the_ports_are_open_and_leaves_them_free(
    free_ports: Callable[[int], list[int]],
) -> None:
    balancer, page, root, node = free_ports(4)

    def refuse() -> None:
        with pytest.raises(OSError, match="in use"):
            socket.create_server(("127.0.0.1", root))
        raise Problems(["no room"])

    def never(_: object) -> None:
        raise AssertionError("started")

    lab = LabSpec(
        Topology.from_json(tree([root, node])),
        LabConfig(balancer_port=balancer, page_port=page),
        Path(),
        "x",
        begin=refuse,
    )
    with pytest.raises(Problems, match="no room"):
        run_lab(lab, programs=Programs(never, never))
    assert_free(balancer, page, root, node)


def test_a_node_that_is_never_ready_does_not_keep_the_others_from_serving(
    standins: Callable[..., StandIns],
) -> None:
    lab = standins(behaviour="mute:n1")
    lab.read_until("progress 3/4")
    assert lab.node(lab.ports[0])["name"] == "root"
