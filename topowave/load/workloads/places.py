"""To which nodes of a network tasks come: by name, or by a word for some of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from topowave.topology.model import Topology
from topowave.topology.problems import Problems, did_you_mean, shown


class NeedsNetwork(Problems):
    """What is described depends on a network, and none is given. Whoever can be given one says how."""

    def suggesting(self, how: str) -> Problems:
        """Return the same refusal, with what can be done about it."""
        return Problems([f"{problem} ({how})" for problem in self.problems])


def _deepest(topology: Topology) -> list[str]:
    """Return the first of the nodes that are farthest from the root in the tree."""
    depths: dict[str | None, int] = {None: -1}
    for node in topology.nodes:
        depths[node.name] = depths[node.parent] + 1
    ours = [node for node in topology.nodes if node.launch]
    return [max(ours, key=lambda node: depths[node.name]).name] if ours else []


WORDS: dict[str, Callable[[Topology], list[str]]] = {
    "@all": lambda topology: [node.name for node in topology.nodes if node.launch],
    "@leaves": lambda topology: [node.name for node in topology.nodes if node.launch and not node.children],
    "@root": lambda topology: [topology.root.name],
    "@deepest": _deepest,
}
"""Some nodes of any network; none that somebody else runs, which takes no tasks of ours."""


def nodes_meant(kind: str, parameter: str, said: Sequence[str], topology: Topology | None) -> tuple[str, ...]:
    """Return the names of the nodes that are meant.

    Args:
        kind: of the workload, for sentences.
        parameter: what names them, for sentences.
        said: names, or words for some nodes.
        topology: the network; without one names are taken as they are.

    Raises:
        NeedsNetwork: a word needs a network, and there is none.
        Problems: there is no such node or word.
    """
    found: list[str] = []
    problems: list[str] = []
    known = () if topology is None else [*(node.name for node in topology.nodes), *WORDS]
    for name in said:
        if name in WORDS and topology is not None:
            meant = WORDS[name](topology)
            found += meant
            if not meant:
                problems.append(f"{kind}: {parameter}: {name}: this network has no such node that runs tasks")
        elif name in WORDS:
            raise NeedsNetwork([f"{kind}: {parameter}: {name} depends on the network, and none is given"])
        elif topology is not None and name not in known:
            problems.append(f"{kind}: {parameter}: there is no node {shown(name)}{did_you_mean(name, known)}")
        else:
            found.append(name)
    if problems:
        raise Problems(problems)
    return tuple(found)
