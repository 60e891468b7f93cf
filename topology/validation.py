"""Plain data to nodes: checks everything that a topology.json may say, and reports all that is wrong.

One pass over the tree with a stack of its own, in depth-first order, so the depth of the data costs no
recursion. What a key may hold is one table, `CHECKS`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeGuard, cast

from topowave.topology.executor import EXECUTOR_KEYS, ExecutorSettings
from topowave.topology.limits import (
    MAX_CPU,
    MAX_DEPTH,
    MAX_LIMIT,
    MAX_LINK_DELAY_MS,
    MAX_LINKS,
    MAX_NAME,
    MAX_NODES,
    MAX_PORT,
    MAX_ROLES,
    MAX_WEIGHT,
    MIN_PORT,
    MIN_WEIGHT,
)
from topowave.topology.node import HOST, Node, default_role, fault_in_name
from topowave.topology.problems import TOP, JsonPath, ProblemList, did_you_mean, shown
from topowave.translation import text as sentence


def is_object(value: object) -> TypeGuard[dict[str, Any]]:
    """Whether a JSON value is an object."""
    return isinstance(value, dict)


def is_list(value: object) -> TypeGuard[list[Any]]:
    """Whether a JSON value is a list."""
    return isinstance(value, list)


def is_integer(value: object) -> bool:
    """Whether a JSON value is an integer: true and 8.0 are none."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: object) -> bool:
    """Whether a JSON value is a finite number: true is none."""
    return is_integer(value) or (isinstance(value, float) and math.isfinite(value))


def name_problem(value: object) -> str | None:
    """What is wrong with a value as a node's name, or None."""
    if not isinstance(value, str):
        return sentence("{value} is not a name; expected a text", value=shown(value))
    fault = fault_in_name(value)
    return fault and f"{shown(value)} {fault}; expected a name"


def port_problem(value: object) -> str | None:
    """What is wrong with a value as a port, or None."""
    if is_integer(value) and MIN_PORT <= cast("int", value) <= MAX_PORT:
        return None
    return sentence(
        "{value} is not a port; expected an integer from {min_port} to {max_port}",
        value=shown(value),
        min_port=MIN_PORT,
        max_port=MAX_PORT,
    )


def cpu_problem(value: object) -> str | None:
    """What is wrong with a value as a number of cores, or None."""
    if is_integer(value) and 1 <= cast("int", value) <= MAX_CPU:
        return None
    return sentence(
        "{value} is not a number of cores; expected an integer from 1 to {max_cpu}",
        value=shown(value),
        max_cpu=MAX_CPU,
    )


def role_problem(value: object) -> str | None:
    """What is wrong with a value as a role, or None."""
    if isinstance(value, str) and 0 < len(value) <= MAX_NAME and value.isprintable():
        return None
    return sentence(
        "{value} is not a role; expected a text of 1 to {max_name} printable characters",
        value=shown(value),
        max_name=MAX_NAME,
    )


def truth_problem(value: object) -> str | None:
    """What is wrong with a value for "launch" or "active", or None."""
    return (
        None if isinstance(value, bool) else sentence("{value} is neither true nor false", value=shown(value))
    )


def host_problem(value: object) -> str | None:
    """What is wrong with a value as a host, or None."""
    if isinstance(value, str) and HOST.fullmatch(value):
        return None
    return sentence("{value} is not a host; expected a host name or an IP address", value=shown(value))


def delay_problem(value: object) -> str | None:
    """What is wrong with a value as the delay of a link, or None."""
    if is_number(value) and 0 <= cast("float", value) <= MAX_LINK_DELAY_MS:
        return None
    return sentence(
        "{value} is not a delay; expected milliseconds from 0 to {max_link_delay_ms:g}",
        value=shown(value),
        max_link_delay_ms=MAX_LINK_DELAY_MS,
    )


def roles_problem(value: object) -> str | None:
    """What is wrong with a value for "roles", or None.

    A comma parts roles where they are written as one text: on the command line, and in formats of graphs.
    """
    if not is_list(value) or len(value) > MAX_ROLES:
        found = f"a list of {len(value)}" if is_list(value) else shown(value)
        return sentence(
            "{found} is not a list of at most {max_roles} roles", found=found, max_roles=MAX_ROLES
        )
    for number, role in enumerate(value):
        problem = role_problem(role)
        if problem is None and ("," in role or role != role.strip()):
            problem = sentence(
                "{role} has a comma, or a space at an end, which no entry of roles may have", role=shown(role)
            )
        if problem is None and role in value[:number]:
            problem = sentence("{role} is listed twice", role=shown(role))
        if problem is not None:
            return problem
    return None


