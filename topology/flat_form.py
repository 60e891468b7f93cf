"""A network as a flat list, a row for each node: what the programs of a lab tell each other of it.

The nested form of a file has two levels of JSON for each level of the tree, and a library that reads JSON by
recursion gives up at some depth, wherever that is reached first. A flat list has no depth.
"""

from __future__ import annotations

from typing import Any, TypeAlias, cast

from topowave.topology.model import Topology
from topowave.topology.problems import Problems, shown

Row: TypeAlias = dict[str, Any]
"""A node as topology.json has it, with the name of its `parent` (None for the root) instead of `children`."""


def to_rows(topology: Topology) -> list[Row]:
    """Return the nodes depth-first, so that each one's parent comes before it."""
    rows: list[Row] = []
    waiting: list[tuple[str | None, Row]] = [(None, topology.to_json())]
    while waiting:
        parent, data = waiting.pop()
        children = cast("list[Row]", data.pop("children"))
        rows.append(data | {"parent": parent})
        waiting += [(data["name"], child) for child in reversed(children)]
    return rows


def from_rows(rows: list[Row], source: str = "") -> Topology:
    """Return the network that the rows are.

    Raises:
        Problems: with everything that is wrong with it, as `Topology.from_json` says it; or with the first
            row that has no place in the tree.
    """
    made: dict[object, Row] = {}
    root: Row = {}
    for row in rows:
        data: Row = {key: value for key, value in row.items() if key != "parent"} | {"children": []}
        parent, name = row.get("parent"), row.get("name")
        if made:
            if not isinstance(parent, str) or parent not in made:
                place = f"{source}: " if source else ""
                raise Problems([f"{place}node {shown(name)}: its parent {shown(parent)} is not before it"])
            made[parent]["children"].append(data)
        else:
            root = data
        made[name if isinstance(name, str) else id(data)] = data
    return Topology.from_json(root, source)
