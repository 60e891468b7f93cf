"""What is to be checked: a network, who starts, which faults may come; one instance or all small ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, cast

from topowave.algorithms import Algorithm, Fifo, Network
from topowave.algorithms.initiators import usual_initiators
from topowave.algorithms.messages import encode
from topowave.algorithms.requirements import refusals
from topowave.checker import limits
from topowave.runtime.graph import Graph
from topowave.runtime.identities import IN_ORDER, Identities, with_identities
from topowave.simulator.config import Inputs
from topowave.topology import Problems
from topowave.traces.header import identities_json, network_json
from topowave.translation import text as sentence


@dataclass(frozen=True)
class Instance:
    """One network with its initiators.

    Attributes:
        title: what people call it.
        network: as the algorithm sees it.
        names: of the nodes, by number.
        initiators: their numbers, in order.
        topology: the network as a trace has it.
        ids: the number of each node, in the order of the network, where it has another than by itself.
    """

    title: str
    network: Network = field(compare=False)
    names: tuple[str, ...]
    initiators: tuple[int, ...]
    topology: object
    ids: Sequence[int] | None = None

    @property
    def links(self) -> int:
        """Number of links: two arcs between the same nodes are one."""
        return len({frozenset((a, b)) for a, row in enumerate(self.network.out) for b in row})

    @property
    def starters(self) -> tuple[str, ...]:
        """Names of the initiators."""
        return tuple(self.names[node] for node in self.initiators)


def one_instance(
    algorithm: type[Algorithm],
    network: Graph | Network,
    initiators: Sequence[str] | None,
    *,
    fifo: bool,
    ids: Identities = IN_ORDER,
) -> Instance:
    """Return the instance of one network. Raises Problems if the algorithm cannot run on it."""
    fifo = fifo or Fifo in algorithm.requires
    graph = network if isinstance(network, Graph) else Graph.from_network(network, title_of(network))
    graph = with_identities(graph, ids, seed=0)
    fifo = fifo or (isinstance(network, Network) and network.fifo)
    names = tuple(graph.names)
    seen = graph.network(algorithm.view, fifo=fifo)
    title = graph.title
    if not 1 <= seen.nodes <= limits.LARGEST_NETWORK:
        raise Problems(
            [
                sentence(
                    "{title}: {nodes} nodes; expected 1 to {largest_network}, and better 2 to 5",
                    title=title,
                    nodes=seen.nodes,
                    largest_network=limits.LARGEST_NETWORK,
                )
            ]
        )
    if initiators is None:
        chosen = tuple(sorted(usual_initiators(algorithm, seen, graph.root)))
    else:
        chosen = tuple(sorted({_number(names, name, title) for name in initiators}))
    refused = refusals(algorithm.title, algorithm.requires, seen, chosen)
    if not chosen and not refused:
        refused = [f"{algorithm.title} needs at least one initiator"]
    if refused:
        raise Problems(refused)
    return Instance(title, seen, names, chosen, network_json(graph), identities_json(graph))


def numbers_of_nodes(text: int | str) -> range:
    """Return what "4" (1 to 4 nodes) or "2..4" means. Raises Problems."""
    least, dots, most = str(text).partition("..")
    if not dots:
        least, most = "1", least
    numbers = [
        int(each) if each.isdecimal() and each.isascii() else 0 for each in (least.strip(), most.strip())
    ]
    if not 1 <= numbers[0] <= numbers[1] <= limits.ALL_CONNECTED_NODES:
        given = f"{text} nodes" if not dots else text
        expected = f"1 to {limits.ALL_CONNECTED_NODES}, or a range as in 2..4"
        raise Problems(
            [sentence("--all-connected: {given}; expected {expected}", given=given, expected=expected)]
        )
    return range(numbers[0], numbers[1] + 1)


def all_instances(algorithm: type[Algorithm], sizes: range, *, fifo: bool) -> list[Instance]:
    """Return all connected networks of `sizes` nodes, each with every choice of initiators.

    Networks that differ only in how their nodes are numbered are taken once; only those are taken, and only
    those initiators, that meet the algorithm's requirements. The small come first.

    Raises:
        Problems: none does.
    """
    fifo = fifo or Fifo in algorithm.requires
    found: list[Instance] = []
    reason = ""
    for graph in _connected_graphs(sizes, rooted=algorithm.view == "tree"):
        network = graph.network(algorithm.view, fifo=fifo)
        names = tuple(graph.names)
        for size in range(1, network.nodes + 1):
            for initiators in combinations(range(network.nodes), size):
                refused = refusals(algorithm.title, algorithm.requires, network, initiators)
                if refused:
                    reason = reason or refused[0]
                else:
                    found.append(Instance(graph.title, network, names, initiators, network_json(graph)))
    if not found:
        raise Problems(
            [
                sentence(
                    "--all-connected: no network of {sizes} nodes will do; {reason}",
                    sizes=in_words(sizes),
                    reason=reason,
                )
            ]
        )
    return found


def inputs_of(
    inputs: Inputs, names: Sequence[str], ids: Sequence[int] | None = None
) -> Callable[[int], object]:
    """Return what a node contributes, as a function of its number. Raises Problems."""
    if inputs is None:
        return lambda _: None
    if callable(inputs):
        return inputs
    if isinstance(inputs, Mapping):
        values = {_number(names, name, "inputs"): value for name, value in inputs.items()}
    else:
        if len(inputs) != len(names):
            raise Problems(
                [
                    sentence(
                        "inputs: {number} values for {number_2} nodes",
                        number=len(inputs),
                        number_2=len(names),
                    )
                ]
            )
        values = dict(zip(ids or range(len(names)), inputs, strict=True))
    try:
        encode(list(values.values()))
    except ValueError as error:
        raise Problems([f"inputs: {error}"]) from None
    return values.get


def in_words(sizes: range) -> str:
    """Return numbers of nodes in words: "up to 4", "2 to 4"."""
    if sizes[0] == 1:
        return f"up to {sizes[-1]}"
    return str(sizes[0]) if len(sizes) == 1 else f"{sizes[0]} to {sizes[-1]}"


def _connected_graphs(sizes: range, *, rooted: bool) -> Iterator[Graph]:
    """Yield connected networks, one for each way to be joined; if `rooted` only trees, the root being 0."""
    import networkx as nx  # noqa: PLC0415 - takes long, and only this needs it

    for graph in nx.graph_atlas_g():
        size = len(graph)
        if size not in sizes or not nx.is_connected(graph):
            continue
        links = [(int(a), int(b)) for a, b in cast("Any", graph.edges)]
        if not rooted:
            yield _numbered(size, links)
        elif nx.is_tree(graph):
            for root in range(size):
                swap = {root: 0, 0: root}
                yield _numbered(size, [(swap.get(a, a), swap.get(b, b)) for a, b in links])


def _numbered(nodes: int, links: Sequence[tuple[int, int]]) -> Graph:
    network = Network.from_links(nodes, sorted((min(link), max(link)) for link in links))
    return Graph.from_network(network, title_of(network))


def title_of(network: Network) -> str:
    """Return the links of a small network, which are its name where it has none."""
    if not network.undirected:
        return f"{network.nodes} nodes"
    names = network.names or [str(node) for node in range(network.nodes)]
    joined = [f"{names[a]}-{names[b]}" for a, row in enumerate(network.out) for b in row if a < b]
    return f"{network.nodes} nodes" if len(joined) > limits.LISTED_LINKS else ", ".join(joined) or "1 node"


def _number(names: Sequence[str], name: str, title: str) -> int:
    try:
        return names.index(name)
    except ValueError:
        raise Problems([sentence("{title}: there is no node {name}", title=title, name=repr(name))]) from None
