"""What a run in virtual time gives back: figures, a row a node, and columns a task."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from html import escape

from topowave.load.config import LoadConfig
from topowave.load.measures import MEASURES, WITHOUT_FORECAST, Measures
from topowave.load.workloads.workload import Workload
from topowave.topology.config import NO_FORECAST


@dataclass(frozen=True, slots=True)
class NodeResult:
    """What a node did: how many tasks it completed, and their work (core-seconds)."""

    name: str
    cpu: int
    completed: int
    work: float


@dataclass(frozen=True, slots=True)
class Repeated:
    """How far a run went as the recorded one did.

    Attributes:
        rounds: how many were repeated.
        plans: in how many of them the policy planned the same moves.
        loads: how many loads of nodes waves saw.
        as_seen: how many of them virtual time had, too, when the wave began or when its round planned.
        moves: how many moves were planned.
        as_moved: how many of those took as many tasks as in the lab.
    """

    rounds: int = 0
    plans: int = 0
    loads: int = 0
    as_seen: int = 0
    moves: int = 0
    as_moved: int = 0


@dataclass(frozen=True, slots=True)
class LoadResult:
    """A run in virtual time.

    Attributes:
        network: what people call it.
        workload: what came.
        config, seed: as it ran.
        measures: the figures.
        nodes: a row for each node, in the order of the topology.
        node: of each task the index in `nodes` of the node that had it last; -1 for none.
        start, end: when each task last began, and ended or was given up (s); infinite where it did not.
        completed: 1 for each task that was carried out, 0 for the others.
        sample_times, discrepancies, backlog: at each look, when it was (s), how unevenly nodes were loaded
            (largest load/cpu less smallest), and how many tasks had come and were not over.
        repeated: how far it went as a recorded live run did; None where none was repeated, or had no rounds.
    """

    network: str
    workload: Workload = field(repr=False)
    config: LoadConfig
    seed: int
    measures: Measures
    nodes: tuple[NodeResult, ...] = field(repr=False)
    node: Sequence[int] = field(repr=False)
    start: Sequence[float] = field(repr=False)
    end: Sequence[float] = field(repr=False)
    completed: Sequence[int] = field(repr=False)
    sample_times: Sequence[float] = field(repr=False)
    discrepancies: Sequence[float] = field(repr=False)
    backlog: Sequence[int] = field(repr=False)
    repeated: Repeated | None = field(default=None, repr=False)

    @property
    def response(self) -> list[float]:
        """From its arrival to its end, of each task (s); infinite where it was not completed."""
        return [
            end - time if done else math.inf
            for time, end, done in zip(self.workload.times, self.end, self.completed, strict=True)
        ]

    def to_json(self) -> dict[str, object]:
        """Return what `topowave load run --json` prints."""
        return {
            "network": self.network,
            "workload": {"name": self.workload.name, "source": self.workload.source, "tasks": len(self.node)},
            "config": asdict(self.config),
            "seed": self.seed,
            "measures": self.measures.to_json(),
            "nodes": [asdict(node) for node in self.nodes],
        }

    def csv_rows(self) -> Iterator[str]:
        """Yield the lines of a CSV file, one a task; a time that there is not is empty."""
        yield "task,node,arrival_s,duration_s,start_s,end_s,completed\r\n"
        columns = zip(
            self.node,
            self.workload.times,
            self.workload.durations,
            self.start,
            self.end,
            self.completed,
            strict=True,
        )
        names: list[str] = [_csv_word(each.name) for each in self.nodes]
        for number, (node, time, duration, start, end, done) in enumerate(columns):
            place = names[int(node)] if node >= 0 else ""
            times = f"{float(time)!r},{float(duration)!r},{_finite(start)},{_finite(end)}"
            yield f"{number},{place},{times},{done}\r\n"

    def rows(self) -> list[tuple[str, str]]:
        """Return title and value of each figure, as people read it."""
        values = self.measures.to_json()
        shown = MEASURES if self.config.forecast != NO_FORECAST else WITHOUT_FORECAST
        return [(each.title, shown_value(values[each.name], each.unit)) for each in shown]

    def __str__(self) -> str:
        title = f"{self.network}, {self.workload.name or 'workload'}: {self.config.policy}"
        width = max(len(name) for name, _ in self.rows())
        return "\n".join([title, *(f"  {name:<{width}}  {value}" for name, value in self.rows())])

    def to_html(self) -> str:
        """Return the figures as a table; a notebook shows it."""
        cells = (f"<tr><td>{escape(a)}</td><td>{escape(b)}</td></tr>" for a, b in self.rows())
        return f"<table>{''.join(cells)}</table>"

    _repr_html_ = to_html


def _finite(value: float) -> str:
    return repr(value) if value < math.inf else ""


def _csv_word(text: str) -> str:
    """Return a word as CSV has it: in quotes where that is needed."""
    out = io.StringIO()
    csv.writer(out).writerow([text])
    return out.getvalue().rstrip("\r\n")


def shown_value(value: float | None, unit: str) -> str:
    """Return a figure as people read it."""
    if value is None:
        return "-"
    if unit in {"tasks", "rounds", "messages", "cores x links", "alerts"}:
        return f"{value:,}"
    number = f"{value:,.4g}" if abs(value) < 1e4 else f"{value:,.0f}"
    return f"{number} {unit}".rstrip()


def json_text(result: LoadResult) -> str:
    """Return the result as one line of JSON, the same bytes on every machine."""
    return json.dumps(result.to_json(), ensure_ascii=False)
