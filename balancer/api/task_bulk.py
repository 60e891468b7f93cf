"""The route that cancels many tasks, or changes how urgent they are: those that are named, or all that match.

All that match may be very many. So one request does it to a page of them, the latest first, and says where
the next one goes on: whoever asks knows all the time how far it is, and can stop. Tasks that are submitted
meanwhile are not among them, nor does one that was refused come again.
"""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal

from fastapi import Body, FastAPI
from pydantic import Field

from topowave.balancer import limits
from topowave.balancer.api.task_changes import cancel_task, set_priority
from topowave.balancer.api.task_list import TaskMatch
from topowave.balancer.balancer import Balancer
from topowave.balancer.json_form import JsonForm, Order
from topowave.tasks import Priority
from topowave.tasks.listing import CURSOR_CHARS, Cursor, Sort
from topowave.tasks.states import State
from topowave.translation import counted, text, told
from topowave.web.problem_details import Problem

Action = Literal["cancel", "priority"]
MEANT: dict[Action, tuple[State, ...]] = {
    "cancel": ("pending", "assigned", "moving", "running"),
    "priority": ("pending", "assigned", "moving"),
}
"""The tasks that an action is about; one that is on its way just then is refused, and so not forgotten."""
ORDER: Sort = "-submitted"
"""Those that wait come before those that run: a core that becomes free takes what waits."""
ID_CHARS = 200
"""Longest id of a task that is looked for."""
Ids = Annotated[
    list[Annotated[str, Field(max_length=ID_CHARS)]],
    Field(min_length=1, max_length=limits.BULK_TASKS, description="of the tasks, each once"),
]


class BulkOrder(Order):
    """What is done to many tasks: all are cancelled, or all that wait become as urgent as `priority` says.

    They are those of `ids`, or those that match `filter`; of these the ones behind `after`, a page of them.
    """

    action: Action
    priority: Priority | None = None
    ids: Ids | None = None
    filter: TaskMatch | None = Field(
        default=None, description="all for which this holds; {} for all there are"
    )
    after: str | None = Field(
        default=None, max_length=CURSOR_CHARS, description="`next` of the answer before"
    )


class BulkRefused(JsonForm):
    """A task to which it was not done, and why, as the answer to a request for it alone would say.

    `code` and `parameters` say what the detail is made of, so that it can be said in another language.
    """

    task: str
    status: int
    title: str
    detail: str
    code: str | None
    parameters: dict[str, Any]


class BulkDone(JsonForm):
    """To which tasks it was done, and to which not.

    `was` says how urgent those were that are now more or less so; `next` is `after` of the next page of those
    that match, null where there is none.
    """

    done: list[str]
    refused: list[BulkRefused]
    was: dict[Priority, list[str]]
    next: str | None


def add_bulk_route(app: FastAPI, balancer: Balancer) -> None:
    """Add the route that changes many tasks at once."""

    @app.post("/tasks/bulk")
    async def bulk(order: Annotated[BulkOrder, Body()]) -> BulkDone:
        """Cancel many tasks or change how urgent they are; what is not done to one is told of that one."""
        _check(order)
        ids, following = await _meant(balancer, order)
        room = asyncio.Semaphore(limits.BULK_AT_ONCE)
        refused: dict[str, BulkRefused] = {}
        before: dict[str, Priority] = {}

        async def change(id: str) -> None:
            async with room:
                try:
                    if order.priority is None:
                        await cancel_task(balancer, id)
                    else:
                        changed = await set_priority(balancer, id, order.priority)
                        before[id] = changed.was
                except Problem as problem:  # also where the journal fails, or the node
                    refused[id] = _refused(id, problem)

        await asyncio.gather(*map(change, ids))
        done = [each for each in ids if each not in refused]
        was: dict[Priority, list[str]] = {}
        for each in done:  # in this order, whichever node has answered first
            if each in before:
                was.setdefault(before[each], []).append(each)
        if done and order.action == "cancel":
            said = counted("{count} task is cancelled", "{count} tasks are cancelled", len(done))
            balancer.feed.notify("task", said)
        return BulkDone(
            done=done, refused=[refused[each] for each in ids if each in refused], was=was, next=following
        )


def _check(order: BulkOrder) -> None:
    """Raise a Problem (422) where the parts of an order do not fit together."""
    if (order.action == "priority") != (order.priority is not None):
        why = text("body.priority: is said with the action priority, and with no other")
    elif (order.ids is None) == (order.filter is None):
        why = text("body.ids: tasks are named by ids or found by filter, and one of them is said")
    elif order.after is not None and order.filter is None:
        why = text("body.after: is said with a filter only")
    else:
        return
    raise Problem(422, text("Invalid request"), why)


async def _meant(balancer: Balancer, order: BulkOrder) -> tuple[list[str], str | None]:
    """Return the tasks that an order is about, each once, and where the next page of them begins."""
    if order.filter is None:
        return list(dict.fromkeys(order.ids or ())), None
    try:
        after = None if order.after is None else Cursor.read(order.after, ORDER)
    except ValueError as error:
        raise Problem(422, text("Invalid request"), text("body.after: {error}", error=error)) from None
    asked = order.filter.status
    states = [each for each in MEANT[order.action] if not asked or each in asked]
    if not states:
        return [], None
    wanted = order.filter.model_copy(update={"status": states}).wanted()
    page: dict[str, Any] = await balancer.journal.page(wanted, ORDER, after, limits.BULK_TASKS)
    return [str(task["id"]) for task in page["tasks"]], page["next"]


def _refused(id: str, problem: Problem) -> BulkRefused:
    said = told(problem.detail) or {"code": None, "parameters": {}}
    return BulkRefused(
        task=id, status=problem.status, title=str(problem.title), detail=str(problem.detail), **said
    )
