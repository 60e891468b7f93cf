"""Ports of this machine for nodes: such as nobody has, and their own where these are free."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.ports import neighbouring_ports
from topowave.balancer.scaling.free_ports import free_ports
from topowave.orchestrator.ports import listen
from topowave.topology.limits import MAX_PORT
from topowave.web.problem_details import Problem

HOST = "127.0.0.1"


@pytest.fixture
def first() -> Iterator[int]:
    """The first of four neighbouring ports, of which another program has the second."""
    port = neighbouring_ports(4)
    with listen(HOST, port + 1):
        yield port


def test_new_ports_are_the_next_that_neither_the_lab_nor_another_program_has(first: int) -> None:
    assert free_ports(HOST, 1, first - 1, []) == [first]
    assert free_ports(HOST, 2, first - 1, [first]) == [first + 2, first + 3]


def test_a_node_that_comes_here_keeps_its_port_where_that_is_free(first: int) -> None:
    own = [first + 3, first + 1]
    assert free_ports(HOST, 2, first - 1, own, own) == [first + 3, first]


def test_too_few_ports_are_refused_in_words() -> None:
    with pytest.raises(Problem, match="2 ports are wanted, and 0 are free on"):
        free_ports(HOST, 2, MAX_PORT, range(MAX_PORT))
