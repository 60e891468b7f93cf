"""What a topology.json may say, and what is told when it says something else."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.unit.topology.strategies import ROOT, node, problems_in
from topowave.topology.limits import MAX_CPU, MAX_DEPTH, MAX_LINKS, MAX_NODES, MAX_PORT, MAX_ROLES
from topowave.topology.model import Topology
from topowave.topology.validation import KEYS, REQUIRED


def tree(**more: Any) -> dict[str, Any]:
    """A root with two children, a and b; `more` goes into b."""
    return node("root", 8000, node("a", 8001), {**node("b", 8002), **more})


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"port": 70000}, "port: 70000 is not a port; expected an integer from 1 to 65535"),
        ({"port": 0}, "port: 0 is not a port; expected an integer from 1 to 65535"),
        ({"port": True}, "port: true is not a port; expected an integer from 1 to 65535"),
        ({"port": 8002.0}, "port: 8002.0 is not a port; expected an integer from 1 to 65535"),
        ({"port": "8002"}, 'port: "8002" is not a port; expected an integer from 1 to 65535'),
        ({"port": None}, "port: null is not a port; expected an integer from 1 to 65535"),
        ({"cpu": 0}, "cpu: 0 is not a number of cores; expected an integer from 1 to 1000000"),
        ({"cpu": -1}, "cpu: -1 is not a number of cores; expected an integer from 1 to 1000000"),
        ({"cpu": 2.5}, "cpu: 2.5 is not a number of cores; expected an integer from 1 to 1000000"),
        (
            {"cpu": 10**100},
            "cpu: a huge integer is not a number of cores; expected an integer from 1 to 1000000",
        ),
        ({"name": ""}, 'name: "" is empty; expected a name'),
        ({"name": "a/b"}, "name: \"a/b\" holds '/', which has a meaning in URLs; expected a name"),
        ({"name": 7}, "name: 7 is not a name; expected a text"),
        ({"name": "\ud800"}, 'name: "\\ud800" holds a character that cannot be printed; expected a name'),
        ({"role": 7}, "role: 7 is not a role; expected a text of 1 to 64 printable characters"),
        ({"role": ""}, 'role: "" is not a role; expected a text of 1 to 64 printable characters'),
        ({"launch": 0}, "launch: 0 is neither true nor false"),
        ({"launch": False, "host": 7}, "host: 7 is not a host; expected a host name or an IP address"),
        (
            {"launch": False, "host": "a b"},
            'host: "a b" is not a host; expected a host name or an IP address',
        ),
        ({"host": "10.0.0.7"}, 'host: only a node with "launch": false has a host of its own'),
        ({"link_delay": -1}, "link_delay: -1 is not a delay; expected milliseconds from 0 to 10000"),
        ({"link_delay": True}, "link_delay: true is not a delay; expected milliseconds from 0 to 10000"),
        (
            {"link_delay": float("nan")},
            "link_delay: NaN is not a delay; expected milliseconds from 0 to 10000",
        ),
        ({"roles": "gpu"}, 'roles: "gpu" is not a list of at most 16 roles'),
        ({"roles": list(range(MAX_ROLES + 1))}, "roles: a list of 17 is not a list of at most 16 roles"),
        (
            {"roles": ["gpu", ""]},
            'roles: "" is not a role; expected a text of 1 to 64 printable characters',
        ),
        (
            {"roles": ["gpu,io"]},
            'roles: "gpu,io" has a comma, or a space at an end, which no entry of roles may have',
        ),
        ({"roles": ["io", "gpu", "io"]}, 'roles: "io" is listed twice'),
        ({"weight": 0}, "weight: 0 is not a weight; expected a number from 0.001 to 1000"),
        ({"weight": True}, "weight: true is not a weight; expected a number from 0.001 to 1000"),
        ({"limit": 0}, "limit: 0 is not a limit of tasks; expected an integer from 1 to 1000000"),
        ({"limit": 1.0}, "limit: 1.0 is not a limit of tasks; expected an integer from 1 to 1000000"),
        ({"active": 1}, "active: 1 is neither true nor false"),
        (
            {"launch": False, "active": False},
            'active: only a node that this lab runs has it, none with "launch": false',
        ),
        ({"rolls": []}, 'rolls: unknown key; did you mean "roles"?'),
        ({"children": {}}, "children: expected a list of nodes, found an object"),
        ({"children": None}, "children: expected a list of nodes, found null"),
        ({"children": [7]}, "children[0]: expected a node, an object with name, port, cpu; found 7"),
        ({"prot": 1}, 'prot: unknown key; did you mean "port"?'),
        ({"Name": "b"}, 'Name: unknown key; did you mean "name"?'),
        ({"quite other": 1}, '"quite other": unknown key'),
        ({"links": []}, "links: only the root lists extra links"),
    ],
)
def test_a_bad_value_is_told_with_its_place(more: dict[str, Any], problem: str) -> None:
    assert problems_in(tree(**more)) == [f"t.json: children[1].{problem}"]


@pytest.mark.parametrize("key", ["name", "port", "cpu"])
def test_a_missing_key_is_told(key: str) -> None:
    data = tree()
    del data["children"][1][key]
    assert problems_in(data) == [f"t.json: children[1].{key}: is missing"]


def test_children_may_be_left_out() -> None:
    assert problems_in({"name": "root", "port": 1, "cpu": 1}) == []


@pytest.mark.parametrize("data", [[], 7, "text", None, True])
def test_what_is_no_object_is_no_node(data: object) -> None:
    (problem,) = problems_in(data)
    assert problem.startswith("t.json: expected a node, an object with name, port, cpu; found ")


def test_a_duplicate_names_both_places() -> None:
    assert problems_in(node("root", 8000, node("a", 8001, node("root", 8002)), node("b", 8001))) == [
        't.json: children[0].children[0].name: "root" is taken by name; every node needs a name of its own',
        "t.json: children[1].port: 8001 is taken by children[0].port; every node needs a port of its own",
    ]


def test_the_root_has_no_link_to_a_parent() -> None:
    assert problems_in(node("root", 1, link_delay=5)) == [
        "t.json: link_delay: the root has no link to a parent"
    ]


@pytest.mark.parametrize(
    ("links", "problem"),
    [
        ([["a", "a"]], '[0]: links "a" to itself'),
        ([["a", "x"]], '[0][1]: there is no node "x"'),
        ([["rot", "b"]], '[0][0]: there is no node "rot"; did you mean "root"?'),
        ([["a", "b"], ["b", "a"]], "[1]: repeats links[0]"),
        ([["root", "a"]], '[0]: repeats the tree\'s own link between "root" and "a"'),
        ([["a", "root"]], '[0]: repeats the tree\'s own link between "a" and "root"'),
        ([["a"]], '[0]: expected two names, ["a", "b"]; found a list of 1'),
        ([["a", "b", "root"]], '[0]: expected two names, ["a", "b"]; found a list of 3'),
        ([["a", 7]], '[0]: expected two names, ["a", "b"]; found a list of 2'),
        (["ab"], '[0]: expected two names, ["a", "b"]; found "ab"'),
        ({}, ": expected a list of links, found an object"),
        ([["a", "b"]] * (MAX_LINKS + 1), ": lists 100001 links, more than the limit of 100000"),
    ],
)
def test_a_bad_link_is_told(links: object, problem: str) -> None:
    assert problems_in({**tree(), "links": links}) == [f"t.json: links{problem}"]


def test_a_port_is_no_name_for_a_link() -> None:
    assert problems_in({**tree(), "links": [["a", "8002"]]}) == [
        't.json: links[0][1]: there is no node "8002"'
    ]


def test_all_problems_of_a_file_are_told_at_once() -> None:
    data = node("root", 0, {**node("a", 8001), "cpu": 0, "colour": "red"}, {"name": "b"}, 5)  # type: ignore[arg-type]
    assert problems_in({**data, "links": [["a", "a"]]}) == [
        "t.json: port: 0 is not a port; expected an integer from 1 to 65535",
        "t.json: children[0].cpu: 0 is not a number of cores; expected an integer from 1 to 1000000",
        "t.json: children[0].colour: unknown key",
        "t.json: children[1].port: is missing",
        "t.json: children[1].cpu: is missing",
        "t.json: children[2]: expected a node, an object with name, port, cpu; found 5",
        't.json: links[0]: links "a" to itself',
    ]


def path_of(levels: int) -> dict[str, Any]:
    data = node(f"n{levels}", levels + 1)
    for level in reversed(range(levels)):
        data = node(f"n{level}", level + 1, data)
    return data


def test_a_tree_as_deep_as_the_limit_is_read() -> None:
    assert len(Topology.from_json(path_of(MAX_DEPTH)).nodes) == MAX_DEPTH + 1


def test_a_deeper_tree_is_refused_once_and_its_first_node_too_deep_is_named() -> None:
    (problem,) = problems_in(path_of(MAX_DEPTH + 300))
    assert problem == 't.json: node "n401" is deeper than the limit of 400 links below the root'


def test_data_within_itself_is_refused() -> None:
    data = node("root", 1)
    data["children"].append(data)
    assert "deeper than the limit" in "\n".join(problems_in(data))


def test_more_nodes_than_the_limit_are_refused() -> None:
    star = node("root", 1, *(node(f"n{index}", index + 2) for index in range(MAX_NODES)))
    assert problems_in(star) == [
        f"t.json: children[{MAX_NODES - 1}]: is one more than the limit of 10000 nodes"
    ]
    star["children"].pop()
    assert problems_in(star) == []


def test_the_reference_names_every_key() -> None:
    reference = (ROOT / "docs" / "reference" / "topology.md").read_text(encoding="utf-8")
    rows = {line.split("`")[1]: line for line in reference.splitlines() if line.startswith("| `")}
    assert set(KEYS) <= set(rows)
    assert {key for key in KEYS if "| required |" in rows[key]} == set(REQUIRED)
    for limit in (MAX_DEPTH, MAX_NODES, MAX_LINKS, MAX_CPU, MAX_PORT):
        assert re.search(rf"\b{limit}\b", reference)
