"""What a lab is called after its network has changed."""

from __future__ import annotations

import pytest

from topowave.balancer.sentences import retitled


@pytest.mark.parametrize(
    ("title", "before", "now", "wanted"),
    [
        ("topology.json", 3, 4, "topology.json, 4 nodes"),
        ("topology.json, 4 nodes", 4, 4, "topology.json, 4 nodes"),
        ("ring, 6 nodes", 6, 5, "ring, 5 nodes"),
        ("6 nodes, 5 links, depth 2, diameter 4, a tree", 6, 6, "6 nodes"),
        ("6 nodes", 6, 7, "7 nodes"),
        ("1 node, 0 links, depth 0, diameter 0, a tree", 1, 2, "2 nodes"),
        ("7 nodes", 7, 1, "1 node"),
    ],
)
def test_a_title_says_how_many_nodes_there_are_now_and_nothing_that_was_true_before(
    title: str, before: int, now: int, wanted: str
) -> None:
    assert retitled(title, before, now) == wanted