def weight_problem(value: object) -> str | None:
    """What is wrong with a value as the weight of an executor, or None."""
    if is_number(value) and MIN_WEIGHT <= cast("float", value) <= MAX_WEIGHT:
        return None
    return sentence(
        "{value} is not a weight; expected a number from {min_weight:g} to {max_weight:g}",
        value=shown(value),
        min_weight=MIN_WEIGHT,
        max_weight=MAX_WEIGHT,
    )


def limit_problem(value: object) -> str | None:
    """What is wrong with a value as a limit of tasks, or None."""
    if is_integer(value) and 1 <= cast("int", value) <= MAX_LIMIT:
        return None
    return sentence(
        "{value} is not a limit of tasks; expected an integer from 1 to {max_limit}",
        value=shown(value),
        max_limit=MAX_LIMIT,
    )


CHECKS: dict[str, Callable[[object], str | None]] = {
    "name": name_problem,
    "port": port_problem,
    "cpu": cpu_problem,
    "role": role_problem,
    "launch": truth_problem,
    "host": host_problem,
    "link_delay": delay_problem,
    "roles": roles_problem,
    "weight": weight_problem,
    "limit": limit_problem,
    "active": truth_problem,
}
REQUIRED = ("name", "port", "cpu")
KEYS = (*CHECKS, "children", "links")
ONLY_FOREIGN = 'only a node with "launch": false has a host of its own'
ONLY_OURS = 'only a node that this lab runs has it, none with "launch": false'


def changed_executor(before: ExecutorSettings, changes: Mapping[str, object]) -> ExecutorSettings:
    """Return what a node takes after some of it was changed; a `limit` of None is none.

    Raises:
        Problems: with a sentence for each key or value that is none.
    """
    problems = ProblemList("")
    for key, value in changes.items():
        if key not in EXECUTOR_KEYS:
            problems.add(
                TOP.at(key),
                sentence(
                    "expected one of {executor_keys}{did_you_mean}",
                    executor_keys=", ".join(EXECUTOR_KEYS),
                    did_you_mean=did_you_mean(key, EXECUTOR_KEYS),
                ),
            )
        elif (problem := CHECKS[key](value)) and not (key == "limit" and value is None):
            problems.add(TOP.at(key), problem)
    problems.raise_if_any()
    return ExecutorSettings.from_json(before.to_json() | dict(changes))


@dataclass
class _Pending:
    """A node that is yet to be checked."""

    data: Any
    path: JsonPath
    depth: int
    parent: _Pending | None
    name: str | None = None
    children: list[_Pending] = field(default_factory=list["_Pending"])


def check_tree(data: object, problems: ProblemList) -> tuple[list[Node], list[tuple[str, str]]]:
    """Check a nested tree; returns its nodes depth-first and its extra links.

    What is returned is only meaningful if `problems` stays empty.
    """
    order = _walk(data, problems)
    names = _unique(order, "name", problems)
    _unique(order, "port", problems)
    pairs: list[tuple[str, str]] = []
    if is_object(data) and "links" in data:
        parents = {p.name: p.parent.name for p in order if p.name and p.parent}
        pairs = _check_links(data["links"], names, parents, problems)
    return ([_node(pending) for pending in order] if not len(problems) else []), pairs


def _walk(data: object, problems: ProblemList) -> list[_Pending]:
    order: list[_Pending] = []
    stack = [_Pending(data, TOP, 0, None)]
    too_deep = False
    while stack:
        pending = stack.pop()
        if pending.depth > MAX_DEPTH:
            if not too_deep:
                # A path of hundreds of steps helps nobody: the node's own name and the line do.
                name = pending.data.get("name") if is_object(pending.data) else None
                line = problems.line(pending.path)
                text = sentence(
                    "node {name} is deeper than the limit of {max_depth} links below the root",
                    name=shown(name),
                    max_depth=MAX_DEPTH,
                )
                problems.add_text(
                    TOP, text if line is None else sentence("{given} (line {line})", given=text, line=line)
                )
            too_deep = True
            continue
        if len(order) == MAX_NODES:
            problems.add(
                pending.path, sentence("is one more than the limit of {max_nodes} nodes", max_nodes=MAX_NODES)
            )
            break
        order.append(pending)
        stack.extend(reversed(_check_node(pending, problems)))
    return order


