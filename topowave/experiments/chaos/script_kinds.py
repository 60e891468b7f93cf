"""The script tasks of a chaos run: what each does, and how it must end. Pure.

All run the shipped `faulty`, which fails in the way it is told to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from topowave.experiments.chaos.verdict import AGAIN, wrong_with_attempts

SCRIPT = "faulty"
LONG_S = 2.0
"""How long a script takes that is likely to be moved or killed in the middle (s)."""
HANG_S = 1.0
"""The deadline of one that never returns (s)."""
BACKOFF_S = 0.2
"""Pause before the second try of one that gave no result (s)."""


@dataclass(frozen=True)
class ScriptKind:
    """One kind of script task.

    Attributes:
        name: in the report.
        type: whether it is run alone in a process, or in a thread among others.
        reason: why it fails; None for one that completes.
        seconds: how long it takes before that (s).
        timeout: its deadline (s); None for the lab's own.
        often: how many of all are of this kind, about.
        tries: how often it may be tried where it gives no result.
        chance: how likely each try fails.
        weight: how many cores it holds.
    """

    name: str
    type: Literal["cpu", "io"]
    reason: str | None = None
    seconds: float = 0.0
    timeout: float | None = None
    often: int = 1
    tries: int = 1
    chance: float = 1.0
    weight: int = 1

    def order(self, number: int, count: int) -> dict[str, Any]:
        """Return what is submitted: `count` tasks, which return `number` if they return."""
        params: dict[str, Any] = {"value": number, "seconds": self.seconds}
        if self.reason is not None:
            params |= {"reason": self.reason, "chance": self.chance}
        order = {"script": SCRIPT, "params": params, "type": self.type, "count": count, "title": self.name}
        order |= {"weight": self.weight, "max_attempts": self.tries, "backoff": BACKOFF_S}
        return order | ({} if self.timeout is None else {"timeout": self.timeout})


KINDS = (
    ScriptKind("quick", "cpu", often=3),
    ScriptKind("quick in threads", "io", often=3),
    ScriptKind("long", "cpu", seconds=LONG_S, often=2),
    ScriptKind("long in threads", "io", seconds=LONG_S, often=2),
    ScriptKind("long, on two cores", "cpu", seconds=LONG_S, weight=2),
    ScriptKind("raises", "cpu", "raised"),
    ScriptKind("raises, is tried three times", "cpu", "raised", tries=3),
    ScriptKind("exits by chance, is tried again", "cpu", "exited", tries=4, chance=0.5),
    ScriptKind("exits", "cpu", "exited"),
    ScriptKind("kills its process", "cpu", "killed"),
    ScriptKind("kills its process, threads and all", "io", "killed"),
    ScriptKind("takes all memory", "cpu", "memory"),
    ScriptKind("never returns", "cpu", "timeout", timeout=HANG_S),
)


@dataclass(frozen=True)
class OrderedScript:
    """A script task that the lab has taken.

    Attributes:
        id: of the task.
        kind: what it does.
        number: what it returns if it returns.
    """

    id: str
    kind: ScriptKind
    number: int


def wrong_with_script(ordered: OrderedScript, task: Mapping[str, Any]) -> list[str]:
    """Say what is wrong with a script task that nobody cancelled and that must be over by now.

    It was begun again only where its node died under it, a move interrupted it or it was to be tried again,
    and says so. It ended once, with its value, or after all its tries with its kind's reason, or with that of
    one under which too many nodes died.
    """
    name = f"script task {ordered.id} ({ordered.kind.name})"
    state = task["status"]
    if state == "cancelled":
        return []
    if state not in {"completed", "failed"}:
        return [f"{name} is {state}"]
    told = [event["what"] for event in task["history"]]
    ends = sum(what == "completed" or what.startswith("failed") for what in told)
    wrong = [f"{name} ended {ends} times"] if ends != 1 else []
    wrong += wrong_with_attempts(name, told, task["attempts"])
    return wrong + [f"{name} {what}" for what in _wrong_with_end(ordered, task)]


def _wrong_with_end(ordered: OrderedScript, task: Mapping[str, Any]) -> list[str]:
    kind, wanted = ordered.kind, ordered.kind.reason
    result, reason, error = task["result"], task["reason"], task["error"]
    retried = sum(AGAIN in event["what"] for event in task["history"])
    if task["status"] == "completed":
        if wanted is not None and kind.chance == 1:
            return [f"is completed, and was to fail with the reason {wanted}"]
        return [] if result == ordered.number else [f"returned {result!r} instead of {ordered.number}"]
    if reason not in {wanted, "node_ended"}:
        return [f"failed with the reason {reason} ({error})"]
    if reason == wanted and retried != kind.tries - 1:
        return [f"failed after {retried + 1} tries instead of {kind.tries}"]
    return [] if error else [f"failed with the reason {reason} and no sentence"]
