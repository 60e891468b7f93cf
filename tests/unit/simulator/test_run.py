from __future__ import annotations

import json
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from tests.unit.simulator import students
from topowave.algorithms import Algorithm
from topowave.simulator import Run, simulate
from topowave.simulator.run import IncompleteTraceError
from topowave.traces import writer as trace_module

FIELDS = [
    "algorithm",
    "nodes",
    "links",
    "seed",
    "messages",
    "bits",
    "time",
    "deciders",
    "decisions",
    "bounds",
    "holds",
    "ending",
    "trace_sha256",
]


@pytest.fixture
def run() -> Run:
    return simulate("echo", "star:12", seed=7)


class DecidesNan(Algorithm):
    """Decides what equals nothing, not even itself."""

    def on_start(self) -> None:
        self.decide([float("nan")])


def test_equal_runs_are_equal_also_where_they_decide_nan() -> None:
    first, again, other = (simulate(DecidesNan, "ring:3", seed=seed) for seed in (1, 1, 2))
    assert "nan" in repr(first.decisions)
    assert first == again
    assert first != other
    assert first != "a run"


def test_json_has_the_promised_fields_in_order(run: Run) -> None:
    data = run.to_json()
    assert list(data) == FIELDS
    assert json.loads(json.dumps(data)) == data
    assert (data["algorithm"], data["nodes"], data["links"], data["seed"]) == ("echo", 12, 11, 7)
    assert data["holds"] == dict.fromkeys(["termination", "decision", "dependence", "bounds"], True)
    assert data["bounds"] == {"messages": 22, "time": run.bounds["time"]}


def test_json_names_witnesses_and_mistakes_only_where_there_are_any() -> None:
    assert list(simulate(students.Silent, "path:2:1").to_json()) == [*FIELDS, "witnesses"]
    assert "mistake" in simulate(students.Failing, "path:2:1").to_json()


def test_bits_are_those_of_the_encoded_messages() -> None:
    assert simulate(students.UsersEcho, "path:2:1").bits == 8 * len('"token""reply"')


def test_text_and_table_tell_the_same(run: Run) -> None:
    text, table = str(run), run._repr_html_()  # pyright: ignore[reportPrivateUsage]
    for words in ("22 of 22 proven", "star:12: 12 nodes, 11 links", "holds"):
        assert words in text
        assert words in table
    assert table.startswith("<table>")


def test_violations_and_mistakes_are_told(run: Run) -> None:
    assert "VIOLATED" in str(simulate(students.Silent, "path:2:1"))
    failed = simulate(students.Failing, "path:2:1")
    assert "no such thing" in str(failed)
    assert "&#x27;" in failed._repr_html_(), "what a student wrote is quoted"  # pyright: ignore[reportPrivateUsage]
    assert not failed.ok
    assert run.ok


def test_many_names_are_cut_short() -> None:
    assert "and 23 more" in str(simulate("finn", "ring:30"))


def test_states_are_those_of_the_instances_at_the_end(run: Run) -> None:
    assert set(run.states) == set(run.instances)
    assert run.states["root"]["waiting"] == set()


def test_a_diagram_is_svg(run: Run) -> None:
    assert str(run.diagram()).startswith("<svg")


def test_a_frame_has_a_row_for_each_event(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def frame(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return rows

    monkeypatch.setitem(sys.modules, "pandas", SimpleNamespace(DataFrame=frame))
    rows = run.frame()
    assert len(rows) == len(run.events) - 1
    assert rows[0] == {"seq": 1, "t": 0.0, "node": "root", "event": "join", "wave": "root-1"}


def test_without_pandas_it_is_told_how_to_get_it(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match="notebook"):
        run.frame()


def test_a_frame_of_too_many_events_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trace_module, "KEPT_EVENTS", 10)
    run = simulate("echo", "star:12")
    assert run.trace_sha256 is None
    with pytest.raises(IncompleteTraceError, match="trace=FILE"):
        run.frame()
    assert "more events than were kept" in run.diagram().excerpt