def _check_node(pending: _Pending, problems: ProblemList) -> list[_Pending]:
    """Check one node's own keys; returns its children, which are yet to be checked."""
    path = pending.path
    data = pending.data
    if not is_object(data):
        text = sentence(
            "expected a node, an object with {required}; found {data}",
            required=", ".join(REQUIRED),
            data=shown(pending.data),
        )
        problems.add(path, text)
        return []
    for key, value in data.items():
        problem = _key_problem(key, value, is_root=pending.parent is None)
        if problem:
            problems.add(path.at(key), problem)
    ours = data.get("launch", True) is not False
    for key in EXECUTOR_KEYS if not ours else ("host",):
        if key in data:
            problems.add(path.at(key), ONLY_FOREIGN if ours else ONLY_OURS)
    for key in REQUIRED:
        if key not in data:
            problems.add(path.at(key), sentence("is missing"))
    name = data.get("name")
    pending.name = name if isinstance(name, str) else None
    children = data.get("children", [])
    if not is_list(children):
        problems.add(
            path.at("children"),
            sentence("expected a list of nodes, found {children}", children=shown(children)),
        )
        return []
    inside = path.at("children")
    pending.children = [
        _Pending(child, inside.at(index), pending.depth + 1, pending) for index, child in enumerate(children)
    ]
    return pending.children


def _key_problem(key: str, value: object, *, is_root: bool) -> str | None:
    """What is wrong with one key of a node and its value, or None."""
    if key not in KEYS:
        return sentence("unknown key{did_you_mean}", did_you_mean=did_you_mean(key, KEYS))
    if key == "links" and not is_root:
        return sentence("only the root lists extra links")
    if key == "link_delay" and is_root:
        return sentence("the root has no link to a parent")
    return CHECKS[key](value) if key in CHECKS else None


def _unique(order: list[_Pending], key: str, problems: ProblemList) -> dict[str | int, JsonPath]:
    """Check that no two nodes share a good value of `key`; returns where each value stands."""
    paths: dict[str | int, JsonPath] = {}
    for pending in order:
        value = pending.data.get(key) if is_object(pending.data) else None
        if value is None or CHECKS[key](value):
            continue
        path = pending.path.at(key)
        first = paths.setdefault(value, path)
        if first is not path:
            line = problems.line(first)
            where = f"{first}" if line is None else f"{first} in line {line}"
            problems.add(
                path,
                sentence(
                    "{value} is taken by {where}; every node needs a {key} of its own",
                    value=shown(value),
                    where=where,
                    key=key,
                ),
            )
    return paths


def _check_links(
    links: object, names: dict[str | int, JsonPath], parents: dict[str, str | None], problems: ProblemList
) -> list[tuple[str, str]]:
    top = TOP.at("links")
    if not is_list(links):
        problems.add(top, sentence("expected a list of links, found {links}", links=shown(links)))
        return []
    if len(links) > MAX_LINKS:
        problems.add(
            top,
            sentence(
                "lists {number} links, more than the limit of {max_links}",
                number=len(links),
                max_links=MAX_LINKS,
            ),
        )
        return []
    seen: dict[frozenset[str], int] = {}
    pairs: list[tuple[str, str]] = []
    for index, item in enumerate(links):
        path = top.at(index)
        ends: list[Any] = item if is_list(item) else []
        if len(ends) != 2 or not all(isinstance(end, str) for end in ends):
            what = f"a list of {len(ends)}" if isinstance(item, list) else shown(item)
            problems.add(path, sentence('expected two names, ["a", "b"]; found {what}', what=what))
            continue
        a, b = ends
        pairs.append((a, b))
        unknown = [(side, end) for side, end in enumerate((a, b)) if end not in names]
        for side, end in unknown:
            known = [name for name in names if isinstance(name, str)]
            problems.add(
                path.at(side),
                sentence(
                    "there is no node {end}{did_you_mean}",
                    end=shown(end),
                    did_you_mean=did_you_mean(end, known),
                ),
            )
        if unknown:
            continue
        if a == b:
            problems.add(path, sentence("links {a} to itself", a=shown(a)))
        elif a == parents.get(b) or b == parents.get(a):
            problems.add(
                path, sentence("repeats the tree's own link between {a} and {b}", a=shown(a), b=shown(b))
            )
        elif (first := seen.setdefault(frozenset((a, b)), index)) != index:
            problems.add(path, sentence("repeats links[{first}]", first=first))
    return pairs


def _node(pending: _Pending) -> Node:
    data: dict[str, Any] = pending.data
    parent = pending.parent.name if pending.parent else None
    node = Node(data["name"], data["port"], data["cpu"], "", parent=parent)
    children = tuple(str(child.name) for child in pending.children)
    return replace(
        node,
        role=data.get("role", default_role(parent, children)),
        launch=data.get("launch", True),
        link_delay=data.get("link_delay"),
        host=data.get("host"),
        children=children,
        executor=ExecutorSettings.from_json(data),
    )
