"""Two reports side by side, and the process that says how they differ."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest

from tests.unit.balancer.reports.made import SCENARIO, SUMMARY, make_report
from topowave.balancer import limits
from topowave.balancer.reports.comparison import Comparer, differences_in, side_by_side
from topowave.balancer.reports.report import head_of, summary_lines
from topowave.balancer.reports.report_files import ReportFiles, UnreadableReportError
from topowave.web.problem_details import Problem

pytestmark = pytest.mark.anyio
ROW = {
    "topology": "ring:8",
    "algorithm": "echo",
    "measure": "messages",
    "pairs": 3,
    "difference": -2.0,
    "low": None,
    "high": None,
    "percent": -12.5,
    "effect": None,
    "lower": 1.0,
    "first": 16.0,
}


def says(code: str) -> tuple[str, ...]:
    """Return a program that does this."""
    return (sys.executable, "-c", code)


async def test_what_both_have_comes_first_and_nothing_is_left_out() -> None:
    head = head_of("r", SCENARIO, None, 1.0)
    one = summary_lines(SUMMARY.encode())
    other = summary_lines(SUMMARY.replace("finn", "tarry").encode())
    found = side_by_side((head, head), (one, other), differences_in(json.dumps([ROW])), None)
    seen = [
        (line.measure, line.case["algorithm"], line.first is None, line.second is None)
        for line in found.lines
    ]
    assert seen == [
        ("messages", "echo", False, False),
        ("messages", "finn", False, True),
        ("messages", "tarry", True, False),
        ("time", "echo", False, False),
    ]
    difference = found.lines[0].difference
    assert difference is not None
    assert (difference.pairs, difference.difference, difference.low) == (3, -2.0, None)


async def test_a_comparison_is_asked_for_once_until_there_are_other_runs(tmp_path: Path) -> None:
    for name in ("a", "b"):
        make_report(tmp_path, name)
    asked = tmp_path / "asked"
    code = f"open({str(asked)!r}, 'a').write('x'); print({json.dumps([ROW])!r})"
    comparer = Comparer(ReportFiles(tmp_path), says(code))
    first = await comparer.differences("a", "b")
    assert await comparer.differences("a", "b") == first
    assert asked.read_text() == "x"
    (tmp_path / "b" / "runs.jsonl").write_text("{}\n" * 9, encoding="utf-8")
    await comparer.differences("a", "b")
    assert asked.read_text() == "xx"


async def test_why_there_is_no_comparison_is_told_in_the_commands_words(tmp_path: Path) -> None:
    for name in ("a", "b"):
        make_report(tmp_path, name)
    code = "import sys; print('they have no case with a common seed', file=sys.stderr); sys.exit(2)"
    with pytest.raises(UnreadableReportError, match="no case with a common seed"):
        await Comparer(ReportFiles(tmp_path), says(code)).differences("a", "b")
    with pytest.raises(UnreadableReportError, match="cannot be started"):
        await Comparer(ReportFiles(tmp_path), (str(tmp_path / "none"),)).differences("a", "b")
    with pytest.raises(UnreadableReportError, match="no such file"):
        await Comparer(ReportFiles(tmp_path), says("")).differences("a", "c")


async def test_a_comparison_that_takes_too_long_or_is_too_large_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b"):
        make_report(tmp_path, name)
    monkeypatch.setattr(limits, "COMPARE_S", 0.05)
    with pytest.raises(UnreadableReportError, match="took longer"):
        await Comparer(ReportFiles(tmp_path), says("import time; time.sleep(600)")).differences("a", "b")
    monkeypatch.setattr(limits, "COMPARED_BYTES", 10)
    with pytest.raises(UnreadableReportError, match="too many runs"):
        await Comparer(ReportFiles(tmp_path), says("")).differences("a", "b")


async def test_whoever_comes_when_enough_wait_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b"):
        make_report(tmp_path, name)
    monkeypatch.setattr(limits, "COMPARISONS_WAITING", 0)
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    comparer = Comparer(ReportFiles(tmp_path), says(f"open({str(gate)!r}).read(); print('[]')"))
    first = asyncio.create_task(comparer.differences("a", "b"))
    opened = await asyncio.to_thread(os.open, gate, os.O_WRONLY)  # waits until the comparison reads
    try:
        with pytest.raises(Problem, match="wait for their turn") as refused:
            await comparer.differences("b", "a")
    finally:
        os.close(opened)
    assert (refused.value.status, await first) == (429, {})
    assert await comparer.differences("a", "b") == {}, "what is known needs no turn"


async def test_of_too_many_differences_the_first_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "REPORT_LINES_READ", 1)
    found = differences_in(json.dumps([ROW, ROW | {"measure": "time"}]))
    assert [measure for _, measure in found] == ["messages"]


async def test_the_oldest_comparison_is_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b"):
        make_report(tmp_path, name)
    monkeypatch.setattr(limits, "COMPARISONS_KEPT", 1)
    asked = tmp_path / "asked"
    comparer = Comparer(ReportFiles(tmp_path), says(f"open({str(asked)!r}, 'a').write('x'); print('[]')"))
    for first, second in (("a", "b"), ("b", "a"), ("a", "b")):
        await comparer.differences(first, second)
    assert asked.read_text() == "xxx"
