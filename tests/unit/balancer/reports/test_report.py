"""What the tables of a report say, and what is no table."""

from __future__ import annotations

import json

import pytest

from tests.unit.balancer.reports.made import COMPARED, SCENARIO, SUMMARY
from topowave.balancer import limits
from topowave.balancer.reports.report import (
    compared_lines,
    head_of,
    report_of,
    scenario_in,
    summary_lines,
)
from topowave.balancer.reports.report_files import UnreadableReportError


def test_a_head_counts_the_runs_that_the_scenario_asks_for() -> None:
    head = head_of("r", SCENARIO, 2, None)
    assert (head.runs, head.done, head.complete, head.finished) == (6, 2, False, None)
    assert head.factors == {"algorithm": ["echo", "finn"]}
    other = head_of("r", SCENARIO | {"seeds": [4, 7], "delay": ["a", "b", "c"]}, None, 9.0)
    assert (other.runs, other.done, other.complete, other.finished) == (12, 12, True, 9.0)
    usual = {name: value for name, value in SCENARIO.items() if name not in {"seeds", "title"}}
    assert (head_of("r", usual, 0, None).runs, head_of("r", usual, 0, None).title) == (20, "rings")


def test_a_report_has_a_line_for_each_case_and_measure_in_the_scenarios_order() -> None:
    head = head_of("r", SCENARIO, None, 1.0)
    found = report_of(
        head, SCENARIO, {}, summary_lines(SUMMARY.encode()), compared_lines(COMPARED.encode()), []
    )
    assert found.measures == ["time", "messages"]
    assert [(line.measure, line.case["algorithm"]) for line in found.lines] == [
        ("time", "echo"),
        ("messages", "echo"),
        ("messages", "finn"),
    ]
    last = found.lines[-1]
    assert (last.figure.runs, last.figure.not_ok, last.figure.mean, last.figure.low) == (2, 1, 130.0, 120.5)
    assert last.difference is not None
    assert (last.difference.pairs, last.difference.difference) == (2, 114.0)
    assert found.lines[0].difference is None


def test_a_figure_without_an_interval_or_beyond_all_numbers_is_none() -> None:
    text = SUMMARY.replace("16.0,16.0,16.0,16.0,16.0,16.0", "16.0,,,16.0,-inf,inf")
    (first, *_) = summary_lines(text.encode()).values()
    assert (first.mean, first.low, first.high, first.least, first.most) == (16.0, None, None, None, None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "topology,mean\nring:8,3\n",
        SUMMARY + "ring:8,finn,8.0,time,many,0,1,1,1,1,1,1\n",
        SUMMARY + "ring:8,finn,8.0,time,2,0,x,1,1,1,1,1\n",
        SUMMARY + "ring:8,finn,8.0,time,,0,1,1,1,1,1,1\n",
        SUMMARY + "ring:8\n",
        SUMMARY + "a,b,c,d,e,f,g,h,i,j,k,l,m\n",
        SUMMARY + 'ring:8,"finn\n',
        SUMMARY + "\xff",
    ],
)
def test_a_damaged_table_is_told_as_one(text: str) -> None:
    with pytest.raises(UnreadableReportError, match=r"summary\.csv"):
        summary_lines(text.encode("latin-1"))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b'{"scenario": 3}',
        b'{"scenario": {"name": 1, "kind": "waves"}}',
        b"\xff",
        b"[" * 9_999,
        b'{"scenario": {"name": "x", "kind": "waves", "seeds": null}}',
        b'{"scenario": {"name": "x", "kind": "waves", "seeds": "abc"}}',
        b'{"scenario": {"name": "x", "kind": "waves", "seeds": 1e999}}',
        b'{"scenario": {"name": "x", "kind": "waves", "seeds": -1}}',
        b'{"scenario": {"name": "x", "kind": "waves", "seeds": 1' + b"0" * 4_000 + b"}}",
        b'{"scenario": {"name": "x", "kind": "waves", "measures": 5}}',
        b'{"scenario": {"name": "x", "kind": "waves", "title": "\\ud800"}}',
    ],
)
def test_a_scenario_of_another_form_is_told_as_one(data: bytes) -> None:
    with pytest.raises(UnreadableReportError, match=r"scenario\.json"):
        scenario_in(data)


def test_a_scenario_asks_for_no_more_runs_than_were_ever_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "REPORT_RUNS", 6)
    data = {"scenario": SCENARIO | {"seeds": 3}}
    assert scenario_in(json.dumps(data).encode())[0]["seeds"] == 3
    with pytest.raises(UnreadableReportError, match=r"scenario\.json"):
        scenario_in(json.dumps({"scenario": SCENARIO | {"seeds": 4}}).encode())


def test_a_scenario_tells_with_what_it_was_run() -> None:
    data = {"scenario": SCENARIO, "topowave": "1", "python": "3", "packages": {"numpy": "2"}}
    assert scenario_in(json.dumps(data).encode())[1] == {"topowave": "1", "python": "3", "numpy": "2"}


def test_at_most_so_many_lines_are_read_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "REPORT_LINES", 1)
    head = head_of("r", SCENARIO, None, 1.0)
    found = report_of(head, SCENARIO, {}, summary_lines(SUMMARY.encode()), {}, [])
    assert (len(found.lines), found.all_lines) == (1, 3)
    monkeypatch.setattr(limits, "REPORT_LINES_READ", 2)
    assert len(summary_lines(SUMMARY.encode())) == 2
