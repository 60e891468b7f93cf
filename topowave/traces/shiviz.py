"""A trace as a log for ShiViz (https://bestchai.bitbucket.io/shiviz/), with the vector clocks it wants.

I. Beschastnikh, P. Liu, A. Xing, P. Wang, Y. Brun and M. D. Ernst, "Visualizing distributed system
executions", ACM TOSEM 29(2), 2020. Every event is two lines: the host and its clock, then what happened.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from topowave.traces.format import Event
from topowave.traces.reader import Recorded

PARSER = r"(?<host>\S*) (?<clock>{.*})\n(?<event>.*)"
"""The regular expression that ShiViz reads the rest with: the log's first line."""


def shiviz_lines(trace: Recorded) -> Iterator[str]:
    """Yield the lines of the log. Events of links, which have no host, are left out."""
    yield PARSER
    yield ""
    clocks: dict[str, dict[str, int]] = {}
    sent: dict[tuple[str | None, str | None], dict[str, int]] = {}
    for event in trace.events:
        if event.node is None:
            continue
        host = event.node.replace(" ", "_")
        clock = clocks.setdefault(host, {})
        if event.event == "receive":
            for other, count in sent.get((event.wave, event.message_id), {}).items():
                clock[other] = max(clock.get(other, 0), count)
        clock[host] = clock.get(host, 0) + 1
        if event.event == "send":
            sent[event.wave, event.message_id] = dict(clock)
        yield f"{host} {json.dumps(clock, ensure_ascii=False)}"
        yield _said(event)


def _said(event: Event) -> str:
    """Return one line that says what happened."""
    words = [event.event]
    if event.kind is not None:
        words.append(event.kind)
    if event.message is not None:
        words.append(json.dumps(event.message, ensure_ascii=False))
    if event.peer is not None:
        words += ["to" if event.event == "send" else "from", event.peer]
    words.append(f"(t={event.t:g}{'' if event.wave is None else f', wave {event.wave}'})")
    return " ".join(words)
