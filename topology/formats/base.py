"""What a file format is: how its files end, and the two functions that read and write it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from topowave.topology.files import decoded, decoded_leniently
from topowave.topology.formats.parsed_graph import ParsedGraph
from topowave.topology.model import Topology

Read: TypeAlias = "Callable[[bytes, str], Topology | ParsedGraph]"
"""Makes a network of a file's bytes and its name, which is for messages. Raises Problems."""


@dataclass(frozen=True)
class Format:
    """A file format.

    Attributes:
        name: what `--from` and `--to` call it.
        description: what people call it.
        endings: how the names of its files end, in small letters.
        read: a topology, if the file says all that one holds, else a graph that is yet to be normalized.
        write: the text of a topology.
    """

    name: str
    description: str
    endings: tuple[str, ...]
    read: Read
    write: Callable[[Topology], str]


def reading_text(read: Callable[[str, str], Topology | ParsedGraph]) -> Read:
    """The reader of a format whose files are text in UTF-8, from a function that takes the text."""
    return lambda data, source: read(decoded(data, source), source)


def reading_text_of_any_age(read: Callable[[str, str], ParsedGraph]) -> Read:
    """As `reading_text`, for formats of other programs: a file in Latin-1 is read with a note."""

    def reading(data: bytes, source: str) -> ParsedGraph:
        text, notes = decoded_leniently(data, source)
        parsed = read(text, source)
        parsed.notes[:0] = notes
        return parsed

    return reading
