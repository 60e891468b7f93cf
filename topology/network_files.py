"""Networks from elsewhere and for elsewhere: one door to every file format.

The format follows from the end of the file's name, or is given. What was changed on the way in stands in
the notes of `import_network`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, TypeAlias

import networkx as nx

from topowave.topology.files import read_bytes, write_text
from topowave.topology.formats.normalize import Imported, normalize
from topowave.topology.formats.parsed_graph import from_graph, to_parsed_graph
from topowave.topology.formats.registry import FORMATS
from topowave.topology.model import Topology
from topowave.topology.problems import InPieces, ProblemList, did_you_mean, shown
from topowave.translation import text

PathLike: TypeAlias = str | os.PathLike[str]


def format_of(path: PathLike, named: str | None = None) -> str:
    """The format of a file: the named one, else by the file's ending.

    Raises:
        Problems: no format has that name or that ending.
    """
    problems = ProblemList(os.fspath(path))
    if named is not None:
        if named not in FORMATS:
            known = ", ".join(FORMATS)
            raise problems.refusal(
                text(
                    "there is no format {named}{did_you_mean}; expected one of {known}",
                    named=shown(named),
                    did_you_mean=did_you_mean(named, FORMATS),
                    known=known,
                )
            )
        return named
    name = Path(path).name.lower()
    for key, known_format in FORMATS.items():
        if name.endswith(known_format.endings):
            return key
    endings = ", ".join(ending for known_format in FORMATS.values() for ending in known_format.endings)
    raise problems.refusal(
        text(
            "the format does not follow from the file's name; expected an ending such as {endings}",
            endings=endings,
        )
    )


def import_network(
    path: PathLike,
    *,
    format: str | None = None,
    root: str | None = None,
    largest: bool = False,
    base_port: int | None = None,
) -> Imported:
    """Read a network in any known format and say what had to be changed.

    Args:
        path: the file.
        format: one of `FORMATS`; None to go by the file's ending and, for JSON, by what it holds.
        root: name or id of the node to be the root; None for the stored root, else the one with most links.
        largest: of a network in pieces take the largest instead of refusing it.
        base_port: number the ports anew from here; None to keep those of the file (8000 and up if none).

    Raises:
        InPieces: the network is in pieces, and not `largest`.
        Problems: the file is not what it should be, or is beyond the limits.
    """
    source = os.fspath(path)
    data = read_bytes(path)  # first, since a compressed file's ending is of no format
    found = FORMATS[format_of(path, format)].read(data, source)
    if isinstance(found, Topology):
        if root in {None, found.root.name} and base_port is None:
            return Imported(found)
        found = to_parsed_graph(found)
    return normalize(found, source, root=root, largest=largest, base_port=base_port)


def read_network(
    network: PathLike | nx.Graph[Any],
    *,
    root: str | None = None,
    largest: bool = False,
    base_port: int | None = None,
) -> Topology:
    """Read a network from a file in any known format, or take over a graph of networkx.

    Args:
        network: a file, or a graph. Its nodes are called as they are written (`str`), links lose their
            direction, and attributes such as `port` and `cpu` are what they are in a file.
        root: name of the node to be the root; None for the stored root, else the one with most links.
        largest: of a network in pieces take the largest instead of refusing it.
        base_port: number the ports anew from here; None to keep those of the file (8000 and up if none).

    Raises:
        Problems: the file is not what it should be, the network is in pieces, or it is beyond the limits.
    """
    try:
        if isinstance(network, nx.Graph):
            source = str(network.name) or type(network).__name__
            parsed = from_graph(network)
            return normalize(parsed, source, root=root, largest=largest, base_port=base_port).topology
        return import_network(network, root=root, largest=largest, base_port=base_port).topology
    except InPieces as refusal:
        raise refusal.suggesting("largest=True takes the largest") from None


def network_text(topology: Topology, format: str) -> str:
    """The text of a topology in one of `FORMATS`."""
    return FORMATS[format].write(topology)


def write_network(topology: Topology, path: PathLike, *, format: str | None = None) -> None:
    """Write a topology in the format that the file's ending asks for, or in the given one.

    Raises:
        Problems: there is no such format, or the file cannot be written.
    """
    write_text(network_text(topology, format_of(path, format)), path)
