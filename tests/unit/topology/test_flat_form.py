import pytest
from hypothesis import given

from tests.unit.topology.strategies import topologies
from topowave.topology import Problems, Topology, generate
from topowave.topology.flat_form import from_rows, to_rows
from topowave.topology.growth import moved
from topowave.topology.node import Place


@given(topologies())
def test_every_network_comes_back_equal(topology: Topology) -> None:
    assert from_rows(to_rows(topology)) == topology


def test_a_row_has_all_that_the_file_says_and_the_parents_name() -> None:
    leaf = {"name": "a", "port": 2, "cpu": 1, "launch": False}
    topology = Topology.from_json({"name": "root", "port": 1, "cpu": 1, "children": [leaf]})
    assert to_rows(topology) == [
        {"name": "root", "port": 1, "cpu": 1, "parent": None},
        {"name": "a", "port": 2, "cpu": 1, "launch": False, "parent": "root"},
    ]


@given(topologies())
def test_a_network_on_agents_comes_back_equal(topology: Topology) -> None:
    there = moved(topology, {each.name: Place("east", "10.0.0.7", each.port) for each in topology.nodes})
    assert from_rows(to_rows(there)) == there
    assert all(each.agent == "east" for each in there.nodes)


def test_what_a_file_says_of_a_network_on_agents_can_be_read_again_and_names_none() -> None:
    topology = Topology.from_json({"name": "root", "port": 1, "cpu": 1})
    there = topology.with_places({"root": Place("east", "10.0.0.7", 9000)})
    assert to_rows(there) == [
        {"name": "root", "port": 9000, "cpu": 1, "parent": None, "agent": "east", "host": "10.0.0.7"}
    ]
    assert there.to_json() == {"name": "root", "port": 9000, "cpu": 1, "children": []}
    assert not Topology.from_json(there.to_json()).places


def test_a_workload_is_not_our_own_program_but_managed() -> None:
    rows = [
        {"name": "root", "port": 1, "cpu": 1, "parent": None},
        {
            "name": "a",
            "port": 2,
            "cpu": 1,
            "launch": False,
            "agent": "east",
            "host": "10.0.0.7",
            "parent": "root",
        },
    ]
    topology = from_rows(rows)
    workload = topology.node("a")
    assert (workload.launch, workload.managed, workload.host) == (False, True, "10.0.0.7")
    assert to_rows(topology) == rows
    assert not Topology.from_json(topology.to_json()).node("a").managed


def test_a_deep_network_makes_no_deep_rows() -> None:
    path = generate("path", nodes=5000, seed=1)
    rows = to_rows(path)
    assert {type(value) for row in rows for value in row.values()} <= {str, int, type(None)}
    with pytest.raises(Problems, match="is deeper than the limit of 400 links below the root"):
        from_rows(rows)


NONE: list[dict[str, object]] = []


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        (NONE, "name"),
        ([{"name": "root", "port": 0, "cpu": 1}], "port: 0 is not a port"),
        ([{"name": "root", "port": 1, "cpu": 1}, {"name": "a", "port": 2, "cpu": 1}], "its parent null"),
        (
            [{"name": "root", "port": 1, "cpu": 1}, {"name": "a", "parent": "b"}],
            'its parent "b" is not before it',
        ),
        ([{"name": "root", "port": 1, "cpu": 1}, {"name": "a", "parent": [1]}], "its parent a list"),
        ([{"name": [1], "port": 1, "cpu": 1}, {"name": "a", "parent": "root"}], "its parent"),
        ([{"name": "a", "port": 1, "cpu": 1, "agent": 5, "host": "h"}], "5 is not the name of an agent"),
        ([{"name": "a", "port": 1, "cpu": 1, "agent": "east"}], "host: null is not a host"),
    ],
)
def test_rows_that_are_no_tree_are_refused_in_words(rows: list[dict[str, object]], problem: str) -> None:
    with pytest.raises(Problems, match="topology") as refused:
        from_rows(rows, "topology")
    assert problem in str(refused.value)
