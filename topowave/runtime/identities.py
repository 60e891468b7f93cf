"""Which identity each node of a run has: in order, reversed, at random, or as somebody wrote them down.

The identity of a node is its number, `self.id`: what an election compares. How many messages one takes may
depend on nothing else, so that a theorem's worst, best and mean case are shown by placing identities, on one
and the same network.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import TypeAlias, cast

from topowave.runtime.graph import Graph
from topowave.topology import Problems
from topowave.topology.json_lines import parse_json
from topowave.topology.limits import MAX_FILE_BYTES
from topowave.topology.problems import TOP, ProblemList, did_you_mean, shown
from topowave.translation import text as sentence

IN_ORDER, REVERSED = "in-order", "reversed"
WORDS = (IN_ORDER, REVERSED, "random")
"""What is no file."""
Identities: TypeAlias = str | Path | Sequence[int] | Mapping[str, int]
"""One of `WORDS`, `random:SEED`, a file, the identity of each node in order, or of each by its name."""
_RANDOM = re.compile("random(?::([0-9]{1,18}))?")
_NUMBER = re.compile("[0-9]{1,18}")

Given: TypeAlias = tuple[str, object]
"""Where an identity stands, and what stands there."""


def with_identities(graph: Graph, ids: Identities, seed: int) -> Graph:
    """Return the network with other identities.

    Args:
        graph: the network.
        ids: which node has which.
        seed: of the run; `random` follows from it.

    Raises:
        Problems: they are not the numbers from 0 to N-1, each once; with the line of a file.
    """
    if isinstance(ids, str):
        drawn = _RANDOM.fullmatch(ids)
        if ids == IN_ORDER:
            return graph
        if ids == REVERSED:
            return graph.renumbered(range(graph.nodes - 1, -1, -1), ids)
        if drawn is not None:
            chosen = seed if drawn[1] is None else int(drawn[1])
            return graph.renumbered(_shuffled(graph.nodes, chosen), f"random:{chosen}")
    if isinstance(ids, str | Path):
        return graph.renumbered(_checked(str(ids), _read(ids, graph), graph.nodes), str(ids))
    if isinstance(ids, Mapping):
        given = _by_name("ids", [(name, name, value) for name, value in ids.items()], graph)
    else:
        given = [(f"[{place}]", value) for place, value in enumerate(ids)]
    return graph.renumbered(_checked("ids", given, graph.nodes), "as given")


def identities_text(ids: Identities) -> str:
    """Return what a trace's header says was asked for."""
    return str(ids) if isinstance(ids, str | Path) else "as given"


def _shuffled(nodes: int, seed: int) -> list[int]:
    """Return the numbers in random order (Fisher and Yates), the same for a seed on every Python."""
    random = Random(f"{seed}/identities").random  # noqa: S311 - it must be repeatable, not secret
    numbers = list(range(nodes))
    for last in range(nodes - 1, 0, -1):
        other = int(random() * (last + 1))
        numbers[last], numbers[other] = numbers[other], numbers[last]
    return numbers


def _read(path: str | Path, graph: Graph) -> list[Given]:
    """Return what a file gives: an identity a line, or a list or an object of JSON."""
    source = str(path)
    try:
        with Path(path).open(encoding="utf-8-sig") as file:
            text = file.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError:
        words = f"{', '.join(WORDS)}, random:SEED"
        problem = sentence(
            "{source} is neither a file nor one of {words}{did_you_mean}",
            source=shown(source),
            words=words,
            did_you_mean=did_you_mean(source, WORDS),
        )
        raise Problems([f"--ids: {problem}"]) from None
    except OSError as error:
        raise Problems([f"{source}: {error.strerror}"]) from None
    except ValueError:
        raise Problems([sentence("{source}: is not UTF-8 text", source=source)]) from None
    if len(text) > MAX_FILE_BYTES:
        raise Problems(
            [
                sentence(
                    "{source}: is larger than the limit of {max_file_bytes} bytes",
                    source=source,
                    max_file_bytes=MAX_FILE_BYTES,
                )
            ]
        )
    if text.lstrip()[:1] in ("[", "{"):
        return _read_json(text, source, graph)
    words_of_lines = ((number, line.partition("#")[0].strip()) for number, line in _lines(text))
    return [
        (f"line {number}", int(word) if _NUMBER.fullmatch(word) else word)
        for number, word in words_of_lines
        if word
    ]


def _lines(text: str) -> Iterable[tuple[int, str]]:
    return enumerate(text.splitlines(), start=1)


def _read_json(text: str, source: str, graph: Graph) -> list[Given]:
    document = parse_json(text, source)
    data: object = document.data
    if isinstance(data, dict):
        table = cast("dict[str, object]", data)
        return _by_name(
            source,
            [(f"line {document.line(TOP.at(name))}", name, value) for name, value in table.items()],
            graph,
        )
    return [
        (f"line {document.line(TOP.at(place))}: [{place}]", value)
        for place, value in enumerate(cast("list[object]", data))
    ]


def _by_name(source: str, given: Sequence[tuple[str, str, object]], graph: Graph) -> list[Given]:
    """Return the identities in the order of the nodes, from place, name and identity of each."""
    found: dict[int, Given] = {}
    problems = ProblemList(source)
    for place, name, value in given:
        try:
            found[graph.number(name)] = place, value
        except Problems as refusal:
            for problem in refusal.problems:
                problems.add_text(TOP, f"{place}: {problem}")
    for node in range(graph.nodes):
        if node not in found:
            problems.add_text(
                TOP, sentence("there is no number for node {names}", names=shown(graph.names[node]))
            )
    problems.raise_if_any()
    return [found[node] for node in range(graph.nodes)]


def _checked(source: str, given: Sequence[Given], nodes: int) -> list[int]:
    """Return the identities, each node's in order. Raises Problems."""
    problems = ProblemList(source)
    first: dict[int, str] = {}
    for place, value in given:
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < nodes:
            expected = f"a whole number from 0 to {nodes - 1}"
            problems.add_text(
                TOP,
                sentence(
                    "{place}: {value} is no number of a node; expected {expected}",
                    place=place,
                    value=shown(value),
                    expected=expected,
                ),
            )
        elif value in first:
            problems.add_text(
                TOP,
                sentence(
                    "{place}: {value} stands in {first} already; each node has a number of its own",
                    place=place,
                    value=value,
                    first=first[value],
                ),
            )
        else:
            first[value] = place
    if len(given) != nodes:
        problems.add_text(TOP, sentence("{number} numbers for {nodes} nodes", number=len(given), nodes=nodes))
    problems.raise_if_any()
    return [*first]
