"""What there is to learn from a counterexample: the kinds of its mistake, who was not heard, what led to it.

Theory of operation. A kind is only named where a fact shows it, and each fact is one that the checker knows:

| kind       | what shows it                                                                               |
|------------|---------------------------------------------------------------------------------------------|
| `shared`   | a handler changes what it has sent, or keeps state in its class or module (`handlers`)        |
| `fails`    | a handler fails in any other way (`handlers`)                                                |
| `early`    | a node decides, and others have no event before that (`dependence`)                          |
| `forgets`  | a node has no event, and no message of the run goes to it                                    |
| `deadlock` | nothing is left to happen, and a node that should has not decided (`decision`)               |
| `twice`    | a node decides that must not any more (`decision`)                                           |
| `endless`  | the run comes back to where it was, for ever (`termination`)                                 |
| `messages` | more messages than are proven, or fewer where the number is exact (`bounds`)                 |
| `fifo`     | with FIFO links all orders on this network were gone through, and nothing breaks              |
| `time`     | a timer has run out before the break, or with messages that all take one unit nothing breaks  |

`fifo` and `time` need a search and a run more; what is not known to the end is not said. `time` is not asked
where `fifo` holds, since messages that all take as long keep their order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal

from topowave.algorithms import Algorithm, Fifo
from topowave.checker.counterexample import Counterexample
from topowave.runtime.effects import CHANGED

Kind = Literal[
    "shared", "fails", "early", "forgets", "deadlock", "twice", "endless", "messages", "fifo", "time"
]
SHARED_SIGNS = (CHANGED, "changes after it was sent", "which all nodes share")
"""What the sentence of a mistake says where state is shared, by whichever check has found it."""
FAULTS = frozenset({"drop", "crash", "down"})


@dataclass(frozen=True)
class Lesson:
    """What a counterexample teaches.

    Attributes:
        condition: which is broken.
        witness: the checker's sentence.
        position: the event that breaks it; 0 where no event was needed.
        node: where; "" where it is at no single node.
        kinds: of the mistake, the surest first.
        missing: of a decide, the nodes without an event before it; of a run that is over, those that have
            not decided and should.
        past: the events that led to the breaking one, in order, itself left out.
        repeats_after: for a run without end, after how many events the part begins that repeats itself.
        network: what people call it.
        initiators: names.
    """

    condition: str
    witness: str
    position: int
    node: str
    kinds: tuple[Kind, ...]
    missing: tuple[str, ...]
    past: tuple[int, ...]
    repeats_after: int | None
    network: str
    initiators: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        """Return it as the page takes it."""
        return {
            "condition": self.condition,
            "witness": self.witness,
            "position": self.position,
            "node": self.node,
            "kinds": list(self.kinds),
            "missing": list(self.missing),
            "past": list(self.past),
            "repeats_after": self.repeats_after,
            "network": self.network,
            "initiators": list(self.initiators),
        }


def lesson_of(
    found: Counterexample,
    algorithm: type[Algorithm],
    *,
    right_with_fifo: Callable[[], bool] | None = None,
    right_in_lockstep: Callable[[], bool] | None = None,
) -> Lesson:
    """Return what a counterexample teaches.

    Args:
        found: the counterexample.
        algorithm: its class.
        right_with_fifo: asked whether it is known that with FIFO links nothing breaks on this network.
        right_in_lockstep: asked whether nothing breaks where all messages take one unit.
    """
    steps = [list(rows) for _, rows in groupby(found.events, key=lambda row: row["t"])]
    names = tuple(found.states)
    pasts = _pasts(steps)
    node = found.steps[-1].node if found.steps else ""
    past = pasts[-1] if pasts else set[int]()
    before = {str(_first(steps[number])["node"]) for number in past} | {node}
    decided = {str(row["node"]) for rows in steps for row in rows if row["event"] == "decide"}
    over = found.property_name == "decision" and "is over" in found.witness
    missing: tuple[str, ...] = ()
    if found.property_name == "dependence":
        missing = tuple(name for name in names if name not in before)
    elif over and (algorithm.deciders == "all" or not decided):
        missing = tuple(name for name in names if name not in decided)
    kinds: list[Kind] = _kinds(found, steps, missing, over=over)
    faulty = any(row["event"] in FAULTS for rows in steps for row in rows)
    if not faulty and found.property_name != "handlers":
        kinds += _of_order(algorithm, steps, right_with_fifo, right_in_lockstep)
    return Lesson(
        condition=found.property_name,
        witness=found.witness,
        position=len(steps),
        node="" if over else node,
        kinds=tuple(kinds),
        missing=missing,
        past=tuple(sorted(number + 1 for number in past)),
        repeats_after=found.repeats_after,
        network=found.network,
        initiators=found.initiators,
    )


def _kinds(
    found: Counterexample, steps: list[list[Any]], missing: Sequence[str], *, over: bool
) -> list[Kind]:
    kinds: list[Kind] = []
    match found.property_name:
        case "handlers":
            said = f"{found.witness} {found.mistake or ''}"
            shared: Kind = "shared" if any(sign in said for sign in SHARED_SIGNS) else "fails"
            return [shared]
        case "dependence":
            kinds = ["early"]
        case "decision":
            kinds = ["deadlock" if over else "twice"]
        case "termination":
            kinds = ["endless"]
        case _:
            kinds = ["messages"]
    told = {str(row["peer"]) for rows in steps for row in rows if row["event"] == "send"}
    been = {str(_first(rows)["node"]) for rows in steps}
    if found.property_name in ("dependence", "decision") and any(
        name not in told and name not in been for name in missing
    ):
        kinds.append("forgets")
    return kinds


def _of_order(
    algorithm: type[Algorithm],
    steps: list[list[Any]],
    right_with_fifo: Callable[[], bool] | None,
    right_in_lockstep: Callable[[], bool] | None,
) -> list[Kind]:
    """Return whether the mistake is one of the order alone, or of time."""
    if Fifo not in algorithm.requires and right_with_fifo is not None and right_with_fifo():
        return ["fifo"]
    timed = any(row["event"] == "timer" for rows in steps for row in rows)
    if timed or (right_in_lockstep is not None and right_in_lockstep()):
        return ["time"]
    return []


def _pasts(steps: list[list[Any]]) -> list[set[int]]:
    """Return the causal past of each step, as places of steps: messages, and the order at each node."""
    found: list[set[int]] = []
    latest: dict[str, int] = {}
    sent_in: dict[str, int] = {}
    for number, rows in enumerate(steps):
        first = _first(rows)
        past: set[int] = set()
        causes = [latest.get(str(first["node"]))]
        if first["event"] == "receive":
            causes.append(sent_in.get(str(first["message_id"])))
        for cause in causes:
            if cause is not None:
                past |= found[cause] | {cause}
        found.append(past)
        latest[str(first["node"])] = number
        sent_in |= {str(row["message_id"]): number for row in rows if row["event"] == "send"}
    return found


def _first(rows: list[Any]) -> Any:
    """Return the line that says what a step is: that a node joins is only said before it."""
    return next((row for row in rows if row["event"] != "join"), rows[0])
