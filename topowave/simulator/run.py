"""What a run gives back: counts, verdicts, the trace; pleasant in a notebook."""

from __future__ import annotations

import importlib
import json
from dataclasses import dataclass, field, fields
from html import escape
from typing import Any

from topowave.algorithms import Algorithm
from topowave.algorithms.messages import encode
from topowave.runtime.algorithm_error import AlgorithmError
from topowave.runtime.value_text import value_text
from topowave.simulator.kernel import Ending
from topowave.simulator.limits import LONGEST_SHOWN
from topowave.simulator.properties import Property
from topowave.translation import Text
from topowave.translation import text as sentence

UNFINISHED: dict[Ending, Text] = {
    "limit": sentence("by the most events that it may have"),
    "time": sentence("by the time that it may take"),
    "memory": sentence("by the memory that it may take"),
    "interrupted": sentence("by Ctrl-C"),
}
"""How a run ends before its end through nobody's mistake, in words."""


class IncompleteTraceError(ValueError):
    """A run whose events were too many to be kept; it can be repeated with `trace=FILE`."""


@dataclass(frozen=True, eq=False)
class Run:
    """A finished run of one wave.

    Two runs are equal if all of it is, but for the instances; a decided NaN equals another one.

    Attributes:
        algorithm: its name.
        wave: the wave's id.
        network: what people call the network.
        nodes, links: how many there are.
        initiators: names.
        seed: of the run.
        messages: how many were sent.
        bits: their length as encoded; None where nobody looked (more than 10,000 nodes).
        time: when the last decision was, or the last event if there was none, since the start, in units.
        decisions: the decided values by node name, in the order of deciding.
        bounds: the proven limits that applied: `messages`, and `time` in units.
        holds: for each property whether it held; None where it does not apply or is not known.
        witnesses: one sentence for each thing that shows a violation.
        ending: how the run ended.
        mistake: what the algorithm did wrong, if it did.
        trace_sha256: digest of the trace; None if there were too many events to keep and no file was given.
        events: the trace's lines, header first, as far as they were kept.
        complete: whether `events` is the whole trace.
        instances: each node's instance by name, in the order of joining; empty beyond 10,000 nodes.
    """

    algorithm: str
    wave: str
    network: str
    nodes: int
    links: int
    initiators: tuple[str, ...]
    seed: int
    messages: int
    bits: int | None
    time: float
    decisions: dict[str, object]
    bounds: dict[str, float]
    holds: dict[Property, bool | None]
    witnesses: tuple[str, ...]
    ending: Ending
    mistake: AlgorithmError | None
    trace_sha256: str | None
    events: tuple[str, ...] = field(repr=False)
    complete: bool = field(repr=False)
    instances: dict[str, Algorithm] = field(repr=False, compare=False)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Run) and self._compared() == other._compared()

    __hash__ = None  # type: ignore[assignment]

    def _compared(self) -> dict[str, object]:
        compared = {each.name: getattr(self, each.name) for each in fields(self) if each.compare}
        return {**compared, "decisions": repr(self.decisions)}

    @property
    def deciders(self) -> list[str]:
        """The nodes that decided, in that order."""
        return list(self.decisions)

    @property
    def states(self) -> dict[str, dict[str, object]]:
        """Each node's final state by name."""
        return {name: Algorithm.state(instance) for name, instance in self.instances.items()}

    @property
    def finished(self) -> bool:
        """Whether the run came to its end by itself."""
        return self.ending == "quiet"

    @property
    def unfinished(self) -> bool:
        """Whether a limit or Ctrl-C ended it, and nothing that was seen until then is wrong."""
        wrong = {name for name, held in self.holds.items() if held is False}
        if self.ending == "limit":
            wrong -= {"termination"}  # that it was still going on, which a higher limit may disprove
        return self.ending in UNFINISHED and not wrong

    @property
    def ok(self) -> bool:
        """Whether nothing is violated and the algorithm made no mistake."""
        return self.mistake is None and self.ending != "ended" and False not in self.holds.values()

    def to_json(self) -> dict[str, object]:
        """Return what `topowave simulate --json` prints; `mistake` and `witnesses` only where needed."""
        found: dict[str, object] = {
            "algorithm": self.algorithm,
            "nodes": self.nodes,
            "links": self.links,
            "seed": self.seed,
            "messages": self.messages,
            "bits": self.bits,
            "time": self.time,
            "deciders": self.deciders,
            "decisions": {name: _plain(value) for name, value in self.decisions.items()},
            "bounds": self.bounds,
            "holds": self.holds,
            "ending": self.ending,
            "trace_sha256": self.trace_sha256,
        }
        if self.witnesses:
            found["witnesses"] = list(self.witnesses)
        if self.mistake is not None:
            found["mistake"] = str(self.mistake)
        return found

    def rows(self) -> list[tuple[str, str]]:
        """Return the run as pairs of a name and a text, for people."""
        found = [
            (
                "network",
                sentence(
                    "{network}: {nodes} nodes, {links} links",
                    network=self.network,
                    nodes=self.nodes,
                    links=self.links,
                ),
            ),
            ("initiators", _some(self.initiators)),
            ("seed", str(self.seed)),
            ("messages", _with_limit(f"{self.messages:,}", self.bounds.get("messages"))),
            ("bits", "not counted" if self.bits is None else f"{self.bits:,}"),
            ("time", _with_limit(f"{self.time:,.6f}".rstrip("0").rstrip("."), self.bounds.get("time"))),
            ("deciders", _some(self.deciders)),
        ]
        if any(value is not None for value in self.decisions.values()):
            found.append(("decided", _decided(self.decisions)))
        for property_name, held in self.holds.items():
            found.append((property_name, {True: "holds", False: "VIOLATED", None: "-"}[held]))
        if self.unfinished and self.holds.get("termination") is False:
            found[-len(self.holds)] = ("termination", "NOT SEEN: the run was stopped")
        found += [("witness", witness) for witness in self.witnesses]
        if self.mistake is not None:
            found.append(("mistake", str(self.mistake)))
        if self.ending in UNFINISHED:
            found.append(
                (
                    "ended",
                    sentence(
                        "{unfinished}; this is what is known so far", unfinished=UNFINISHED[self.ending]
                    ),
                )
            )
        return found

    def __str__(self) -> str:
        width = max(len(name) for name, _ in self.rows())
        return "\n".join([f"{self.algorithm}", *(f"  {name:{width}}  {text}" for name, text in self.rows())])

    def _repr_html_(self) -> str:
        cells = "".join(
            f"<tr><th style='text-align:left'>{escape(name)}</th>"
            f"<td style='text-align:left'>{escape(text)}</td></tr>"
            for name, text in self.rows()
        )
        return f"<table><caption>{escape(self.algorithm)}</caption>{cells}</table>"

    def diagram(self) -> Any:
        """Return the space-time diagram, which a notebook shows; `str()` of it is SVG."""
        from topowave.traces.reader import parse_trace  # noqa: PLC0415
        from topowave.traces.space_time_diagram import Diagram  # noqa: PLC0415 - only who draws needs it

        return Diagram(parse_trace(self.events, self.network), complete=self.complete)

    def frame(self) -> Any:
        """Return the events as a pandas data frame, one row each.

        Raises:
            ImportError: pandas is not installed; it comes with `pip install 'topowave[notebook]'`.
            IncompleteTraceError: not all events were kept.
        """
        if not self.complete:
            raise IncompleteTraceError("too many events to keep; repeat the run with trace=FILE")
        try:
            pandas: Any = importlib.import_module("pandas")
        except ImportError:
            raise ImportError("a data frame needs pandas: pip install 'topowave[notebook]'") from None
        return pandas.DataFrame([json.loads(line) for line in self.events[1:]])


