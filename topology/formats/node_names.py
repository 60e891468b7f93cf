"""Good names for the nodes of a network from elsewhere: every name there is, made valid and unique."""

from __future__ import annotations

import re
from typing import Any

from topowave.topology.formats.parsed_graph import LABELS, Key
from topowave.topology.limits import MAX_NAME
from topowave.topology.node import FORBIDDEN_IN_NAMES, fault_in_name

NOTHING = {"", "none", "null", "nan"}
"""What files write for a name that nobody knows (the Internet Topology Zoo writes "None")."""
LONGEST_READ = 16 * MAX_NAME
"""So many characters of a name are looked at: the name itself is cut at `MAX_NAME`."""
_UNPRINTABLE = "\0"
"""Stands for any character that cannot be printed, while a name is repaired."""
_BREAK = re.compile(f"[ {_UNPRINTABLE}]*{_UNPRINTABLE}[ {_UNPRINTABLE}]*")


def unique_names(
    attributes: dict[Key, dict[str, Any]], notes: list[str], *, ids_are_names: bool = False
) -> dict[Key, str]:
    """Name every node.

    The name is the best that the file has for this very node: its label, else its `name`, else its id. An
    id that is only a number is no name beside the labels of others, and becomes `node-` and the number. A
    name that is unfit for URLs is repaired, one that is taken gets a number.

    Args:
        attributes: what the file says of each node, by its id.
        notes: gets a sentence for each kind of change.
        ids_are_names: whether an id is a name even where it is a number.
    """
    labelled = any(key in known for known in attributes.values() for key in LABELS)
    numbered_ids = repaired = kept_ids = 0
    wanted: dict[Key, str] = {}
    for key, known in attributes.items():
        text = given_name(known)
        if text is None:
            text = str(key)[:LONGEST_READ].strip()
            if labelled and not ids_are_names:
                if text.isdecimal() or not text:
                    text = f"node-{text}"
                    numbered_ids += 1
                else:
                    kept_ids += 1
        name = repaired_name(text)
        repaired += name != text
        wanted[key] = name
    names, numbered = _unique(wanted)
    for count, text in (
        (numbered_ids, "without a name called node- and their id"),
        (kept_ids, "without a name called by their id"),
        (repaired, "with a name that does not fit into a URL renamed"),
        (numbered, "with a name that another has got a number behind it"),
    ):
        if count:
            notes.append(f"{count} node{'s' if count > 1 else ''} {text}")
    return names


def given_name(known: dict[str, Any]) -> str | None:
    """The name that a node's attributes give it, as it stands there, or None."""
    for key in LABELS:
        value = known.get(key)
        if isinstance(value, str | int | float):
            text = str(value)[:LONGEST_READ].strip()
            if text.lower() not in NOTHING:
                return text
    return None


def repaired_name(text: str) -> str:
    """The nearest good name: see `topology.node.fault_in_name`."""
    if fault_in_name(text) is None:
        return text
    good = "".join(
        "-" if c in FORBIDDEN_IN_NAMES else c if c.isprintable() else _UNPRINTABLE
        for c in text[:LONGEST_READ]
    )
    good = _BREAK.sub(" ", good).strip()[:MAX_NAME].strip()
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
