"""One event in a sentence, as a lecturer would say it; each part is a `Text`, for other languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from topowave.runtime.graph import Graph
from topowave.runtime.value_text import value_text
from topowave.sessions.moment import Moment
from topowave.translation import text
from topowave.translation.text import Text

SHOWN = 40
"""Most characters of a message or a value that a sentence repeats."""
NAMED = 6
"""Most receivers that a sentence names; the rest are counted."""

Row = Mapping[str, Any]


def narrate(moment: Moment, graph: Graph) -> Text:
    """Return what happened in an event: what came to a node, and what it did then."""
    came = [part for row in moment.rows if (part := _came(row)) is not None]
    did = [sent for node in moment.nodes for sent in _sent(moment, node, graph)]
    did += [_decided(row) for row in moment.rows if row["event"] == "decide"]
    parts = [*came[:1], *did, *came[1:]]
    if not parts:
        return text("nothing is seen of event {position}", position=moment.position)
    told = parts[0]
    for part in parts[1:]:
        told = text("{first}; {then}", first=told, then=part)
    return told


def _came(row: Row) -> Text | None:
    """Return what happened to a node or a link; None for what a node does itself."""
    node, peer, kind = row.get("node"), row.get("peer"), row.get("kind")
    match str(row["event"]):
        case "start":
            return text("{node} starts the wave", node=node)
        case "receive":
            return text(
                "{node} receives {message} from {sender}", node=node, message=_shown(row), sender=peer
            )
        case "timer":
            return text("the timer {name} of {node} runs out", name=kind, node=node)
        case "down":
            return text("{node} gives its neighbour {neighbor} up", node=node, neighbor=peer)
        case "drop":
            return _dropped(row)
        case _:
            return _fault(row)


def _fault(row: Row) -> Text | None:
    node, peer, kind = row.get("node"), row.get("peer"), row.get("kind")
    match str(row["event"]):
        case "crash":
            return text("{node} crashes", node=node)
        case "restart":
            if kind is None:
                return text("{node} is back with its state", node=node)
            return text("{node} is back without its state", node=node)
        case "cut":
            return text("the link between {a} and {b} is cut", a=node, b=peer)
        case "mend":
            return text("the link between {a} and {b} works again", a=node, b=peer)
        case "partition":
            return text("the network falls into parts")
        case "heal":
            return text("all links work again")
        case _:
            return None


def _dropped(row: Row) -> Text:
    node, peer = row.get("node"), row.get("peer")
    match str(row.get("kind")):
        case "receiver down":
            return text("a message from {sender} is lost, since {node} is down", sender=peer, node=node)
        case "link cut":
            return text("a message between {a} and {b} is lost, since their link is cut", a=node, b=peer)
        case "taken away":
            return text("a message from {sender} to {node} is taken away", sender=peer, node=node)
        case _:
            return text("a message from {sender} to {node} is lost on its way", sender=node, node=peer)


def _sent(moment: Moment, node: str, graph: Graph) -> list[Text]:
    """Return what a node sent, a sentence for each message; what goes to the parent is said to."""
    groups: dict[str, list[str]] = {}
    for row in moment.rows:
        if row["event"] == "send" and row.get("node") == node:
            groups.setdefault(_shown(row), []).append(str(row["peer"]))
    parent = moment.after.get(node, {}).get("parent")
    known = type(parent) is int and 0 <= parent < graph.nodes
    parent_name = graph.names[parent] if known and isinstance(parent, int) else None
    found: list[Text] = []
    for message, receivers in groups.items():
        if receivers == [parent_name]:
            found.append(
                text("it sends {message} to its parent {receiver}", message=message, receiver=parent_name)
            )
        elif len(receivers) > NAMED:
            found.append(
                text("it sends {message} to {number} neighbours", message=message, number=len(receivers))
            )
        else:
            found.append(
                text("it sends {message} to {receivers}", message=message, receivers=", ".join(receivers))
            )
    return found


def _decided(row: Row) -> Text:
    if row.get("message") is None:
        return text("{node} decides", node=row.get("node"))
    return text("{node} decides {value}", node=row.get("node"), value=_shown(row))


def _shown(row: Row) -> str:
    """Return a message or a value for people: `Echo()` for a dataclass, else as JSON has it."""
    return message_text(row.get("message"))


def message_text(message: object) -> str:
    """Return a message of a trace for people: a dataclass as `Token(2)`, anything else as JSON has it."""
    table = _table(message)
    if "$" not in table:
        return value_text(message, SHOWN)
    fields = ", ".join(value_text(value) for name, value in table.items() if name != "$")
    return value_cut(f"{table['$']}({fields})")


def _table(message: object) -> Mapping[str, object]:
    return cast("dict[str, object]", message) if isinstance(message, dict) else {}


def value_cut(written: str) -> str:
    """Return a text, or its beginning where it is long."""
    return written if len(written) <= SHOWN else f"{written[: SHOWN - 3]}..."
