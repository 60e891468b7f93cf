"""What the balancer asks nodes about their tasks, and what it makes of their answers."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import msgspec

from topowave.balancer import limits
from topowave.balancer.balancer import Balancer
from topowave.translation import retold, text
from topowave.web.problem_details import Problem

PASSED_ON = frozenset({409, 503, 507})
"""Statuses of a refusal that the balancer gives on: the queue is full, or the journal fails."""
JOURNAL_FAILS = PASSED_ON - {409}
"""Those of them that say that a node could not write the journal."""


DETAIL_CHARS = 500
"""Characters of what a node answers that are given on; of a longer text it is its beginning."""


async def give_emulated(balancer: Balancer, name: str, count: int) -> NodeSaid:
    """Give tasks to a node. Raises Problem where it does not take them all."""
    port = port_of(balancer, name)
    if balancer.lab.topology.by_port(port).launch:
        return await ask_node(balancer, "POST", name, "/add_task", count=count)
    address = balancer.lab.address_at(port)
    given, why = 0, None
    try:
        async with asyncio.timeout(limits.TASK_TIMEOUT):
            while given < count and why is None:  # such a program takes one at a time
                why = await balancer.foreign_tasks.give(balancer.client, address)
                given += why is None
    except TimeoutError:
        why = text("not more in {seconds:g} s", seconds=limits.TASK_TIMEOUT)
    if why is not None:
        raise Problem(
            502,
            text("Node refused"),
            text(
                "{name} took {given} of {count} tasks: {why}",
                name=name,
                given=given,
                count=count,
                why=why if len(why) <= DETAIL_CHARS else why[:DETAIL_CHARS],
            ),
        )
    return NodeSaid()


class NodeSaid(msgspec.Struct):
    """What a node answers; a program that is not ours may leave everything out."""

    tasks: list[str] = []
    was: str | None = None
    title: str | None = None
    detail: str = ""
    code: str | None = None
    parameters: dict[str, Any] = {}


def _detail(said: NodeSaid) -> str:
    if len(said.detail) > DETAIL_CHARS:
        return said.detail[:DETAIL_CHARS]
    return retold(said.detail, said.code, said.parameters)


async def ask_node(
    balancer: Balancer, method: str, node: str, path: str, *, body: object = None, **params: float
) -> NodeSaid:
    """Ask a node for something. Raises Problem where it does not do it."""
    content = None if body is None else json.dumps(body).encode()
    headers = None if body is None else {"content-type": "application/json"}
    url = balancer.lab.address_at(port_of(balancer, node)).http(path)
    try:
        async with asyncio.timeout(limits.TASK_TIMEOUT):
            response = await balancer.client.request(
                method, url, params=params, content=content, headers=headers
            )
    except (TimeoutError, httpx.HTTPError) as error:
        detail = text(
            "{node} does not answer ({error}); it may still do what was asked",
            node=node,
            error=type(error).__name__,
        )
        raise Problem(504, text("Node does not answer"), detail) from None
    try:
        said = msgspec.json.decode(response.content, type=NodeSaid)
    except msgspec.MsgspecError:
        said = NodeSaid()
    if response.status_code in PASSED_ON and said.title is not None:
        again = response.headers.get("retry-after")
        headers = None if again is None else {"Retry-After": again[:20]}
        refusal = Problem(response.status_code, said.title, _detail(said), headers=headers)
        if response.status_code in JOURNAL_FAILS:
            balancer.journal.doubt_writes(refusal)
        raise refusal
    if response.is_error:
        detail = text(
            "{node} answered {status}: {answer}",
            node=node,
            status=response.status_code,
            answer=response.text[:DETAIL_CHARS],
        )
        raise Problem(502, text("Node refused"), detail)
    return said


def port_of(balancer: Balancer, name: str) -> int:
    """Return the port of a node. Raises Problem (404) where there is none of that name."""
    try:
        return balancer.lab.topology.node(name).port
    except KeyError:
        raise Problem(
            404, text("No such node"), text("there is no node {name!r} in this topology", name=name)
        ) from None
