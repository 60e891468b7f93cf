"""`POST /tasks`: what may be ordered, which nodes get it, and what waits for one."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, cast
from uuid import uuid4

from fastapi import Body, FastAPI
from pydantic import BaseModel, Discriminator, Field, Tag

from topowave.balancer import limits
from topowave.balancer.api.node_requests import ask_node, give_emulated, port_of
from topowave.balancer.api.responses import PlacedTask, TasksAdded, TasksPlaced
from topowave.balancer.api.waves import Name
from topowave.balancer.balancer import Balancer
from topowave.balancer.json_form import Order
from topowave.balancer.placement import needs_of
from topowave.balancer.placements.base import TaskNeeds, fits
from topowave.balancer.sentences import named, tasks_text
from topowave.balancer.task_scripts import Ordered, checked
from topowave.logs import IDS_LOGGED, bounded_fields
from topowave.tasks import NewTask
from topowave.tasks.commands import Submit
from topowave.tasks.limits import TASKS_AT_ONCE
from topowave.translation import Text, counted, text
from topowave.web.problem_details import RETRY_SOON, Problem, form
from topowave.web.task_form import EMULATED, SCRIPT, EmulatedForm, ScriptForm, kind_of
from topowave.wire.limits import ADD_TASKS

log = logging.getLogger(__name__)

NODE, LIST = form("node"), form("list")
"""The tags of the forms of an order beside those of a task."""
REFUSED = 409
"""The status of a node that has taken none of some tasks, and will not."""
Count = Annotated[int, Field(ge=1, le=TASKS_AT_ONCE, strict=True)]


class TaskOrder(Order):
    """Emulated tasks for a node, of which nothing else is said."""

    node: Name
    count: int = Field(default=1, ge=1, le=ADD_TASKS, strict=True)


class EmulatedOrder(Order, EmulatedForm):
    """An emulated task, `count` times; without `node` the placement says where each goes."""

    node: Name | None = None
    count: Count = 1


class ScriptOrder(Order, ScriptForm):
    """A script task, `count` times; without `node` the placement says where each goes."""

    node: Name | None = None
    count: Count = 1


def _form_of(order: object) -> str:
    if isinstance(order, list):
        return LIST
    if isinstance(order, BaseModel):
        return NODE if isinstance(order, TaskOrder) else kind_of(order)
    if not isinstance(order, Mapping):
        return kind_of(order)
    said = cast("Mapping[str, object]", order)
    only = {name for name, value in said.items() if value not in ("", None)} <= {"node", "count"}
    return NODE if only and said.get("node") else kind_of(said)


OneOrder = Annotated[
    Annotated[EmulatedOrder, Tag(EMULATED)] | Annotated[ScriptOrder, Tag(SCRIPT)], Discriminator(kind_of)
]
AnyOrder = Annotated[
    Annotated[TaskOrder, Tag(NODE)]
    | Annotated[EmulatedOrder, Tag(EMULATED)]
    | Annotated[ScriptOrder, Tag(SCRIPT)]
    | Annotated[list[OneOrder], Field(min_length=1, max_length=TASKS_AT_ONCE), Tag(LIST)],
    Discriminator(_form_of),
]


def add_task_order_route(app: FastAPI, balancer: Balancer) -> None:
    """Add the route by which tasks are ordered."""

    @app.post("/tasks")
    async def tasks(order: Annotated[AnyOrder, Body()]) -> TasksAdded | TasksPlaced:
        """Add tasks: they are in the journal when this answers.

        One order or a list of them; each is a script task where it has a `script`, else an emulated one.
        Without `node` each task goes to a node that takes it, and is `pending` (its node is null) while none
        does. `{"node", "count"}` alone gives a node emulated tasks, up to 10,000.
        """
        if not isinstance(order, TaskOrder):
            return await _add(balancer, order)
        balancer.placement.check(_known(balancer, order.node), count=order.count)
        said = await give_emulated(balancer, order.node, order.count)
        given = text("{tasks} for {nodes}", tasks=tasks_text(order.count), nodes=order.node)
        balancer.feed.notify("task", given, node=order.node)
        return TasksAdded(node=order.node, count=order.count, tasks=said.tasks)


@dataclass(frozen=True)
class _Wanted:
    """A task: its number in the request, its form as nodes take it, and the node that was named."""

    number: int
    form: dict[str, Any]
    task: NewTask
    node: str | None

    @property
    def needs(self) -> TaskNeeds:
        """What it needs of a node."""
        return needs_of(self.task.attributes.task(""))


async def _add(
    balancer: Balancer, said: EmulatedOrder | ScriptOrder | list[EmulatedOrder | ScriptOrder]
) -> TasksPlaced:
    """Give tasks to nodes. Raises Problem where not all are added; it says which were."""
    orders = said if isinstance(said, list) else [said]
    places = [f"body.{number}" for number in range(len(orders))] if isinstance(said, list) else ["body"]
    own = {order.request for order in orders}
    request = own.pop() if len(own) == 1 and "" not in own else uuid4().hex
    orders = [order if order.request else order.model_copy(update={"request": request}) for order in orders]
    for order, place in zip(orders, places, strict=True):
        _check(balancer, order, f"{place}: " if isinstance(said, list) else "")
    tasks = await checked(
        [Ordered(order, order.count, place) for order, place in zip(orders, places, strict=True)],
        balancer.lab.config,
    )
    named_nodes = [order.node for order in orders for _ in range(order.count)]
    wanted = [
        _Wanted(number, each.form, each.task, node)
        for number, (each, node) in enumerate(zip(tasks, named_nodes, strict=True))
    ]
    free = [each for each in wanted if each.node is None]
    for each in wanted:
        if each.node is not None:
            balancer.placement.give(each.node, each.needs.weight)
    chosen = balancer.placement.place([each.needs for each in free])
    by_node: dict[str, list[_Wanted]] = {}
    waiting: list[_Wanted] = []
    for each, node in zip(free, chosen, strict=True):
        (waiting if node is None else by_node.setdefault(node, [])).append(each)
    for each in wanted:
        if each.node is not None:
            by_node.setdefault(each.node, []).append(each)
    return await _carry_out(balancer, request, by_node, waiting, len(wanted))


async def _carry_out(
    balancer: Balancer,
    request: str,
    by_node: Mapping[str, Sequence[_Wanted]],
    waiting: list[_Wanted],
    count: int,
) -> TasksPlaced:
    """Let nodes take their tasks, and submit as pending what waits, or was refused and may go elsewhere."""
    results = await asyncio.gather(*(_give(balancer, node, own) for node, own in by_node.items()))
    added: dict[int, PlacedTask] = {}
    problems: list[Problem] = []
    for (node, own), ids in zip(by_node.items(), results, strict=True):
        if not isinstance(ids, Problem):
            added |= {
                each.number: PlacedTask(id=task, node=node) for each, task in zip(own, ids, strict=True)
            }
            continue
        if ids.status == REFUSED:
            waiting += [each for each in own if each.node is None]
        if ids.status != REFUSED or any(each.node for each in own):
            problems.append(ids)
    try:
        names = await _submit(balancer, waiting)
    except Problem as problem:
        problems.append(problem)
    else:
        pairs = zip(waiting, names, strict=True)
        added |= {each.number: PlacedTask(id=task, node=None) for each, task in pairs}
    tasks = [added[number] for number in sorted(added)]
    _tell(balancer, tasks)
    if problems:
        detail = problems[0].detail
        if tasks:
            detail = text(
                "{added} of {all} tasks were added, and not the others: {why}",
                added=len(tasks),
                all=count,
                why=detail,
            )
        added_ids = [each.id for each in tasks]
        is_for_now = not tasks and all("Retry-After" in (each.headers or {}) for each in problems)
        headers = problems[0].headers if is_for_now else None
        first = problems[0]
        raise Problem(first.status, first.title, detail, headers=headers, added=added_ids, request=request)
    return TasksPlaced(count=len(tasks), request=request, tasks=tasks)


def _tell(balancer: Balancer, tasks: Collection[PlacedTask]) -> None:
    """Tell people of new tasks."""
    nodes = list(dict.fromkeys(each.node for each in tasks if each.node is not None))
    pending = sum(each.node is None for each in tasks)
    if nodes:
        placed = len(tasks) - pending
        balancer.feed.notify(
            "task", text("{tasks} for {nodes}", tasks=tasks_text(placed), nodes=named(nodes))
        )
    if pending:
        waits = counted(
            "{count} task is pending: no node takes it now",
            "{count} tasks are pending: no node takes them now",
            pending,
        )
        balancer.feed.notify("task", waits)


async def _give(balancer: Balancer, node: str, tasks: Sequence[_Wanted]) -> list[str] | Problem:
    """Give a node tasks; returns their ids, or why it did not take them."""
    try:
        said = await ask_node(balancer, "POST", node, "/tasks", body={"tasks": [each.form for each in tasks]})
        if len(said.tasks) != len(tasks):
            raise Problem(
                502,
                text("Node refused"),
                text(
                    "{node} took {taken} of {all} tasks",
                    node=node,
                    taken=len(said.tasks),
                    all=len(tasks),
                ),
            )
    except Problem as problem:
        balancer.placement.refused(node, len(tasks))
        return problem
    return said.tasks


async def _submit(balancer: Balancer, tasks: Sequence[_Wanted]) -> Sequence[str]:
    """Enter tasks as pending; returns their ids. Raises Problem where that cannot be."""
    if not tasks:
        return ()
    counts = balancer.journal.last
    if counts is not None and counts.pending + len(tasks) > limits.PENDING_TASKS:
        why = text(
            "{pending:,} tasks are pending already; at most {pending_tasks:,} may be",
            pending=counts.pending,
            pending_tasks=limits.PENDING_TASKS,
        )
        raise Problem(409, text("Too many are pending"), why, headers=RETRY_SOON)
    (ids,) = await balancer.journal.execute(Submit(tuple(each.task for each in tasks)))
    balancer.dispatcher.wake()
    log.info("tasks submitted", extra=bounded_fields(count=len(ids), tasks=ids[:IDS_LOGGED]))
    return cast("Sequence[str]", ids)


def _known(balancer: Balancer, node: str) -> str:
    """Return the name of a node of this topology. Raises Problem (404) where it is none."""
    port_of(balancer, node)
    return node


def _check(balancer: Balancer, order: EmulatedOrder | ScriptOrder, place: str) -> None:
    """Check that a node takes an order: the one that it names, or any. Raises Problem: 404, 409, 422."""
    topology = balancer.lab.topology
    needs = TaskNeeds(frozenset(order.roles), order.weight)
    if order.node is not None:
        node = topology.node(_known(balancer, order.node))
        if not node.launch:
            why = (
                text("{node} is somebody else's program, which runs no scripts", node=order.node)
                if isinstance(order, ScriptOrder)
                else text(
                    "{node} is somebody else's program, which takes what others do not say", node=order.node
                )
            )
            raise Problem(409, text("Not our node"), _at(place, why))
        balancer.placement.check(order.node, needs, order.count, place)
        return
    ours = [node for node in topology.nodes if node.launch]
    if any(fits(node.cpu, node.roles, needs) for node in ours):
        return
    able = [node for node in ours if node.has_one_of(needs.roles)]
    if not able:
        words = " or ".join(sorted(needs.roles))
        none = text("no node of this topology has the role {roles}", roles=words)
        raise Problem(422, text("No such role"), _at(place, none))
    most = max(node.cpu for node in able)
    why = (
        text(
            "a weight of {weight} is more than the {most} cores of the largest node that has such a role",
            weight=order.weight,
            most=most,
        )
        if needs.roles
        else text(
            "a weight of {weight} is more than the {most} cores of the largest node of this topology",
            weight=order.weight,
            most=most,
        )
    )
    raise Problem(422, text("Too heavy"), _at(place, why))


def _at(place: str, why: Text) -> Text:
    """Return a sentence that begins with where in the request something is, unless that is all of it."""
    return text("{place}: {problem}", place=place.removesuffix(": "), problem=why) if place else why
