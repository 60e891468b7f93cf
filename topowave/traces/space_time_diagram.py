"""The space-time diagram of a trace as SVG: a lane for each node, an arrow for each message.

Time goes to the right. What is too large to be readable is drawn in part, and the picture says which part:
the first nodes that had an event, and the first messages between them.
"""

from __future__ import annotations

import math
from bisect import bisect
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Protocol, cast

from topowave.runtime.graph import Graph
from topowave.topology import Problems
from topowave.traces.format import Event
from topowave.traces.reader import Recorded, read_trace

DRAWN_EVENTS = 200_000
"""So many events of a trace are read for a picture, which shows fewer."""
MOST_LANES = 32
"""Most nodes in a picture."""
MOST_ARROWS = 240
"""Most messages in a picture."""
LONGEST_TEXT = 64
"""Most characters of a name that are shown."""
LANE = 34
"""Distance of two lanes (px)."""
STEP = 26
"""Room for each moment at which something happens, on average (px)."""
NARROWEST, WIDEST = 480, 4_000
"""Width of the part between the first and the last event (px)."""
TOP = 58
"""Where the first lane is (px)."""

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7")
"""One for each kind of message, the last for all further kinds (M. Okabe and K. Ito, 2008)."""

STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#222}text.small{font-size:10px;fill:#666}"
    ".lane{stroke:#bbb}.sent{stroke-width:1.2;fill:none}.lost{stroke-dasharray:4 3}.act{fill:#444}"
    ".start{fill:#fff;stroke:#2f855a;stroke-width:2}.decide{fill:#c05621}.down{stroke:#9b2c2c;stroke-width:2}"
)


@dataclass(frozen=True)
class _Arrow:
    sent: Event
    received: Event | None


