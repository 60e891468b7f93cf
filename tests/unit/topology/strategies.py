"""Topologies and files for the tests of this folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import networkx as nx
from hypothesis import strategies as st

from topowave.topology.executor import PLAIN, ExecutorSettings
from topowave.topology.model import Topology
from topowave.topology.node import Node, default_role, fault_in_name
from topowave.topology.problems import Problems

ROOT = Path(__file__).resolve().parents[3]
untyped_networkx: Any = nx
"""networkx, whose generators are half untyped."""
ZOO = ROOT / "tests" / "data" / "zoo"
"""Ten real networks in GraphML (the Internet Topology Zoo)."""

good_names = st.text(min_size=1, max_size=20).filter(lambda text: fault_in_name(text) is None)
roles = st.text(min_size=1, max_size=10).filter(str.isprintable)
hosts = st.sampled_from([None, "10.0.0.7", "board.example", "fd00::1"])
delays = st.one_of(st.integers(0, 10_000), st.floats(0, 10_000))
words = roles.filter(lambda text: "," not in text and text == text.strip())
executors = st.builds(
    ExecutorSettings,
    roles=st.lists(words, unique=True, max_size=3).map(tuple),
    weight=st.one_of(st.just(1.0), st.floats(0.001, 1_000)),
    limit=st.one_of(st.none(), st.integers(1, 1_000_000)),
    active=st.booleans(),
)


@st.composite
def topologies(draw: st.DrawFn, most: int = 12) -> Topology:
    """Any valid topology of up to `most` nodes, with every optional field used at times."""
    names = draw(st.lists(good_names, min_size=1, max_size=most, unique=True))
    ports = draw(st.lists(st.integers(1, 65_535), min_size=len(names), max_size=len(names), unique=True))
    above = [draw(st.integers(0, index - 1)) for index in range(1, len(names))]
    children: list[list[int]] = [[] for _ in names]
    for index, one_above in enumerate(above, start=1):
        children[one_above].append(index)
    order: list[int] = []
    stack = [0]
    while stack:
        order.append(stack.pop())
        stack.extend(reversed(children[order[-1]]))
    nodes: list[Node] = []
    for index in order:
        parent = names[above[index - 1]] if index else None
        below = tuple(names[child] for child in children[index])
        launch = draw(st.booleans())
        nodes.append(
            Node(
                name=names[index],
                port=ports[index],
                cpu=draw(st.integers(1, 64)),
                role=draw(st.one_of(st.just(default_role(parent, below)), roles)),
                launch=launch,
                host=None
                if launch
                else draw(st.sampled_from([None, "10.0.0.7", "board.example", "fd00::1"])),
                link_delay=draw(st.one_of(st.none(), delays)) if parent is not None else None,
                parent=parent,
                children=below,
                executor=draw(st.one_of(st.just(PLAIN), executors)) if launch else PLAIN,
            )
        )
    tree = {frozenset((i, above[i - 1])) for i in range(1, len(names))}
    others = [
        (names[a], names[b]) for a in range(len(names)) for b in range(a) if frozenset((a, b)) not in tree
    ]
    extra = draw(st.lists(st.sampled_from(others), unique=True, max_size=8)) if others else []
    return Topology(tuple(nodes), tuple(extra))


def node(name: str, port: int, *children: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The JSON of a node."""
    return {"name": name, "port": port, "cpu": 2, **more, "children": list(children)}


def problems_in(data: object) -> list[str]:
    """What `Topology.from_json` says is wrong with plain data."""
    try:
        Topology.from_json(data, "t.json")
    except Problems as refused:
        return list(refused.problems)
    return []
