"""How a command reads the network of its `--topology` or FILE, and tells what was changed about it."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from topowave.cli.output import complain
from topowave.translation import text as sentence

if TYPE_CHECKING:
    from topowave.runtime.graph import Graph
    from topowave.topology import Topology

HERE = "--largest takes the largest"
"""What a command with `--largest` says about a network in pieces."""
ELSEWHERE = "topowave topology convert FILE NEW.json --largest takes the largest"
"""What the others say."""


@contextmanager
def suggesting(how: str) -> Generator[None]:
    """Add to the refusal of a network in pieces what can be done about it."""
    from topowave.topology.problems import InPieces

    try:
        yield
    except InPieces as refusal:
        raise refusal.suggesting(how) from None


def read_graph_noting(text: str, *, largest: bool) -> Graph:
    """Return the network of a run: a file, or SHAPE:N[:SEED]. What was changed is told on standard error.

    Raises:
        Problems: it cannot be had.
    """
    from topowave.runtime.graph import read_graph

    with suggesting(HERE):
        graph = read_graph(text, largest=largest)
    for note in graph.notes:
        complain(sentence("{given}: note: {note}", given=text, note=note))
    return graph


def read_lab_network(file: Path) -> Topology:
    """Return the network of a lab. A file whose ending means no format is read as a topology.json.

    Raises:
        Problems: it is not what it should be.
    """
    from topowave.topology import read_topology
    from topowave.topology.formats.registry import FORMATS
    from topowave.topology.network_files import import_network

    if not file.name.lower().endswith(tuple(end for each in FORMATS.values() for end in each.endings)):
        return read_topology(file)
    with suggesting(ELSEWHERE):
        imported = import_network(file)
    for note in imported.notes:
        complain(sentence("{file}: note: {note}", file=file, note=note))
    return imported.topology
