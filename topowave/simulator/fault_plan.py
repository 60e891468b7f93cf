"""What goes wrong in a run, and when: nodes crash and come back, links are cut and repaired.

A fault file is JSON; `docs/reference/simulator.md` describes it:

    {"detect_after": 2,
     "faults": [{"at": 3, "crash": "amber"}, {"at": 9, "restart": "amber", "state": "lost"},
                {"at": 1, "cut": ["root", "amber"]}, {"at": 4, "mend": ["root", "amber"]},
                {"at": 5, "partition": [["root"], ["amber", "birch"]]}, {"at": 8, "heal": true}]}
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

from topowave.runtime.graph import Graph
from topowave.runtime.virtual_time import to_ticks
from topowave.simulator.limits import MOST_FAULTS
from topowave.topology import Problems
from topowave.topology.files import read_bytes
from topowave.topology.problems import no_json
from topowave.translation import text as sentence

Kind = Literal["crash", "restart", "cut", "mend", "partition", "heal"]
KINDS: tuple[Kind, ...] = ("crash", "restart", "cut", "mend", "partition", "heal")


@dataclass(frozen=True)
class Fault:
    """One thing that happens.

    Attributes:
        at: when, in ticks.
        kind: what.
        nodes: the node that crashes or restarts, or the two ends of the link.
        keep: for a restart, whether the node comes back with its state.
        links: for a partition, the links that it cuts, each with the smaller number first.
    """

    at: int
    kind: Kind
    nodes: tuple[int, ...] = ()
    keep: bool = True
    links: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class FaultPlan:
    """All that goes wrong.

    Attributes:
        faults: in the order of the file; those at one time happen in that order.
        detect_after: ticks after which neighbours learn of a crash or a cut (`on_down`); None for never.
        source: the file's content, for a trace.
    """

    faults: tuple[Fault, ...] = ()
    detect_after: int | None = None
    source: object = None

    def __bool__(self) -> bool:
        return bool(self.faults)


NO_FAULTS = FaultPlan()


def read_faults(path: str | Path, graph: Graph) -> FaultPlan:
    """Return the plan that a file describes. Raises Problems with everything that is wrong with it."""
    read = read_bytes(path)
    try:
        data: object = json.loads(read)
    except (ValueError, RecursionError) as error:
        raise no_json(path, error) from None
    return plan_faults(data, graph, str(path))


def plan_faults(data: object, graph: Graph, place: str = "faults") -> FaultPlan:
    """Return the plan that plain data describes. Raises Problems with everything that is wrong with it."""
    return _Reader(graph, place).read(data)


class _Reader:
    """Collects problems, one line each."""

    def __init__(self, graph: Graph, place: str) -> None:
        self.graph = graph
        self.place = place
        self.problems: list[str] = []

    def add(self, where: str, text: str) -> None:
        place = f"{self.place}: {where}" if where else self.place
        self.problems.append(sentence("{place}: {problem}", place=place, problem=text))

    def read(self, data: object) -> FaultPlan:
        source = data
        detect = None
        found: list[Fault] = []
        if not isinstance(data, dict):
            self.add("", sentence('expected an object like {{"faults": [...]}}'))
        else:
            table = cast("dict[str, Any]", data)
            for key in table.keys() - {"faults", "detect_after"}:
                self.add(str(key), sentence("unknown key; expected `faults` and perhaps `detect_after`"))
            if table.get("detect_after") is not None:
                detect = self.time("detect_after", table["detect_after"])
            found = self.entries(table.get("faults"))
        if self.problems:
            raise Problems(sorted(self.problems))
        return FaultPlan(tuple(found), detect, source)

    def entries(self, data: object) -> list[Fault]:
        if not isinstance(data, list):
            self.add("faults", sentence("expected a list of faults"))
            return []
        entries = cast("list[object]", data)
        if len(entries) > MOST_FAULTS:
            self.add(
                "faults",
                sentence(
                    "{number} faults are too many; expected at most {most_faults}",
                    number=len(entries),
                    most_faults=MOST_FAULTS,
                ),
            )
            return []
        made = [self.entry(f"faults[{index}]", entry) for index, entry in enumerate(entries)]
        return [fault for fault in made if fault is not None]

    def entry(self, where: str, data: object) -> Fault | None:
        if not isinstance(data, dict):
            self.add(where, sentence('expected an object like {{"at": 3, "crash": NAME}}'))
            return None
        table = cast("dict[str, Any]", data)
        kinds: list[Kind] = [kind for kind in KINDS if kind in table]
        if len(kinds) != 1:
            self.add(where, sentence("expected exactly one of {kinds}", kinds=", ".join(KINDS)))
            return None
        kind = kinds[0]
        allowed = {"at", kind, "state"} if kind == "restart" else {"at", kind}
        for key in sorted(set(map(str, table)) - allowed):
            self.add(where, sentence("unknown key {key}", key=repr(key)))
        at = self.time(f"{where}.at", table.get("at"))
        return self.fault(f"{where}.{kind}", at, kind, table)

    def fault(self, where: str, at: int, kind: Kind, table: dict[str, Any]) -> Fault | None:
        value = table[kind]
        if kind in ("crash", "restart"):
            state = table.get("state", "kept")
            if state not in ("kept", "lost"):
                self.add(where, sentence('state is {state}; expected "kept" or "lost"', state=repr(state)))
            node = self.node(where, value)
            return None if node is None else Fault(at, kind, (node,), keep=state == "kept")
        if kind in ("cut", "mend"):
            ends = self.link(where, value)
            return None if ends is None else Fault(at, kind, ends)
        if kind == "partition":
            return Fault(at, kind, links=self.partition(where, value))
        if value is not True:
            self.add(where, sentence("expected true: heal mends every link"))
        return Fault(at, kind)

    def time(self, where: str, value: object) -> int:
        if isinstance(value, int | float) and not isinstance(value, bool):
            try:
                return to_ticks(value)
            except ValueError:
                pass
        self.add(
            where,
            sentence("{value} is not a time; expected a number from 0", value=repr(value))
            if value is not None
            else "missing",
        )
        return 0

    def node(self, where: str, value: object) -> int | None:
        try:
            if isinstance(value, str):
                return self.graph.number(value)
        except Problems:
            pass
        self.add(where, sentence("there is no node {value}", value=repr(value)))
        return None

    def link(self, where: str, value: object) -> tuple[int, int] | None:
        if not isinstance(value, list) or len(cast("list[object]", value)) != 2:
            self.add(where, sentence("expected the names of a link's two ends"))
            return None
        a, b = (self.node(where, end) for end in cast("list[object]", value))
        if a is None or b is None:
            return None
        if not self.graph.joined(a, b):
            names = self.graph.names
            self.add(
                where,
                sentence("there is no link between {names} and {names_2}", names=names[a], names_2=names[b]),
            )
            return None
        return min(a, b), max(a, b)

    def partition(self, where: str, value: object) -> tuple[tuple[int, int], ...]:
        """Return the links between the groups; nodes that no group names are a group of their own."""
        if not isinstance(value, list):
            self.add(where, sentence("expected a list of groups, each a list of names"))
            return ()
        side: dict[int, int] = {}
        for number, group in enumerate(cast("list[object]", value)):
            if not isinstance(group, list):
                self.add(f"{where}[{number}]", sentence("expected a list of names"))
                continue
            for name in cast("list[object]", group):
                node = self.node(f"{where}[{number}]", name)
                if node is not None and side.setdefault(node, number) != number:
                    self.add(f"{where}[{number}]", sentence("{name} is in two groups", name=repr(name)))
        return tuple(
            dict.fromkeys(
                (min(a, b), max(a, b))
                for a in range(self.graph.nodes)
                for b in self.graph.rows[a]
                if side.get(a, -1) != side.get(b, -1)
            )
        )
