"""The routes of experiments: the reports on this machine, what one says, its files, and two side by side."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Literal, TypeVar

from fastapi import FastAPI
from fastapi.responses import Response

from topowave.balancer.json_form import JsonForm
from topowave.balancer.reports.comparison import Comparison
from topowave.balancer.reports.library import ReportLibrary
from topowave.balancer.reports.report import Report, ReportHead
from topowave.balancer.reports.report_files import PICTURES, SERVED, UnreadableReportError
from topowave.balancer.threads import in_a_thread
from topowave.translation import sentence_of, text
from topowave.web.problem_details import Problem

FileName = Literal["report.html", "report.md", "results.csv", "summary.csv", "compared.csv", "scenario.txt"]
HARMLESS = {
    "content-security-policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:",
    "x-content-type-options": "nosniff",
    "cache-control": "no-cache",
}
"""A report may have been made elsewhere: shown by itself it runs no script, and asks for nothing."""
_Answer = TypeVar("_Answer")


class Experiments(JsonForm):
    """The reports in `folder`, the newest first; `problems` says why others cannot be shown."""

    folder: str
    experiments: list[ReportHead]
    problems: list[str]


def add_experiment_routes(app: FastAPI, library: ReportLibrary) -> None:
    """Add the routes.

    Args:
        app: the balancer's.
        library: the reports.
    """

    @app.get("/experiments")
    async def experiments() -> Experiments:
        """Return the experiments that were run on this machine: those in the folder `experiments`."""
        heads, problems = await library.heads()
        return Experiments(folder=str(library.files.folder), experiments=heads, problems=problems)

    @app.get("/experiments/{name}")
    async def report(name: str) -> Report:
        """Return what a report says: a line for each case and measure, with intervals and differences."""
        return await _or_problem(library.report(name))

    @app.get("/experiments/{name}/against/{second}")
    async def against(name: str, second: str) -> Comparison:
        """Return two reports side by side: the same cases and measures, and how far the second one differs.

        The differences are those of `topowave experiment compare`; `problem` says why there are none.
        """
        return await _or_problem(library.comparison(name, second))

    @app.get(
        "/experiments/{name}/files/{file}",
        response_class=Response,
        responses={
            200: {
                "content": {kind: {"schema": {"type": "string"}} for kind in dict.fromkeys(SERVED.values())}
            }
        },
    )
    async def file(name: str, file: FileName) -> Response:
        """Return a file of a report as it is."""
        data = await _or_problem(in_a_thread(library.files.read, name, file))
        return Response(data, headers=HARMLESS, media_type=f"{SERVED[file]}; charset=utf-8")

    @app.get(
        "/experiments/{name}/pictures/{measure}",
        response_class=Response,
        responses={200: {"content": {"image/svg+xml": {"schema": {"type": "string"}}}}},
    )
    async def picture(name: str, measure: str) -> Response:
        """Return the picture of a measure, as SVG."""
        data = await _or_problem(in_a_thread(library.files.read, name, PICTURES, f"{measure}.svg"))
        return Response(data, headers=HARMLESS, media_type="image/svg+xml")


async def _or_problem(answer: Awaitable[_Answer]) -> _Answer:
    try:
        return await answer
    except UnreadableReportError as error:
        raise Problem(404, text("No such report"), sentence_of(error)) from None
