import pytest
from hypothesis import given

from tests.unit.topology.strategies import topologies
from topowave.topology import Problems, Topology, generate
from topowave.topology.flat_form import from_rows, to_rows


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
    ],
)
def test_rows_that_are_no_tree_are_refused_in_words(rows: list[dict[str, object]], problem: str) -> None:
    with pytest.raises(Problems, match="topology") as refused:
        from_rows(rows, "topology")
    assert problem in str(refused.value)