def _some(names: tuple[str, ...] | list[str]) -> str:
    if not names:
        return sentence("none")
    if len(names) <= 8:
        return ", ".join(names)
    return sentence("{names} and {more} more", names=", ".join(names[:7]), more=f"{len(names) - 7:,}")


def _plain(value: object) -> object:
    """Return a decided value as JSON has it."""
    try:
        return encode(value)
    except ValueError:
        return value_text(value)


def _decided(decisions: dict[str, object]) -> str:
    """Return in words what was decided: one value if all agree, else each node's, in their order."""
    shown = {name: _shown(value) for name, value in decisions.items()}
    if len(shown) > 1 and len(set(shown.values())) == 1:
        return sentence(
            "{value}, by all {number:,} of them", value=next(iter(shown.values())), number=len(shown)
        )
    return _some([f"{name}: {text}" if len(shown) > 1 else text for name, text in shown.items()])


def _shown(value: object) -> str:
    if isinstance(value, str) and len(value) <= LONGEST_SHOWN:
        return value
    return value_text(value, LONGEST_SHOWN)


def _with_limit(text: str, limit: float | None) -> str:
    return (
        text
        if limit is None
        else sentence(
            "{value} of {limit} proven", value=text, limit=f"{limit:,g}" if limit < 1e6 else f"{limit:,.0f}"
        )
    )
