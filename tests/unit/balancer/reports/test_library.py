"""Which reports there are, and which of them are finished."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.unit.balancer.reports.made import make_report
from topowave.balancer.reports.library import ReportLibrary

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("done", "summary_s", "complete"), [(6, 500, True), (5, 500, False), (5, 2_000, True), (7, 500, True)]
)
async def test_a_report_is_complete_by_its_runs_where_its_times_were_lost_by_a_copy(
    tmp_path: Path, done: int, summary_s: int, complete: bool
) -> None:
    path = make_report(tmp_path, "copied", done=done)
    os.utime(path / "summary.csv", (summary_s, summary_s))
    library = ReportLibrary(tmp_path)
    (head,), _ = await library.heads()
    assert (head.complete, head.finished) == (complete, float(summary_s) if complete else None)
    assert head.done == (6 if complete else 5)
    assert bool((await library.report("copied")).lines) == complete


async def test_a_report_without_differences_is_shown_without_them(tmp_path: Path) -> None:
    path = make_report(tmp_path, "a")
    (path / "compared.csv").unlink()
    found = await ReportLibrary(tmp_path).report("a")
    assert [line.difference for line in found.lines] == [None, None, None]


async def test_an_odd_report_leaves_the_others_to_be_seen(tmp_path: Path) -> None:
    make_report(tmp_path, "good")
    make_report(tmp_path, "a", seeds=None)
    make_report(tmp_path, "b", measures=5)
    make_report(tmp_path, "c", title="\ud800")
    heads, problems = await ReportLibrary(tmp_path).heads()
    assert [head.id for head in heads] == ["good"]
    assert [problem.partition(":")[0] for problem in problems] == ["a", "b", "c"]
