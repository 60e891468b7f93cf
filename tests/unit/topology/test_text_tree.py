"""The tree as text."""

from __future__ import annotations

from tests.unit.topology.strategies import node
from topowave.topology.generators.generate import generate
from topowave.topology.limits import MAX_DEPTH
from topowave.topology.model import Topology
from topowave.topology.node import Place
from topowave.topology.text_tree import text_tree

LAB = Topology.from_json(
    {
        **node("root", 8000, node("b", 8001, node("z", 8003)), node("a", 8002, launch=False)),
        "links": [["a", "z"]],
    }
)


def test_draws_name_port_and_cpu_in_the_files_order_and_the_extra_links_below() -> None:
    assert text_tree(LAB).splitlines() == [
        "root  port 8000  cpu 2",
        "├── b  port 8001  cpu 2",
        "│   └── z  port 8003  cpu 2",
        "└── a  port 8002  cpu 2  (run by somebody else)",
        "extra links (1):",
        "  z - a",
    ]


def test_draws_with_plain_characters_where_a_terminal_has_no_others() -> None:
    assert text_tree(LAB, ascii_only=True).splitlines()[1:3] == [
        "|-- b  port 8001  cpu 2",
        "|   +-- z  port 8003  cpu 2",
    ]


def test_of_a_large_network_only_the_first_levels_are_drawn_and_the_rest_is_counted() -> None:
    large = generate("binary", nodes=1000, seed=1)
    drawn = text_tree(large, most=60).splitlines()
    assert len(drawn) == 31 + 1  # five levels have 31 nodes, six have 63
    assert drawn[-1] == "... and 969 more nodes below"
    assert text_tree(large, most=1000) == text_tree(large)
    assert text_tree(LAB, most=0).splitlines() == [
        "root  port 8000  cpu 2",
        "... and 3 more nodes below",
        "extra links (1):",
        "  ... and 1 more",
    ]


def test_draws_the_deepest_tree() -> None:
    drawn = text_tree(generate("path", nodes=MAX_DEPTH + 1, seed=1))
    assert len(drawn.splitlines()) == MAX_DEPTH + 1


def test_draws_what_is_special_about_the_tasks_that_a_node_takes() -> None:
    lab = Topology.from_json(node("root", 8000, roles=["gpu", "io"], weight=2.5, limit=8, active=False))
    assert text_tree(lab) == "root  port 8000  cpu 2  roles gpu, io  weight 2.5  limit 8  inactive"


def test_a_node_on_an_agent_says_so() -> None:
    there = LAB.with_places({"root": Place("east", "10.0.0.7", 8000)})
    assert text_tree(there).splitlines()[0].endswith("(run by agent east on 10.0.0.7)")
