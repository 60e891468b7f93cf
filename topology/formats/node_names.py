"""Good names for the nodes of a network from elsewhere: every name there is, made valid and unique."""

from __future__ import annotations

from typing import Any

from topowave.topology.formats.parsed_graph import Key
from topowave.topology.limits import MAX_NAME
from topowave.topology.node import FORBIDDEN_IN_NAMES, fault_in_name

LABELS = ("label", "name")
"""The attributes that may hold a node's name, the first that any node has being taken."""
NOTHING = {"", "none", "null", "nan"}
"""What files write for a name that nobody knows (the Internet Topology Zoo writes "None")."""


def unique_names(attributes: dict[Key, dict[str, Any]], notes: list[str]) -> dict[Key, str]:
    """Name every node.

    The name is the node's label, else `node-` and the file's own id; in a file without labels it is the id.
    A name that is unfit for URLs is repaired, one that is taken gets a number.

    Args:
        attributes: what the file says of each node, by its id.
        notes: gets a sentence for each kind of change.
    """
    label = next((key for key in LABELS if any(key in known for known in attributes.values())), None)
    unnamed = repaired = 0
    wanted: dict[Key, str] = {}
    for key, known in attributes.items():
        text = str(key if label is None else known.get(label, "")).strip()
        if label is not None and text.lower() in NOTHING:
            unnamed += 1
            text = f"node-{key}"
        name = repaired_name(text)
        repaired += name != text
        wanted[key] = name
    names, numbered = _unique(wanted)
    for count, text in (
        (unnamed, "without a name called node- and their id"),
        (repaired, "with a name that does not fit into a URL renamed"),
        (numbered, "with a name that another has got a number behind it"),
    ):
        if count:
            notes.append(f"{count} node{'s' if count > 1 else ''} {text}")
    return names


def repaired_name(text: str) -> str:
    """The nearest good name: see `topology.node.fault_in_name`."""
    good = "".join("-" if c in FORBIDDEN_IN_NAMES else c if c.isprintable() else " " for c in text)
    good = " ".join(good.split())[:MAX_NAME].strip()
    return "node" if fault_in_name(good) else good


def _unique(wanted: dict[Key, str]) -> tuple[dict[Key, str], int]:
    """Give -2, -3, ... to repeated names, without taking a name that some other node has by itself."""
    taken = set(wanted.values())
    seen: set[str] = set()
    next_number: dict[str, int] = {}
    names: dict[Key, str] = {}
    numbered = 0
    for key, name in wanted.items():
        given = name
        while given in seen or (given != name and given in taken):
            number = next_number.get(name, 2)
            next_number[name] = number + 1
            suffix = f"-{number}"
            given = name[: MAX_NAME - len(suffix)].rstrip() + suffix
        numbered += given != name
        seen.add(given)
        names[key] = given
    return names, numbered
