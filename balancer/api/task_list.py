"""The route that lists tasks: which ones, in which order, a page at a time."""

from __future__ import annotations

from typing import Annotated

from fastapi import FastAPI, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from topowave.balancer.api.responses import CountedTasks, Tasks
from topowave.balancer.balancer import Balancer
from topowave.tasks.limits import LONGEST_TIME, PAGE_TASKS, QUERY_CHARS
from topowave.tasks.listing import CURSOR_CHARS, Cursor, Sort, TaskFilter
from topowave.tasks.script import Kind, Priority
from topowave.tasks.states import STATES, State
from topowave.translation import text
from topowave.web.problem_details import Problem


def _text(text: str) -> str:
    """PostgreSQL has no text with a NUL, and to SQLite a pattern ends there."""
    if "\0" in text:
        raise ValueError("expected text without a NUL character")
    return text


Text = Annotated[str, Field(max_length=QUERY_CHARS), AfterValidator(_text)]


class TaskMatch(BaseModel):
    """Which tasks are wanted: those for which all that is said holds."""

    model_config = ConfigDict(extra="forbid")

    status: list[State] = Field(
        default=[], max_length=len(STATES), description="only those; may be given more than once"
    )
    priority: Priority | None = Field(default=None, description="only those")
    kind: Kind | None = Field(default=None, description="only those")
    category: Text | None = Field(default=None, description="only those of this one")
    node: Text | None = Field(default=None, description="only those of this node")
    role: Text | None = Field(default=None, description="only those that name it among their roles")
    request: Text | None = Field(default=None, description="only those of this parent request")
    text: Text | None = Field(
        default=None,
        description="only those that have it in their id, title, category or script, in capitals or not",
    )
    since: float | None = Field(
        default=None, ge=0, le=LONGEST_TIME, description="only those submitted then or later (unix s)"
    )
    until: float | None = Field(
        default=None, ge=0, le=LONGEST_TIME, description="only those submitted before (unix s)"
    )

    def wanted(self) -> TaskFilter:
        """Return it as the journal takes it."""
        return TaskFilter(
            tuple(self.status),
            self.priority,
            self.kind,
            self.category,
            self.node,
            self.request,
            self.role,
            self.text,
            self.since,
            self.until,
        )


class TaskQuery(TaskMatch):
    """A page of tasks, as a URL asks for it."""

    sort: Sort = Field(
        default="submitted",
        description="the order; `-` for the latest first; those sorted by when they `finished` are over",
    )
    cursor: str | None = Field(
        default=None, max_length=CURSOR_CHARS, description="`next` of the page before, with the same `sort`"
    )
    limit: int = Field(default=100, ge=1, le=PAGE_TASKS, description="most tasks")
    count: bool = Field(default=False, description="also count those of all pages")


def add_task_list_route(app: FastAPI, balancer: Balancer) -> None:
    """Add the route."""

    @app.get("/tasks")
    async def some(query: Annotated[TaskQuery, Query()]) -> Tasks:
        """Return tasks, a page at a time; a page may have fewer than `limit`, or none, and a `next`."""
        try:
            after = None if query.cursor is None else Cursor.read(query.cursor, query.sort)
        except ValueError as error:
            raise Problem(422, text("Invalid request"), text("query.cursor: {error}", error=error)) from None
        wanted = query.wanted()
        page = await balancer.journal.page(wanted, query.sort, after, query.limit)
        if query.count:
            tasks, exact = await balancer.journal.count(wanted, query.sort)
            page |= {"matching": CountedTasks(tasks=tasks, exact=exact)}
        return Tasks.model_validate(page)
