"""A task's life as a trace: one span for the whole, and below it one for each stage. Pure.

A task's history says when it came into which state and at which node. A stage lasts from one entry to the
next, across moves and processes, so the stages follow each other without gaps and add up to the whole. Their
ids follow from the task's, so a trace that is exported twice is the same one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from topowave.tasks.states import FINISHED, STATES

NS = 1_000_000_000
ATTRIBUTES = ("status", "kind", "title", "category", "priority", "weight", "attempts", "script", "request")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time in a task's life.

    Attributes:
        name: what it was: "task", or the state.
        trace, id, parent: of OpenTelemetry; `parent` is None for the whole task.
        start_ns, end_ns: nanoseconds since 1970.
        attributes: what is known of it.
        error: why it failed; None where it did not.
    """

    name: str
    trace: int
    id: int
    parent: int | None
    start_ns: int
    end_ns: int
    attributes: Mapping[str, str | int | float]
    error: str | None


def spans_of(task: Mapping[str, Any]) -> Sequence[Span]:
    """Return the spans of a task that is over, the whole one first, as `GET /tasks/{id}` tells of it."""
    entries: list[Mapping[str, Any]] = task["history"]
    key = f"{task['id']}@{task['submitted_at']}"
    trace, whole = _number(key, 16), _number(f"{key}/", 8)
    about = {f"topowave.task.{name}": task[name] for name in ATTRIBUTES if task.get(name) not in (None, "")}
    about["topowave.task.id"] = task["id"]
    failed = task.get("error") or task.get("reason") if task["status"] == "failed" else None
    start_ns, end_ns = _ns(entries[0]["time"]), _ns(entries[-1]["time"])
    found = [Span("task", trace, whole, None, start_ns, end_ns, about, failed)]
    for number, (entry, following) in enumerate(pairwise(entries)):
        state, _, _ = str(entry["what"]).partition(" ")
        state = state.rstrip(":")
        if state not in STATES or state in FINISHED:
            continue  # a priority that was changed, or an end before the task was put back
        attributes = {"topowave.task.id": task["id"], "topowave.what": entry["what"]}
        if entry["node"] is not None:
            attributes["topowave.node"] = entry["node"]
        ended = str(following["what"])
        error = ended if state == "running" and ended.startswith(("failed", "pending: ")) else None
        times = _ns(entry["time"]), _ns(following["time"])
        found.append(Span(state, trace, _number(f"{key}/{number}", 8), whole, *times, attributes, error))
    return found


def _ns(seconds: float) -> int:
    return round(seconds * 1000) * (NS // 1000)


def _number(text: str, size: int) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:size]) or 1
