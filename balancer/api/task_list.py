"""The route that lists tasks: which ones, in which order, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import FastAPI, Query
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from topowave.balancer.api.responses import CountedTasks, Tasks
from topowave.balancer.balancer import Balancer
from topowave.balancer.limits import FIGURES_FILTERS
from topowave.tasks.limits import COUNTED_IN_INDEX, COUNTED_ROWS, LONGEST_TIME, PAGE_TASKS, QUERY_CHARS
from topowave.tasks.listing import CURSOR_CHARS, Cursor, Sort, TaskFilter, TooFarError
from topowave.tasks.script import PRIORITIES, Kind, Priority
from topowave.tasks.states import STATES, State
from topowave.translation import text
from topowave.web.problem_details import Problem


def _text(text: str) -> str:
    """PostgreSQL has no text with a NUL, and to SQLite a pattern ends there."""
    if "\0" in text:
        raise ValueError("expected text without a NUL character")
    return text


def _several(given: object) -> object:
    """One value is a list of one: a body may say it without brackets."""
    return [] if given is None else [given] if isinstance(given, str) else given


Text = Annotated[str, Field(max_length=QUERY_CHARS), AfterValidator(_text)]
Texts = Annotated[list[Text], Field(max_length=FIGURES_FILTERS), BeforeValidator(_several)]
Without = Annotated[list[Literal["category", "node", "role"]], Field(max_length=3), BeforeValidator(_several)]
Priorities = Annotated[list[Priority], Field(max_length=len(PRIORITIES)), BeforeValidator(_several)]


def named(given: Sequence[str], what: str, without: Sequence[str]) -> tuple[str, ...]:
    """Return the values that are wanted, with '' for none where that is said: an empty one says nothing."""
    return (*(one for one in given if one), *([""] if what in without else []))


class TaskMatch(BaseModel):
    """Which tasks are wanted: those for which all that is said holds."""

    model_config = ConfigDict(extra="forbid")

    status: list[State] = Field(
        default=[], max_length=len(STATES), description="only those; may be given more than once"
    )
    priority: Priorities = Field(default=[], description="only those; may be given more than once")
    kind: Kind | None = Field(default=None, description="only those")
    category: Texts = Field(
        default=[],
        description="only those of this one; may be given more than once",
    )
    node: Texts = Field(
        default=[],
        description="only those of this node; may be given more than once",
    )
    role: Texts = Field(
        default=[],
        description="only those that name it among their roles; may be given more than once",
    )
    without: Without = Field(
        default=[],
        description="those that have no category, are on no node or name no role: these alone, or besides "
        "those of the `category`, `node` or `role` that is given; may be given more than once",
    )
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
            tuple(self.priority),
            self.kind,
            named(self.category, "category", self.without),
            named(self.node, "node", self.without),
            self.request,
            named(self.role, "role", self.without),
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
    skip: int = Field(
        default=0, ge=0, le=COUNTED_IN_INDEX, description="so many tasks are passed over before the page"
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
        try:
            page = await balancer.journal.page(wanted, query.sort, after, query.limit, query.skip)
        except TooFarError:
            why = text(
                "query.skip: no index knows all tasks that match, and {rows} rows were looked at",
                rows=COUNTED_ROWS,
            )
            raise Problem(422, text("Too far"), why) from None
        if query.count:
            tasks, exact = await balancer.journal.count(wanted, query.sort)
            page |= {"matching": CountedTasks(tasks=tasks, exact=exact)}
        return Tasks.model_validate(page)
