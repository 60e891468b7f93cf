"""Good names out of any names."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topowave.topology.formats.node_names import repaired_name, unique_names
from topowave.topology.formats.parsed_graph import Key
from topowave.topology.node import fault_in_name


def named(attributes: dict[Key, dict[str, Any]]) -> tuple[list[str], list[str]]:
    notes: list[str] = []
    return list(unique_names(attributes, notes).values()), notes


def test_good_labels_stay_as_they_are() -> None:
    assert named({0: {"label": "New York"}, 1: {"label": "Kansas City"}}) == (["New York", "Kansas City"], [])


def test_without_labels_the_ids_are_the_names() -> None:
    assert named({0: {}, 1: {}}) == (["0", "1"], [])
    assert named({"None": {}, "a": {}}) == (["None", "a"], [])


def test_nodes_without_a_name_are_named_after_their_ids() -> None:
    assert named({7: {"label": "None"}, 8: {"label": " "}, 9: {}, 10: {"label": "x"}}) == (
        ["node-7", "node-8", "node-9", "x"],
        ["3 nodes without a name called node- and their id"],
    )


def test_each_node_keeps_the_best_name_that_it_has() -> None:
    nodes: dict[Key, dict[str, Any]] = {
        0: {"name": "gate", "label": "Main gate"},
        1: {"name": "desk"},
        2: {"label": "none", "name": "vault"},
        "hall": {},
        4: {"label": ["x"], "name": 7},
    }
    assert named(nodes) == (
        ["Main gate", "desk", "vault", "hall", "7"],
        ["1 node without a name called by their id"],
    )


def test_ids_that_are_names_stay_as_they_are() -> None:
    notes: list[str] = []
    names = unique_names({"1": {}, "2": {"label": "two"}}, notes, ids_are_names=True)
    assert (list(names.values()), notes) == (["1", "two"], [])


def test_names_are_cut_before_they_are_looked_at() -> None:
    label = "x" * 10_000_000
    names, _ = named({key: {"label": label} for key in range(100)})
    assert names[0] == "x" * 64


def test_repeated_names_get_numbers_that_nobody_has() -> None:
    labels = ["a", "a", "a-2", "a"]
    assert named({key: {"label": label} for key, label in enumerate(labels)}) == (
        ["a", "a-3", "a-2", "a-4"],
        ["2 nodes with a name that another has got a number behind it"],
    )


def test_repeated_long_names_keep_within_the_limit() -> None:
    names, _ = named({key: {"label": "x" * 64} for key in range(3)})
    assert names == ["x" * 64, "x" * 62 + "-2", "x" * 62 + "-3"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("a/b?c#d%e\\f", "a-b-c-d-e-f"),
        ("a\n b\t", "a b"),
        ("..", "node"),
        ("\u202e", "node"),
        ("a  b", "a  b"),
        ("a  b/c", "a  b-c"),
        ("a \n  b", "a b"),
        ("\x1b[31mred\x07", "[31mred"),
        ("__proto__", "__proto__"),
        ("x" * 99, "x" * 64),
    ],
)
def test_unfit_names_are_mended(text: str, name: str) -> None:
    assert repaired_name(text) == name


def test_mended_names_are_counted() -> None:
    assert named({"a/b": {}, "c": {}}) == (
        ["a-b", "c"],
        ["1 node with a name that does not fit into a URL renamed"],
    )


@given(st.dictionaries(st.integers() | st.text(), st.fixed_dictionaries({}, optional={"label": st.text()})))
def test_every_node_gets_a_good_name_of_its_own(attributes: dict[Key, dict[str, Any]]) -> None:
    names, _ = named(attributes)
    assert len(set(names)) == len(names) == len(attributes)
    assert all(fault_in_name(name) is None for name in names)
