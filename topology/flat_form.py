"""A network as a flat list, a row for each node: what the programs of a lab tell each other of it.

The nested form of a file has two levels of JSON for each level of the tree, and a library that reads JSON by
recursion gives up at some depth, wherever that is reached first. A flat list has no depth.

Of a node that runs on an agent a row says the agent and the host, which no file of a network says.
"""

from __future__ import annotations

from typing import Any, TypeAlias, cast

from topowave.topology.limits import MAX_NAME
from topowave.topology.model import Topology
from topowave.topology.node import Place
from topowave.topology.problems import Problems, shown
from topowave.topology.validation import host_problem
from topowave.translation import text

Row: TypeAlias = dict[str, Any]
"""A node as topology.json has it, with the name of its `parent` (None for the root) instead of `children`.

One on an agent has `agent` and `host` too.
"""


def to_rows(topology: Topology) -> list[Row]:
    """Return the nodes depth-first, so that each one's parent comes before it."""
    rows: list[Row] = []
    places = topology.places
    waiting: list[tuple[str | None, Row]] = [(None, topology.to_json())]
    while waiting:
        parent, data = waiting.pop()
        children = cast("list[Row]", data.pop("children"))
        row = data | {"parent": parent}
        place = places.get(data["name"])
        rows.append(row if place is None else row | {"agent": place.agent, "host": place.host})
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
    places: dict[str, Place] = {}
    start = f"{source}: " if source else ""
    for row in rows:
        no_key = {"parent", "agent", "host"} if "agent" in row else {"parent"}
        data: Row = {key: value for key, value in row.items() if key not in no_key} | {"children": []}
        parent, name = row.get("parent"), row.get("name")
        if "agent" in row:
            places[str(name)] = _place_of(row, start)
        if made:
            if not isinstance(parent, str) or parent not in made:
                raise Problems(
                    [
                        text(
                            "{start}node {name}: its parent {parent} is not before it",
                            start=start,
                            name=shown(name),
                            parent=shown(parent),
                        )
                    ]
                )
            made[parent]["children"].append(data)
        else:
            root = data
        made[name if isinstance(name, str) else id(data)] = data
    return Topology.from_json(root, source).with_places(places)


def _place_of(row: Row, start: str) -> Place:
    """Return where the node of a row runs. Raises Problems where that is no place."""
    agent, host = row["agent"], row.get("host")
    if not isinstance(agent, str) or not 0 < len(agent) <= MAX_NAME:
        raise Problems(
            [
                text(
                    "{start}node {get}: {agent} is not the name of an agent",
                    start=start,
                    get=shown(row.get("name")),
                    agent=shown(agent),
                )
            ]
        )
    problem = host_problem(host)
    if problem is not None:
        raise Problems(
            [
                text(
                    "{start}node {get}: host: {problem}",
                    start=start,
                    get=shown(row.get("name")),
                    problem=problem,
                )
            ]
        )
    return Place(agent, str(host), row.get("port", 0), row.get("launch", True))
