"""Edge lists: a link on a line, two names with a tab between them.

What a plain list of links cannot say (ports, cores, the tree, nodes without links) stands in comment lines
that other programs pass over: `# node {"name": "amber", "port": 8001, "cpu": 4, "parent": "root"}`.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator

from topowave.topology.formats.base import Format, reading_text_of_any_age
from topowave.topology.formats.link_line import Reading, readings
from topowave.topology.formats.parsed_graph import LABELS, USED, ParsedGraph, to_parsed_graph
from topowave.topology.json_lines import parse_json
from topowave.topology.limits import MAX_LINK_LINE
from topowave.topology.model import Topology
from topowave.topology.problems import TOP, ProblemList, Problems, shown
from topowave.topology.validation import is_object
from topowave.translation import counted
from topowave.translation import text as sentence

_NODE_LINE = "# node "
_COMMENTS = ("#", "%", "//")
_LINE = re.compile(r"([^\r\n]*)(?:\r\n|\r|\n|\Z)")
_HEADINGS = {
    ("source", "target"), ("from", "to"), ("src", "dst"), ("src", "dest"), ("source", "destination"),
    ("node1", "node2"),
}  # fmt: skip
"""What the two columns of a table are called."""
_OTHER_FORMATS = {"*vertices": "Pajek", "*network": "Pajek", "%%matrixmarket": "Matrix Market"}
"""How files begin that look like lists of links, but are more than that."""


def read_edge_list(text: str, source: str) -> ParsedGraph:
    """Read an edge list; `link_line` says how names may be set apart, and # begins a comment.

    Raises:
        Problems: with every line that is not a link, or may be read in more than one way.
    """
    return _Reader(source).read(text)


def edge_list_text(topology: Topology) -> str:
    """Write an edge list: first the nodes as comments, then the links."""
    parsed = to_parsed_graph(topology)
    lines = [
        _NODE_LINE + json.dumps({"name": name, **attributes}, ensure_ascii=False)
        for name, attributes in parsed.nodes.items()
    ]
    lines.extend(f"{a}\t{b}" for a, b in parsed.links)
    return "\n".join(lines) + "\n"


class _Reader:
    def __init__(self, source: str) -> None:
        self.problems = ProblemList(source)
        self.parsed = ParsedGraph(ids_are_names=True)
        self.ambiguous: list[tuple[int, int, list[Reading]]] = []
        """Lines with more than one reading: its place among the links, its number, the readings."""
        self.separators: Counter[str] = Counter()
        self.bare_marks: list[int] = []
        """After how many links a line has nothing but #."""
        self.weights = 0
        self.ends: set[int | str] = set()
        """Names in lines with one reading: there are too many of them long before the links are too many."""

    def read(self, text: str) -> ParsedGraph:
        heading: tuple[int, str] | None = None
        for number, line in _lines(text):
            if line.startswith(_NODE_LINE):
                self.node(line.removeprefix(_NODE_LINE), number)
                continue
            self.refuse_other_formats(line)
            if line == "#":
                self.bare_marks.append(len(self.parsed.links))
            if line.startswith(_COMMENTS):
                continue
            if heading is None and not self.parsed.links and _words(line) in _HEADINGS:
                heading = (number, line)
            else:
                self.link(line, number)
        self.decide()
        if heading is not None:
            self.use_heading(*heading)
        self.problems.raise_if_any()
        self.refuse_nodes_before_links()
        self.note_counts()
        for ends in self.parsed.links:
            for end in ends:
                self.parsed.nodes.setdefault(end, {})
        if self.weights:
            self.parsed.notes.append(
                counted(
                    "the numbers behind the names of {count} link passed over",
                    "the numbers behind the names of {count} links passed over",
                    self.weights,
                )
            )
        return self.parsed

    def node(self, content: str, number: int) -> None:
        try:
            data = parse_json(content, "").data
        except Problems as error:
            self.problems.add_text(
                TOP, sentence("line {number}: {problems}", number=number, problems=error.problems[0])
            )
            return
        name = data.get("name") if is_object(data) else None
        if not is_object(data) or not isinstance(name, str):
            text = sentence(
                "line {number}: expected a node with a name, found {data}", number=number, data=shown(data)
            )
            self.problems.add_text(TOP, text)
        elif self.parsed.nodes.get(name):
            self.problems.add_text(
                TOP,
                sentence(
                    "line {number}: the node {name} was described before", number=number, name=shown(name)
                ),
            )
        else:
            self.parsed.nodes[name] = {key: value for key, value in data.items() if key in USED - {*LABELS}}
            self.refuse_excess(number)

    def link(self, line: str, number: int) -> None:
        ends = line.split("\t")
        if len(ends) == 2 and all(end in self.parsed.nodes for end in ends):  # a file that we wrote
            self.parsed.links.append((ends[0], ends[1]))
            self.refuse_excess(number)
            return
        if len(line) > MAX_LINK_LINE:
            text = sentence(
                "line {number}: longer than the limit of {max_link_line} characters",
                number=number,
                max_link_line=MAX_LINK_LINE,
            )
            self.problems.add_text(TOP, text)
            return
        found = readings(line)
        if not found:
            self.problems.add_text(
                TOP,
                sentence("line {number}: expected two names, found {line}", number=number, line=shown(line)),
            )
            return
        if len(found) > 1:
            self.ambiguous.append((len(self.parsed.links), number, found))
        else:
            self.separators[found[0].separator] += 1
            self.weights += found[0].weighted
            self.ends.update(found[0].ends)
        self.parsed.directed |= found[0].separator == "arrow"
        self.parsed.links.append(found[0].ends)
        self.refuse_excess(number)

    def decide(self) -> None:
        """Read the lines that may be read in more than one way as the others; a file of commas by these."""
        if not self.separators and all(_by_comma(found) for _, _, found in self.ambiguous):
            self.separators["comma"] = 1
        decided: Counter[str] = Counter()
        for place, number, found in self.ambiguous:
            usual = max(found, key=lambda reading: self.separators[reading.separator])
            if not self.separators[usual.separator]:
                text = sentence("may be read in more than one way; expected a tab between the two names")
                self.problems.add_text(TOP, sentence("line {number}: {given}", number=number, given=text))
                continue
            self.parsed.links[place] = usual.ends
            self.weights += usual.weighted
            decided[usual.separator] += 1
        for separator, count in decided.items():
            lines = f"{count} line{'s' * (count > 1)} that may be read in more ways"
            self.parsed.notes.append(
                sentence(
                    "{lines} taken for names with a {separator} between them",
                    lines=lines,
                    separator=separator,
                )
            )

    def use_heading(self, number: int, line: str) -> None:
        """Pass over the heading of a table, unless what it says are names of nodes."""
        if any(str(end).lower() in _words(line) for ends in self.parsed.links for end in ends):
            self.link(line, number)
        else:
            self.parsed.notes.append(
                sentence("line {number} taken for a heading: {line}", number=number, line=shown(line))
            )

    def refuse_other_formats(self, line: str) -> None:
        name = _OTHER_FORMATS.get(line.lower().split(" ", 1)[0]) if line[0] in "*%" else None
        if name:
            raise self.problems.refusal(
                sentence("not an edge list but a file in {name} format; expected two names a line", name=name)
            )

    def refuse_nodes_before_links(self) -> None:
        """Refuse the Trivial Graph Format: lines of an id and a label, a #, then links between the ids."""
        if len(self.bare_marks) != 1:
            return
        before, after = self.parsed.links[: self.bare_marks[0]], self.parsed.links[self.bare_marks[0] :]
        ids = {a for a, _ in before}
        labels = {b for _, b in before}
        is_table = len(ids) == len(before) and ids.isdisjoint(labels)
        if before and after and is_table and ids.issuperset(end for ends in after for end in ends):
            text = sentence("not an edge list but a file in Trivial Graph Format; expected two names a line")
            raise self.problems.refusal(text)

    def note_counts(self) -> None:
        """Tell of a first link that may be none: some files begin with how many nodes and links there are."""
        first, *others = self.parsed.links or [("", "")]
        nodes, links = map(str, first)
        if self.parsed.nodes or not others or not (nodes + links).isdecimal() or links != str(len(others)):
            return
        if int(nodes[:9]) >= len({end for ends in others for end in ends}):
            said = shown(f"{nodes} {links}")
            what = f"{said} was read as a link, and may be the numbers of nodes and links: then leave it out"
            self.parsed.notes.append(sentence("the first line {what}", what=what))

    def refuse_excess(self, number: int) -> None:
        problem = self.parsed.excess(named=len(self.ends))
        if problem:
            raise self.problems.refusal(sentence("line {number}: {problem}", number=number, problem=problem))


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Each line that is not empty, with its number, one at a time."""
    for number, line in enumerate(_LINE.finditer(text), start=1):
        content = line[1].strip()
        if content:
            yield number, content


def _by_comma(found: list[Reading]) -> bool:
    return any(reading.separator == "comma" and not reading.weighted for reading in found)


def _words(line: str) -> tuple[str, ...]:
    """The first two words of a line in small letters, whatever stands between them."""
    return tuple(re.split(r"[^\w]+", line.strip("\"'( ").lower(), maxsplit=2)[:2])


FORMAT = Format(
    "edge-list",
    "edge list",
    (".edgelist", ".edges", ".txt"),
    reading_text_of_any_age(read_edge_list),
    edge_list_text,
)
