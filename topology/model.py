"""What a network is: a tree of nodes, and maybe extra links between them.

A `Topology` never changes. It is built from checked data (`from_json`, `read_topology`), by a generator or by
an import; whoever builds one by hand keeps the rules that `topology.validation` states.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from topowave.topology.drawing import MOST_DRAWN, network_html, network_svg
from topowave.topology.executor import PLAIN, ExecutorSettings
from topowave.topology.node import Node, Place, default_role
from topowave.topology.numbering import numbered
from topowave.topology.problems import ProblemList
from topowave.topology.validation import check_tree

Link = tuple[str, str]
"""Two names; which comes first has no meaning for an undirected link."""


@dataclass(frozen=True)
class Topology:
    """A connected network without direction, described by a tree and the links that the tree lacks.

    Attributes:
        nodes: in depth-first order, the root first.
        extra_links: links beside the tree's. They are kept in one fixed order (each with the earlier node
            first, sorted by the nodes' positions), so equal networks compare equal.
    """

    nodes: tuple[Node, ...]
    extra_links: tuple[Link, ...] = ()

    def __post_init__(self) -> None:
        position = self._positions
        ordered = [(a, b) if position[a] < position[b] else (b, a) for a, b in self.extra_links]
        ordered.sort(key=lambda link: (position[link[0]], position[link[1]]))
        object.__setattr__(self, "extra_links", tuple(ordered))

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {node.name: index for index, node in enumerate(self.nodes)}

    @cached_property
    def ports(self) -> tuple[int, ...]:
        """The port of each node, by its position."""
        return tuple(node.port for node in self.nodes)

    @cached_property
    def _ports(self) -> dict[int, Node]:
        return {node.port: node for node in self.nodes}

    @cached_property
    def _neighbors(self) -> dict[str, tuple[str, ...]]:
        near = {n.name: [*([n.parent] if n.parent is not None else []), *n.children] for n in self.nodes}
        for a, b in self.extra_links:
            near[a].append(b)
            near[b].append(a)
        return {name: tuple(names) for name, names in near.items()}

    @cached_property
    def numbering(self) -> tuple[str, ...]:
        """The names of the nodes by the number that algorithms know them by; see `topology.numbering`."""
        return numbered([node.name for node in self.nodes], self._neighbors)

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """The number that algorithms know each node by."""
        return {name: number for number, name in enumerate(self.numbering)}

    @property
    def root(self) -> Node:
        """The node without a parent."""
        return self.nodes[0]

    @property
    def is_tree(self) -> bool:
        """Whether there are no links beside the tree's."""
        return not self.extra_links

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """All undirected links: the tree's (parent first, depth-first order), then the extra ones."""
        tree = ((node.parent, node.name) for node in self.nodes if node.parent is not None)
        return (*tree, *self.extra_links)

    def node(self, name: str) -> Node:
        """The node of that name. Raises `KeyError` if there is none."""
        return self.nodes[self._positions[name]]

    def by_port(self, port: int) -> Node:
        """The node that listens on that port. Raises `KeyError` if there is none."""
        return self._ports[port]

    @property
    def executors(self) -> dict[str, ExecutorSettings]:
        """What the nodes take that do not take every task, by their names."""
        return {node.name: node.executor for node in self.nodes if node.executor != PLAIN}

    def with_executors(self, executors: Mapping[str, ExecutorSettings]) -> Topology:
        """Return the network in which these nodes take that, and the others every task."""
        nodes = (replace(node, executor=executors.get(node.name, PLAIN)) for node in self.nodes)
        return Topology(tuple(nodes), self.extra_links)

    @property
    def places(self) -> dict[str, Place]:
        """Where the nodes run that are on agents, by their names."""
        return {node.name: node.place for node in self.nodes if node.agent is not None}

    def with_places(self, places: Mapping[str, Place]) -> Topology:
        """Return the network in which these nodes run there, and the others where they do now."""
        nodes = (node.at(places[node.name]) if node.name in places else node for node in self.nodes)
        return Topology(tuple(nodes), self.extra_links)

    def index(self, name: str) -> int:
        """The node's position in depth-first order, from 0. Raises `KeyError` if there is none."""
        return self._positions[name]

    def neighbors(self, name: str) -> tuple[str, ...]:
        """Names of the neighbours: parent, children, then those over extra links. Raises `KeyError`."""
        return self._neighbors[name]

    def link_delay(self, a: str, b: str) -> float | None:
        """The delay of a link in milliseconds, or None where the file gives none. Raises `KeyError`."""
        one, other = self.node(a), self.node(b)
        if one.parent == b:
            return one.link_delay
        return other.link_delay if other.parent == a else None

    def _repr_svg_(self) -> str | None:
        """The picture that a notebook shows; None for a network that is too large for one."""
        return network_svg(self.nodes, self.extra_links)

    def _repr_html_(self) -> str | None:
        """What a notebook shows of a network that is too large for a picture."""
        return None if len(self.nodes) <= MOST_DRAWN else network_html(self.nodes, self.extra_links)

    def to_json(self) -> dict[str, Any]:
        """The nested tree as topology.json has it; what equals the default is left out.

        Where the lab has put its nodes is no part of it: started anew, they run on the lab's own machine.
        """
        made: dict[str, dict[str, Any]] = {}
        for node in self.nodes:
            data: dict[str, Any] = {"name": node.name, "port": node.port, "cpu": node.cpu}
            if node.role != default_role(node.parent, node.children):
                data["role"] = node.role
            if not node.launch:
                data["launch"] = False
            if node.host is not None and not node.launch:
                data["host"] = node.host
            if node.link_delay is not None:
                data["link_delay"] = node.link_delay
            data |= node.executor.to_json()
            data["children"] = []
            made[node.name] = data
            if node.parent is not None:
                made[node.parent]["children"].append(data)
        top = made[self.root.name]
        if self.extra_links:
            top["links"] = [list(link) for link in self.extra_links]
        return top

    @classmethod
    def from_json(cls, data: object, source: str = "") -> Topology:
        """Build a topology from plain data (what `json.loads` gives).

        Args:
            data: the nested tree.
            source: what messages begin with, such as a file's name.

        Raises:
            Problems: with every problem that was found.
        """
        return checked(data, ProblemList(source))


def checked(data: object, problems: ProblemList) -> Topology:
    """Build a topology from plain data, or raise all that is wrong with it as `Problems`."""
    nodes, links = check_tree(data, problems)
    problems.raise_if_any()
    return Topology(tuple(nodes), tuple(links))
