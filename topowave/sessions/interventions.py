"""What somebody may do to a run between two events, as data.

Each kind is carried out by one method of the kernel, and each is refused with a sentence where it cannot be:
a message that is not on its way, an order that FIFO forbids, a node that is down already.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import cast

from topowave.runtime.graph import Graph
from topowave.runtime.virtual_time import LONGEST, to_ticks
from topowave.simulator.events import Arrive, Queued, Start, Timer
from topowave.simulator.fault_plan import Fault
from topowave.simulator.kernel import Kernel
from topowave.topology import Problems
from topowave.topology.problems import shown
from topowave.translation import text
from topowave.translation.text import Text


@dataclass(frozen=True)
class Deliver:
    """What is pending under the number `event` comes next, at once: a message, a start, a timer.

    Links are asynchronous and nodes have no clock in common, so none of them has to wait for another one.
    """

    event: int


@dataclass(frozen=True)
class Delay:
    """The message `event` comes `units` later. On FIFO links those behind it wait too."""

    event: int
    units: float


@dataclass(frozen=True)
class Drop:
    """The message `event` is lost."""

    event: int


@dataclass(frozen=True)
class Duplicate:
    """The message `event` arrives twice."""

    event: int


@dataclass(frozen=True)
class Crash:
    """A node crashes: what arrives there is lost, until it is back."""

    node: str


@dataclass(frozen=True)
class Restart:
    """A node comes back, with its state or without (`keep`)."""

    node: str
    keep: bool = True


@dataclass(frozen=True)
class Cut:
    """The link between two nodes is cut: nothing passes it, in either direction."""

    a: str
    b: str


@dataclass(frozen=True)
class Mend:
    """A link that was cut works again."""

    a: str
    b: str


Intervention = Deliver | Delay | Drop | Duplicate | Crash | Restart | Cut | Mend
KINDS: dict[str, type[Intervention]] = {
    kind.__name__.lower(): kind for kind in (Deliver, Delay, Drop, Duplicate, Crash, Restart, Cut, Mend)
}
"""The kinds by the word that JSON has for them."""
UNRELIABLE = (Drop, Duplicate, Crash, Restart, Cut)
"""Those after which a run is none of reliable links and nodes, of which theorems speak."""


def to_json(intervention: Intervention) -> dict[str, object]:
    """Return an intervention as JSON has it: `{"do": "deliver", "event": 7}`."""
    return {"do": type(intervention).__name__.lower(), **asdict(intervention)}


def from_json(data: object) -> Intervention:
    """Return the intervention that JSON describes. Raises Problems."""
    table = _table(data)
    kind = KINDS.get(str(table.get("do")))
    if kind is None:
        raise Problems(
            [
                text(
                    "do: expected one of {kinds}, found {found}",
                    kinds=", ".join(KINDS),
                    found=shown(data),
                )
            ]
        )
    given = {str(name): value for name, value in table.items() if name != "do"}
    wanted = {each.name: str(each.type) for each in fields(kind)}
    problems: list[str] = [
        text("{name}: unknown key of {do}", name=name, do=table["do"]) for name in given if name not in wanted
    ]
    problems += [
        text("{name}: missing from {do}", name=name, do=table["do"])
        for name in wanted
        if name not in given and name != "keep"
    ]
    problems += [
        text(
            "{name}: expected {expected}, found {found}",
            name=name,
            expected=_called(wanted[name]),
            found=shown(given[name]),
        )
        for name in wanted
        if name in given and not _is(given[name], wanted[name])
    ]
    if problems:
        raise Problems(problems)
    made = cast("Callable[..., Intervention]", kind)
    return made(**given)


def _table(data: object) -> Mapping[str, object]:
    return cast("dict[str, object]", data) if isinstance(data, dict) else {}


def _called(kind: str) -> Text:
    if kind == "int":
        return text("a whole number")
    if kind == "float":
        return text("a number")
    return text("true or false") if kind == "bool" else text("text")


def _is(value: object, kind: str) -> bool:
    if kind == "float":
        return isinstance(value, int | float) and not isinstance(value, bool)
    return type(value) is {"int": int, "str": str, "bool": bool}[kind]


def carry_out(intervention: Intervention, kernel: Kernel, graph: Graph, *, fifo: bool) -> None:
    """Let an intervention happen, between two events of `kernel`. Raises Problems where it cannot."""
    problem = _refusal(intervention, kernel, graph, fifo=fifo)
    if problem is not None:
        raise Problems([problem])
    match intervention:
        case Deliver(event):
            kernel.hurry(event)
        case Delay(event, units):
            kernel.put_off(event, to_ticks(units))
        case Drop(event):
            kernel.take_away(event)
        case Duplicate(event):
            kernel.double(event)
        case Crash(node):
            kernel.break_now(Fault(kernel.now, "crash", (graph.number(node),)))
        case Restart(node, keep):
            kernel.break_now(Fault(kernel.now, "restart", (graph.number(node),), keep))
        case Cut(a, b):
            kernel.break_now(Fault(kernel.now, "cut", _link(graph, a, b)))
        case Mend(a, b):
            kernel.break_now(Fault(kernel.now, "mend", _link(graph, a, b)))


def _refusal(intervention: Intervention, kernel: Kernel, graph: Graph, *, fifo: bool) -> Text | None:
    """Return why an intervention cannot be now; None if it can."""
    if kernel.ending is not None:
        return text("the run is over; go back before you change something")
    match intervention:
        case Deliver(event):
            return _delivered(kernel, graph, event, fifo=fifo)
        case Delay(event, units):
            if not math.isfinite(units) or not 0 < units <= LONGEST:
                return text(
                    "units: {units}; expected a number above 0, at most {longest:.0f}",
                    units=units,
                    longest=LONGEST,
                )
            return _of_message(kernel, graph, event)
        case Drop(event):
            return _of_message(kernel, graph, event)
        case Duplicate(event):
            return _of_message(kernel, graph, event)
        case Crash() | Restart():
            return _of_node(intervention, kernel, graph)
        case Cut() | Mend():
            return _of_link(intervention, kernel, graph)


def _of_node(intervention: Crash | Restart, kernel: Kernel, graph: Graph) -> Text | None:
    node = intervention.node
    down = graph.number(node) in kernel.fault_state.down
    if isinstance(intervention, Crash):
        return text("node {node} is down already", node=node) if down else None
    return None if down else text("node {node} is not down, so it cannot come back", node=node)


def _of_link(intervention: Cut | Mend, kernel: Kernel, graph: Graph) -> Text | None:
    a, b = intervention.a, intervention.b
    one, other = graph.number(a), graph.number(b)
    if other not in graph.rows[one] and one not in graph.rows[other]:
        return text("there is no link between {a} and {b}", a=a, b=b)
    cut = kernel.fault_state.cut(one, other)
    if isinstance(intervention, Cut):
        return text("the link between {a} and {b} is cut already", a=a, b=b) if cut else None
    return None if cut else text("the link between {a} and {b} is not cut", a=a, b=b)


def _of_message(kernel: Kernel, graph: Graph, number: int, *, first: bool = False) -> Text | None:
    """Return why nothing can be done to a message; None if it can.

    Args:
        kernel: where it is pending.
        graph: the network.
        number: of the message.
        first: whether no other on its link may come before it.
    """
    queue = kernel.queued()
    event = next((event for _, each, event in queue if each == number), None)
    if event is None:
        return text("nothing is pending under the number {number}", number=number)
    if not isinstance(event, Arrive):
        return text("what is pending under the number {number} is no message", number=number)
    before = _first_on_link(queue, event)
    if first and before != number:
        return text(
            "links are FIFO, and message {first} from {sender} to {receiver} comes before message {number}",
            first=before,
            sender=graph.names[event.sender],
            receiver=graph.names[event.to],
            number=number,
        )
    return None


def _delivered(kernel: Kernel, graph: Graph, number: int, *, fifo: bool) -> Text | None:
    """Return why something cannot come next; None if it can, as what does anyway."""
    queue = kernel.queued()
    if queue and queue[0][1] == number:
        return None
    if any(each == number and isinstance(event, Start | Timer) for _, each, event in queue):
        return None
    return _of_message(kernel, graph, number, first=fifo)


def _first_on_link(queue: list[Queued], message: Arrive) -> int:
    """Return the number of the message that comes first on a message's link."""
    return next(
        number for _, number, event in queue if isinstance(event, Arrive) and event[:3] == message[:3]
    )


def _link(graph: Graph, a: str, b: str) -> tuple[int, int]:
    one, other = graph.number(a), graph.number(b)
    return min(one, other), max(one, other)
