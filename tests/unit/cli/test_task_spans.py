"""`topowave task spans`, against a balancer that the test plays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.unit.cli.played_balancer import PlayedBalancer
from topowave.cli.main import app
from topowave.cli.output import FAILED, REFUSED
from topowave.client import LabError

pytest.importorskip("opentelemetry.exporter.otlp.proto.http", reason="the extra opentelemetry is not here")
PAGE = {"tasks": [{"id": "a.1-1.1"}, {"id": "a.1-1.2"}], "next": None}
TASK: dict[str, Any] = {
    "id": "a.1-1.2",
    "status": "completed",
    "submitted_at": 1.0,
    "kind": "emulated",
    "history": [
        {"time": 1.0, "node": "a", "what": "assigned"},
        {"time": 2.0, "node": "a", "what": "completed"},
    ],
}


def test_a_task_that_the_journal_has_let_go_meanwhile_is_left_out(
    balancer: PlayedBalancer, tmp_path: Path
) -> None:
    balancer.answers = [PAGE, LabError("there is no such task", 404), TASK]
    file = tmp_path / "spans.jsonl"
    done = CliRunner().invoke(app, ["task", "spans", "--to", str(file)])
    assert (done.exit_code, done.output) == (0, "")
    assert len(file.read_text("utf-8").splitlines()) == 2


@pytest.mark.parametrize("status", [None, 429, 503])
def test_a_lab_that_does_not_answer_for_a_task_is_told(
    balancer: PlayedBalancer, tmp_path: Path, status: int | None
) -> None:
    balancer.answers = [PAGE, LabError("the lab is busy", status)]
    done = CliRunner().invoke(app, ["task", "spans", "--to", str(tmp_path / "spans.jsonl")])
    assert (done.exit_code, done.output) == (FAILED, "the lab is busy\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full file")
def test_a_file_that_takes_no_more_is_named(balancer: PlayedBalancer) -> None:
    balancer.answers = [PAGE, TASK, TASK]
    done = CliRunner().invoke(app, ["task", "spans", "--to", "/dev/full"])
    assert (done.exit_code, done.output) == (
        FAILED,
        "/dev/full: cannot be written: No space left on device\n",
    )


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("ru", "--to /nowhere/spans.jsonl: нет такого файла или каталога\n"),
        ("de", "--to /nowhere/spans.jsonl: die Datei oder das Verzeichnis gibt es nicht\n"),
    ],
)
def test_where_spans_cannot_go_is_said_in_the_language_of_the_command(language: str, said: str) -> None:
    done = CliRunner().invoke(app, ["task", "spans", "--to", "/nowhere/spans.jsonl", "--lang", language])
    assert (done.exit_code, done.output) == (REFUSED, said)


def test_a_collector_that_takes_nothing_is_told_with_the_number_of_tasks(
    balancer: PlayedBalancer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def taken(*_: object) -> bool:
        return False

    monkeypatch.setattr("topowave.tracing.export.export", taken)
    balancer.answers = [PAGE, TASK, TASK]
    done = CliRunner().invoke(app, ["task", "spans", "--to", "-", "--lang", "ru"])
    assert (done.exit_code, done.output) == (FAILED, "-: не приняты спаны 2 заявок\n")
