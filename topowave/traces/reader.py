"""Reading a trace, simulated or live: `docs/reference/trace.md` is the reference."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import IO, Any, cast

from topowave.algorithms import Network
from topowave.runtime.graph import Graph, shape_graph
from topowave.topology import Problems, Topology
from topowave.topology.problems import shown
from topowave.traces.format import VERSION, Event
from topowave.translation import text

LATEST = 1e15
"""Latest time of an event, in units; beyond it two moments could not be told apart."""
LONGEST_LINE = 64 * 1024 * 1024
"""Longest line of a trace, in bytes."""


@dataclass(frozen=True)
class Recorded:
    """A trace that was read.

    Attributes:
        source: the file's name.
        header: its first line.
        events: in the order of the file.
        cut: whether the file has more events than were to be read.
        torn: whether the file ends in the middle of a line, which is left out: its writer was killed, or the
            disk was full.
    """

    source: str
    header: dict[str, Any]
    events: list[Event]
    cut: bool = False
    torn: bool = False

    def graph(self) -> Graph:
        """Return the network that the header describes. Raises Problems."""
        graph = graph_of(self.header.get("topology"), f"{self.source}: line 1: topology")
        ids: object = self.header.get("ids")
        if ids is None:
            return graph
        given = (
            [each for each in cast("list[object]", ids) if type(each) is int] if isinstance(ids, list) else []
        )
        if sorted(given) != [*range(graph.nodes)]:
            problem = text("expected the numbers from 0 to {nodes}, each once", nodes=graph.nodes - 1)
            raise Problems([text("{source}: line 1: ids: {problem}", source=self.source, problem=problem)])
        return graph.renumbered(given, "as recorded")


def graph_of(network: object, place: str) -> Graph:
    """Return the network as a trace describes it. Raises Problems."""
    if isinstance(network, str):
        try:
            return shape_graph(network)  # never a file: a trace does not say what is read here
        except Problems:
            raise Problems(
                [
                    text(
                        "{place}: {network} is not SHAPE:N:SEED as there are shapes",
                        place=place,
                        network=shown(network),
                    )
                ]
            ) from None
    if isinstance(network, dict) and "children" in network and "neighbors" not in network:
        return Graph.from_topology(Topology.from_json(cast("object", network), place))
    if isinstance(network, dict) and "neighbors" in network:
        table = cast("dict[str, Any]", network)
        try:
            names = [str(name) for name in table["nodes"]]
            rows = _rows(table["neighbors"], len(names))
            children = _rows(table["children"], len(names)) if "children" in table else None
            into = _rows(table["into"], len(names)) if "into" in table else rows
        except (KeyError, TypeError, ValueError, IndexError):
            raise Problems(
                [text("{place}: expected nodes, and the numbers of each one's neighbors", place=place)]
            ) from None
        return Graph.from_network(Network(rows, into, names=names), children=children)
    raise Problems([text("{place}: expected a topology, nodes with neighbors, or SHAPE:N:SEED", place=place)])


def _rows(data: Any, nodes: int) -> list[list[int]]:
    numbers = range(nodes)
    return [[numbers[number] for number in row] for row in data]


def read_trace(path: str | Path, most: int | None = None) -> Recorded:
    """Return the trace in a file, or its first `most` events. Raises Problems where it is none.

    A last line that is cut off is left out, and said to be: the rest of the trace is as good as ever.
    """
    try:
        with Path(path).open("rb") as file:
            lines = _WholeLines(file, str(path))
            recorded = parse_trace(lines, str(path), most)
            return replace(recorded, torn=lines.torn)
    except OSError as error:
        raise Problems([f"{path}: {error.strerror}"]) from None
    except UnicodeDecodeError:
        raise Problems([text("{path}: is not UTF-8 text, so it is no trace", path=path)]) from None


class _WholeLines:
    """The lines of a file, without a last one that is cut off."""

    def __init__(self, file: IO[bytes], source: str) -> None:
        self._file = file
        self._source = source
        self.torn = False

    def __iter__(self) -> Iterator[str]:
        # never more of a line than is looked at: a file without line ends would fill the memory
        for number, line in enumerate(iter(partial(self._file.readline, LONGEST_LINE + 1), b"")):
            if len(line) > LONGEST_LINE:
                raise Problems(
                    [
                        text(
                            "{source}: line {number}: longer than {longest_line} bytes",
                            source=self._source,
                            number=number + 1,
                            longest_line=LONGEST_LINE,
                        )
                    ]
                )
            if number and not line.endswith(b"\n") and not _is_json(line):
                self.torn = True
                return
            yield line.decode()


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def parse_trace(lines: Iterable[str], source: str, most: int | None = None) -> Recorded:
    """Return the trace that these lines are, the header first. Raises Problems where they are none.

    Args:
        lines: at least the header.
        source: what messages begin with, such as a file's name.
        most: how many events are read; None for all.
    """
    header: dict[str, Any] | None = None
    events: list[Event] = []
    for number, line in enumerate(lines, start=1):
        if header is not None and not line.strip():
            continue
        if most is not None and len(events) >= most:
            return Recorded(source, cast("dict[str, Any]", header), events, cut=True)
        found = _object(line, number, source)
        if header is None:
            version = found.get("version")
            if version != VERSION:
                raise Problems(
                    [
                        text(
                            "{source}: line 1: expected a trace's header with version {version}, found "
                            "{version_2}",
                            source=source,
                            version=VERSION,
                            version_2=repr(version),
                        )
                    ]
                )
            header = found
        else:
            events.append(_event(found, number, source))
    if header is None:
        raise Problems([text("{source}: is empty", source=source)])
    return Recorded(source, header, events)


def _object(line: str, number: int, source: str) -> dict[str, Any]:
    if len(line) > LONGEST_LINE:
        raise Problems(
            [
                text(
                    "{source}: line {number}: longer than {longest_line} bytes",
                    source=source,
                    number=number,
                    longest_line=LONGEST_LINE,
                )
            ]
        )
    try:
        found: object = json.loads(line)
    except RecursionError:
        raise Problems(
            [text("{source}: line {number}: is nested too deeply to be read", source=source, number=number)]
        ) from None
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Problems(
            [
                text(
                    "{source}: line {number}: is not a JSON object, so this is no trace",
                    source=source,
                    number=number,
                )
            ]
        )
    return cast("dict[str, Any]", found)


def _event(found: dict[str, Any], number: int, source: str) -> Event:
    texts: dict[str, str | None] = {}
    for key in ("node", "event", "wave", "peer", "message_id", "kind"):
        value = found.pop(key, None)
        if value is not None and not isinstance(value, str):
            raise Problems(
                [
                    text(
                        "{source}: line {number}: {key}: expected text, found {value}",
                        source=source,
                        number=number,
                        key=key,
                        value=shown(value),
                    )
                ]
            )
        texts[key] = value
    t = found.pop("t", None)
    if isinstance(t, bool) or not isinstance(t, int | float) or not abs(t) <= LATEST:
        raise Problems(
            [
                text(
                    "{source}: line {number}: t: expected a time, found {t}",
                    source=source,
                    number=number,
                    t=shown(t),
                )
            ]
        )
    if texts["event"] is None:
        raise Problems(
            [
                text(
                    "{source}: line {number}: it does not say what happened (`event`)",
                    source=source,
                    number=number,
                )
            ]
        )
    found.pop("seq", None)
    message = found.pop("message", None)
    return Event(
        number,
        t,
        texts["node"],
        texts["event"],
        texts["wave"],
        texts["peer"],
        message,
        texts["message_id"],
        texts["kind"],
        found,
    )