class Diagram:
    """A space-time diagram; `str()` of it is SVG, and a notebook shows it.

    Args:
        trace: what to draw.
        wave: only this wave.
        complete: whether `trace` has all events of the run.
    """

    def __init__(self, trace: Recorded, wave: str | None = None, *, complete: bool = True) -> None:
        self._complete = complete
        self._events = [event for event in trace.events if wave is None or event.wave in (wave, None)]
        order: dict[str, None] = {}
        for event in self._events:
            for node in (event.node, event.peer if event.event == "send" else None):
                if node is not None:
                    order[node] = None
        self._all_nodes = len(order)
        self._title = str(trace.header.get("algorithm", ""))
        # The first lanes by time, in the network's order.
        chosen = list(order)[:MOST_LANES]
        try:
            names = _names_of(trace.graph()) if self._all_nodes <= 10 * MOST_LANES else chosen
        except Problems:
            names = chosen
        place = {name: index for index, name in enumerate(names)}
        chosen.sort(key=lambda name: place.get(name, len(place)))
        self._lanes = {name: TOP + LANE * index for index, name in enumerate(chosen)}
        self._arrows = self._messages()
        self._shown = [
            event
            for event in self._events
            if event.node in self._lanes and event.t <= self._until and event.event not in ("send", "receive")
        ]
        self._kinds = list(dict.fromkeys(_kind(arrow.sent) for arrow in self._arrows))
        self._scale()

    def _messages(self) -> list[_Arrow]:
        """Return the messages to draw, and remember how many there are and until when."""
        deliveries = self._deliveries()
        self._all_messages = len(deliveries)
        arrows: list[_Arrow] = []
        for sent, there in deliveries:
            if sent.node in self._lanes and sent.peer in self._lanes:
                arrows += [_Arrow(sent, each) for each in there[:MOST_ARROWS]] or [_Arrow(sent, None)]
            if len(arrows) > MOST_ARROWS:
                break
        left_out = len(arrows) > MOST_ARROWS
        arrows = arrows[:MOST_ARROWS]
        ends = [(arrow.received or arrow.sent).t for arrow in arrows]
        last = max((event.t for event in self._events), default=0.0)
        self._until = max(ends, default=0.0) if left_out else last
        return arrows

    def _deliveries(self) -> list[tuple[Event, list[Event]]]:
        """Return what was sent, in order, each with its receipts.

        A message may arrive twice, and an id may come again where a node has lost its state; a receipt is
        that of the latest message with its id before it. So there are no more pairs than events.
        """
        found: list[tuple[Event, list[Event]]] = []
        sent: dict[tuple[str | None, ...], list[tuple[int, int]]] = {}
        for place, event in enumerate(self._events):
            if event.event == "send":
                key = (event.wave, event.message_id, event.node, event.peer)
                sent.setdefault(key, []).append((place, len(found)))
                found.append((event, []))
        for place, event in enumerate(self._events):
            if event.event == "receive":
                mine = sent.get((event.wave, event.message_id, event.peer, event.node))
                if mine:
                    found[mine[max(0, bisect(mine, (place, 0)) - 1)][1]][1].append(event)
        return found

    def _scale(self) -> None:
        times = {event.t for event in self._shown}
        for arrow in self._arrows:
            times.add(arrow.sent.t)
            if arrow.received is not None:
                times.add(arrow.received.t)
        self._begin = min(times, default=0.0)
        self._end = max(times, default=1.0)
        self._width = min(WIDEST, max(NARROWEST, STEP * len(times)))
        self._left = 24 + 7 * max((len(_cut(name)) for name in self._lanes), default=0)

    def _x(self, t: float) -> float:
        return round(self._left + self._width * (t - self._begin) / ((self._end - self._begin) or 1), 1)

    @property
    def excerpt(self) -> str:
        """What part of the trace is shown; "" if all of it is."""
        parts: list[str] = []
        if len(self._lanes) < self._all_nodes:
            parts.append(f"{len(self._lanes)} of {self._all_nodes:,} nodes")
        drawn = len({id(arrow.sent) for arrow in self._arrows})
        if drawn < self._all_messages:
            parts.append(f"{drawn} of {self._all_messages:,} messages, up to time {self._until:g}")
        if not self._complete:
            parts.append("of a run that has more events than were kept")
        return f"Excerpt: {', '.join(parts)}." if parts else ""

    def _repr_svg_(self) -> str:
        return str(self)

    def __str__(self) -> str:
        width = self._left + self._width + 40
        height = TOP + LANE * len(self._lanes) + 24
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}" role="img">',
            f"<title>Space-time diagram of {_text(self._title)}</title>",
            f"<style>{STYLE}</style>",
            "<defs>",
            *(
                f'<marker id="head{number}" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" '
                f'markerHeight="7" orient="auto"><path d="M0 0 L8 4 L0 8 z" fill="{colour}"/></marker>'
                for number, colour in enumerate(COLOURS)
            ),
            "</defs>",
            f'<rect width="{width}" height="{height}" fill="#fff"/>',
            f'<text x="12" y="20">{_text(self._title)}{self._legend()}</text>',
            f'<text class="small" x="12" y="36">{escape(self.excerpt or "All nodes and messages.")}</text>',
            *self._lane_parts(),
            *(self._arrow_part(arrow) for arrow in self._arrows),
            *(part for event in self._shown if (part := self._mark(event))),
            self._axis(height - 12),
            "</svg>",
        ]
        return "\n".join(parts) + "\n"

    def _lane_parts(self) -> list[str]:
        right = self._left + self._width + 16
        return [
            f'<line class="lane" x1="{self._left}" y1="{y}" x2="{right}" y2="{y}"/>'
            f'<text x="12" y="{y + 4}">{_text(name)}</text>'
            for name, y in self._lanes.items()
        ]

    def _arrow_part(self, arrow: _Arrow) -> str:
        sent, received = arrow.sent, arrow.received
        y1, y2 = self._lanes[sent.node or ""], self._lanes[sent.peer or ""]
        x1 = self._x(sent.t)
        hue = self._hue(sent)
        colour = f'stroke="{COLOURS[hue]}"'
        ends = f"{_text(sent.node or '')} to {_text(sent.peer or '')}"
        said = f"{_text(_kind(sent))} from {ends}, sent at {sent.t:g}"
        if received is None:  # half the way, to nowhere
            return (
                f'<line class="sent lost" {colour} x1="{x1}" y1="{y1}" x2="{x1 + STEP / 2}" '
                f'y2="{(y1 + y2) / 2}">'
                f"<title>{said}, not received</title></line>"
            )
        return (
            f'<line class="sent" {colour} marker-end="url(#head{hue})" x1="{x1}" y1="{y1}" '
            f'x2="{self._x(received.t)}" y2="{y2}"><title>{said}, received at {received.t:g}</title></line>'
        )

    def _hue(self, sent: Event) -> int:
        kinds = self._kinds
        return min(kinds.index(_kind(sent)), len(COLOURS) - 1)

    def _legend(self) -> str:
        """Return the words that explain colours and signs, in those colours."""
        words = [
            f'<tspan dx="12" style="fill:{colour}">{_text(kind)}</tspan>'
            for kind, colour in zip(self._kinds[: len(COLOURS)], COLOURS, strict=False)
        ]
        if len(self._kinds) > len(COLOURS):
            words.append(" and others")
        signs = "\u25cb start, \u25c6 decide, dashed: not received"
        return f'{"".join(words)}<tspan dx="12" style="fill:#666">{signs}</tspan>'

    def _mark(self, event: Event) -> str:
        x, y = self._x(event.t), self._lanes[event.node or ""]
        said = f"<title>{escape(f'{event.event} at {event.t:g}')}</title>"
        if event.event == "start":
            return f'<circle class="start" cx="{x}" cy="{y}" r="5">{said}</circle>'
        if event.event == "decide":
            return f'<path class="decide" d="M{x} {y - 7} l7 7 l-7 7 l-7 -7 z">{said}</path>'
        if event.event in ("crash", "down"):
            return f'<path class="down" d="M{x - 5} {y - 5} l10 10 m0 -10 l-10 10">{said}</path>'
        if event.event in ("restart", "timer"):
            return f'<circle class="act" cx="{x}" cy="{y}" r="3">{said}</circle>'
        return ""

    def _axis(self, y: int) -> str:
        marks: list[str] = []
        span = (self._end - self._begin) or 1.0
        power = 10.0 ** math.floor(math.log10(max(span, 1e-300) / 4))
        step = next(each * power for each in (1, 2, 5, 10) if span / (each * power) <= 8)
        for number in range(math.ceil(self._begin / step), math.floor(self._end / step) + 1):
            t = number * step
            marks.append(f'<text class="small" x="{self._x(t)}" y="{y}" text-anchor="middle">{t:g}</text>')
        return "".join(marks)


