"""The routes about tasks that are there: asking after them, cancelling, changing and putting them back."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import Body, FastAPI, Query, Response

from topowave.balancer import limits
from topowave.balancer.api.responses import TaskCancelled, TaskChanged, TaskHistory, TaskPutBack
from topowave.balancer.api.task_bulk import add_bulk_route
from topowave.balancer.api.task_changes import STATUSES, cancel_task, set_priority
from topowave.balancer.api.task_list import add_task_list_route
from topowave.balancer.api.task_orders import add_task_order_route
from topowave.balancer.balancer import Balancer
from topowave.balancer.json_form import Order
from topowave.tasks import Priority
from topowave.tasks.states import UNFINISHED
from topowave.translation import text
from topowave.web.problem_details import Problem


class TaskChange(Order):
    """What is to change of a task that waits."""

    priority: Priority


def add_task_routes(app: FastAPI, balancer: Balancer) -> None:
    """Add the routes about tasks."""
    add_task_list_route(app, balancer)
    add_task_order_route(app, balancer)
    add_bulk_route(app, balancer)

    @app.get("/tasks/{id:path}", response_model=TaskHistory)
    async def one(
        id: str,
        wait: Annotated[
            float, Query(ge=0, le=limits.TASK_WAIT, description="how long to wait for its end (s)")
        ] = 0,
    ) -> Response:
        """Return a task with its history and result; with `wait` once it is over, or that time is."""
        task = await balancer.journal.task(id)
        if wait and task["status"] in UNFINISHED:
            await balancer.task_ends.wait(id, wait)
            task = await balancer.journal.task(id)
        # As it is: what a script says may be a number of any size, or half a character.
        return Response(json.dumps(task), media_type="application/json")

    @app.delete("/tasks/{id:path}")
    async def cancel(id: str) -> TaskCancelled:
        """Cancel a task that is pending, assigned or running; one on a node through its node."""
        cancelled = await cancel_task(balancer, id)
        balancer.feed.notify("task", text("{task} is cancelled", task=id), node=cancelled.node)
        return cancelled

    @app.patch("/tasks/{id:path}")
    async def change(id: str, order: Annotated[TaskChange, Body()]) -> TaskChanged:
        """Change how urgent a task is that waits; it comes after those that are as urgent."""
        return await set_priority(balancer, id, order.priority)

    @app.post("/tasks/{id:path}/retry")
    async def retry(id: str) -> TaskPutBack:
        """Put a failed task back: it is pending, and its attempts begin anew."""
        task = await balancer.journal.task(id)
        if not await balancer.journal.put_back(id):
            why = text(
                "{task} is {status}; only a task that has failed is put back",
                task=id,
                status=STATUSES[task["status"]],
            )
            raise Problem(409, text("Not failed"), why)
        balancer.dispatcher.wake()
        balancer.feed.notify("task", text("{task} is put back, after it had failed", task=id))
        return TaskPutBack(task=id)
