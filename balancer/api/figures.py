"""The routes of the figures: the lab as it is now, and as it was since the balancer began."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import FastAPI, Query
from pydantic import BaseModel, ConfigDict, Field

from topowave.balancer.api.task_list import Text, Without, named
from topowave.balancer.balancer import Balancer
from topowave.balancer.figures.forms import Figures, Measure, NodesHistory, SeriesHistory
from topowave.balancer.figures.histories import Span, node_columns, series_columns
from topowave.balancer.limits import FIGURES_FILTERS, FIGURES_POINTS
from topowave.tasks.groups import ALL, GroupFilter
from topowave.tasks.limits import LONGEST_TIME
from topowave.tasks.script import PRIORITIES, Priority
from topowave.web.problem_details import Problem


class FigureQuery(BaseModel):
    """Of which nodes and tasks figures are wanted, as a URL says it; each may be given more than once."""

    model_config = ConfigDict(extra="forbid")

    role: list[Text] = Field(
        default=[],
        max_length=FIGURES_FILTERS,
        description="only nodes that have one of these roles, and tasks that name one",
    )
    node: list[Text] = Field(
        default=[], max_length=FIGURES_FILTERS, description="only these nodes, and tasks that they have"
    )
    priority: list[Priority] = Field(
        default=[], max_length=len(PRIORITIES), description="only tasks of these priorities"
    )
    category: list[Text] = Field(
        default=[], max_length=FIGURES_FILTERS, description="only tasks of these categories"
    )
    without: Without = Field(
        default=[],
        description="tasks that have no category, are on no node or name no role: these alone, or besides "
        "those of the `category`, `node` or `role` that is given",
    )

    def wanted(self) -> GroupFilter:
        """Return it as the journal takes it."""
        found = GroupFilter(
            frozenset(named(self.role, "role", self.without)),
            frozenset(named(self.node, "node", self.without)),
            frozenset(self.priority),
            frozenset(named(self.category, "category", self.without)),
        )
        return ALL if found == ALL else found


class HistoryQuery(FigureQuery):
    """And which part of the history."""

    since: float | None = Field(
        default=None, ge=0, le=LONGEST_TIME, description="from when on (unix s); else from the beginning"
    )
    until: float | None = Field(
        default=None, ge=0, le=LONGEST_TIME, description="only what began before (unix s); else until now"
    )
    points: int = Field(default=600, ge=1, le=FIGURES_POINTS, description="in how many steps at the most")
    after: int = Field(
        default=0,
        ge=0,
        le=2**53,
        description="`cursor` of the answer before: only steps that have something newer; the first of them "
        "may be the last one of that answer, which is complete now",
    )

    def span(self) -> Span:
        """Return which part. Raises Problem (422) where it ends before it begins."""
        if self.since is not None and self.until is not None and self.since >= self.until:
            raise Problem(422, "Invalid request", "query.until: expected a time after `since`")
        return Span(self.since, self.until, self.points, self.after)


class SeriesQuery(HistoryQuery):
    """And whether the tasks are told apart."""

    by: Literal["priority", "category"] | None = Field(
        default=None, description="besides, the series of tasks for each one, named SERIES.VALUE"
    )


class NodesQuery(HistoryQuery):
    """And what is wanted of each node."""

    measure: Measure = Field(
        default="load",
        description="what is told of each node: `load` (cores), `load_per_core`, `running` (tasks), "
        "`ended` (tasks a second)",
    )


def add_figure_routes(app: FastAPI, balancer: Balancer) -> None:
    """Add the routes of the figures."""
    figures = balancer.figures

    @app.get("/figures")
    async def now(query: Annotated[FigureQuery, Query()]) -> Figures:
        """Return the lab in figures: executors, requests (tasks), and the system.

        All figures of tasks are of one state of the journal; its number is `moment`, which `GET /tasks` has.
        """
        return await figures.now(query.wanted())

    @app.get("/figures/series")
    async def series(query: Annotated[SeriesQuery, Query()]) -> SeriesHistory:
        """Return the history since the balancer began, in columns: the finer, the less it is ago.

        Gauges are means of each step, `_max` and `_min` its greatest and least value; rates are per second,
        exact however long the step is.
        """
        return series_columns(balancer.lab, figures.record, query.span(), query.wanted(), query.by)

    @app.get("/figures/nodes")
    async def nodes(query: Annotated[NodesQuery, Query()]) -> NodesHistory:
        """Return the history of each node, a row for each: a heat map."""
        return node_columns(balancer.lab, figures.record, query.span(), query.wanted(), query.measure)