class Drawable(Protocol):
    """What has a picture of its own: a run, or a counterexample."""

    def diagram(self) -> Diagram:
        """Return the picture."""
        ...


def draw(trace: Drawable | Recorded | str | Path, wave: str | None = None) -> Diagram:
    """Return the space-time diagram of a run or a trace; a notebook shows it, `str()` of it is SVG.

    Args:
        trace: a run, a trace or its file, of which the first `DRAWN_EVENTS` events are read.
        wave: the id of the only wave to draw; of a run it is all that there is.

    Raises:
        Problems: it is no trace, or there is no such wave in it.
    """
    if isinstance(trace, str | Path):
        trace = read_trace(trace, DRAWN_EVENTS)
    if not isinstance(trace, Recorded):
        return trace.diagram()
    if wave is not None and all(event.wave != wave for event in trace.events):
        raise Problems([f"{trace.source}: there is no wave {wave!r} in its first {DRAWN_EVENTS:,} events"])
    return Diagram(trace, wave, complete=not trace.cut)


def _text(text: str) -> str:
    """A text of the trace as it may stand in the picture: short, without what cannot be shown, escaped."""
    return escape("".join(c if c.isprintable() else "\ufffd" for c in _cut(text)))


def _names_of(graph: Graph) -> list[str]:
    """Return the names in the network's own order, whatever identities the nodes had in a run."""
    return [*(graph.before or graph).names]


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "\u2026"


def _kind(event: Event) -> str:
    """Return what kind of message was sent: the name of its class, or a short value itself."""
    message = event.message
    if isinstance(message, dict):
        return str(cast("dict[str, object]", message).get("$", "message"))
    shown = str(message)
    return shown if len(shown) <= 20 and not isinstance(message, list) else "message"
