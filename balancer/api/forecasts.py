"""The route of forecasts: which there are, what the chosen one predicts, and how well it has predicted."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import FastAPI, Query
from pydantic import Field

from topowave.balancer.api.node_requests import port_of
from topowave.balancer.balancer import Balancer
from topowave.balancer.json_form import JsonForm
from topowave.balancer.load_forecasts import ForecastReport
from topowave.forecasts import FORECASTS, Forecast
from topowave.forecasts.limits import COVERAGE, SCORED_ROUNDS
from topowave.topology.limits import MAX_NAME
from topowave.translation import told_of


class ForecastScore(JsonForm):
    """How well a forecast predicted the loads of this lab's nodes, over the last `scored_rounds` rounds.

    `error` is the mean absolute error (cores), `better` by how many percent that is below the error of the
    last value (negative: above; null where that says nothing), `coverage` the share of loads that were in
    their interval, `values` how many loads were compared. All but `values` are null where none was.
    """

    values: int
    error: float | None
    coverage: float | None
    better: float | None


class ForecastModel(JsonForm):
    """A forecast that `forecast` in config.json may name; what it `knows` and when it `wins` are sentences.

    `missing` says what has to be installed for it, null where it is there. `score` is null for one that is
    not scored in this lab.
    """

    name: str
    title: str
    summary: str
    source: str
    knows: str
    wins: str
    missing: str | None
    score: ForecastScore | None


class PredictedLoad(JsonForm):
    """The load of a node in the next round if nothing is moved (cores): `mean`, between `low` and `high`.

    `load` is what the last wave read. While its model is `cold`, it has learnt too little to say anything of
    its own. `bottleneck` where it is predicted to be overloaded, and is not yet.
    """

    node: str
    cpu: int
    load: float
    mean: float
    low: float
    high: float
    cold: bool
    bottleneck: bool


class Forecasts(JsonForm):
    """The forecasts that there are, which one predicts (`none` for nobody), and what it predicts.

    It has learnt `rounds` since it was chosen, or the network was replaced as a whole. Its intervals are to
    cover a share of `coverage` of the loads. Of the `alerts`, each a predicted bottleneck, `hits` came true,
    or would have if nothing had been moved. `problem` says why nothing is predicted where it failed.
    """

    forecast: str
    rounds: int
    scored_rounds: int
    coverage: float
    alerts: int
    hits: int
    problem: str | None
    sentences: dict[str, Any] = Field(default_factory=dict[str, Any])
    models: list[ForecastModel]
    nodes: list[PredictedLoad]


def add_forecast_routes(app: FastAPI, balancer: Balancer) -> None:
    """Add the route of forecasts."""

    @app.get("/forecasts")
    async def forecasts(
        node: Annotated[str | None, Query(max_length=MAX_NAME, description="tell of this one only")] = None,
    ) -> Forecasts:
        """Return the forecasts, their scores in this lab, and what is predicted for the next round.

        A round of rebalancing teaches and predicts, and `nodes` has those that its wave read; none before the
        first round, and where `forecast` is `none`.
        """
        port = None if node is None else port_of(balancer, node)
        report = balancer.rebalancer.forecasts.report
        return Forecasts(
            forecast=report.name,
            rounds=report.rounds,
            scored_rounds=SCORED_ROUNDS,
            coverage=COVERAGE,
            alerts=report.alerts,
            hits=report.hits,
            problem=report.problem,
            sentences=told_of(problem=report.problem),
            models=[_model(kind, report) for kind in FORECASTS.values()],
            nodes=_predicted(balancer, report, port),
        )


def _model(kind: type[Forecast], report: ForecastReport) -> ForecastModel:
    score = report.scores.get(kind.name)
    return ForecastModel(
        name=kind.name,
        title=kind.title,
        summary=kind.summary,
        source=kind.source,
        knows=kind.knows,
        wins=kind.wins,
        missing=kind.missing(),
        score=None
        if score is None
        else ForecastScore(
            values=score.values,
            error=score.error,
            coverage=score.coverage,
            better=report.better_than_last_value(kind.name),
        ),
    )


def _predicted(balancer: Balancer, report: ForecastReport, port: int | None) -> list[PredictedLoad]:
    """Return what is predicted of the nodes, or of the one on `port`."""
    if report.outlook is None:
        return []
    by_port = balancer.lab.topology.by_port
    return [
        PredictedLoad(
            node=by_port(reading.node).name,
            cpu=reading.cpu,
            load=reading.load,
            mean=said.mean,
            low=said.low,
            high=said.high,
            cold=said.cold,
            bottleneck=reading.node in report.bottlenecks,
        )
        for reading, said in zip(report.outlook.readings, report.outlook.predictions, strict=True)
        if port is None or reading.node == port
    ]
