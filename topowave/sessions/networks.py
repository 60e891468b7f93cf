"""A network as a file of any format, for whoever draws one: read, generated, checked, and written anew.

It needs no session. As in `opening.py`, a page names no file of the machine that serves it: a network comes
with its text, or is generated.
"""

from __future__ import annotations

from topowave.runtime.graph import Graph, shape_graph
from topowave.sessions.limits import DRAWN_NODES
from topowave.sessions.opening import network_named
from topowave.sessions.protocol import File, Network
from topowave.topology import Problems, Topology
from topowave.topology.files import topology_text
from topowave.topology.network_files import format_of, import_network, network_text
from topowave.topology.problems import InPieces
from topowave.translation import text


def network_form(ask: Network) -> dict[str, object]:
    """Return the text of the network that is asked for, and what had to be changed about it.

    Raises:
        Problems: with every problem of the file, each with its place; or the network is too large.
    """
    wanted = format_of("network", ask.format)
    named = network_named(ask.network)
    notes: tuple[str, ...] = ()
    if isinstance(ask.network, File):
        try:
            imported = import_network(ask.network.name, largest=ask.largest)
        except InPieces as refusal:
            raise refusal.suggesting(text("choose to take its largest piece")) from None
        topology, notes = imported.topology, imported.notes
    else:
        topology = _generated(shape_graph(named))
    if len(topology.nodes) > DRAWN_NODES:
        raise _too_large(len(topology.nodes))
    written = topology_text(topology) if wanted == "topology" else network_text(topology, wanted)
    return {"text": written, "notes": [*notes]}


def _generated(graph: Graph) -> Topology:
    """Return what a shape was made to; one that is too large for a file has no names. Raises Problems."""
    if graph.topology is None:
        raise _too_large(graph.nodes)
    return graph.topology


def _too_large(nodes: int) -> Problems:
    return Problems(
        [text("the network has {nodes} nodes; at most {most} can be drawn", nodes=nodes, most=DRAWN_NODES)]
    )
