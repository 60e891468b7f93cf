from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from topowave.cli.main import app
from topowave.simulator import simulate
from topowave.traces import html_file


def topowave(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    file = tmp_path / "run.jsonl"
    simulate("echo", "ring:5", delay="uniform:1,10", trace=file)
    return file


def test_a_trace_that_is_reproduced_ends_with_0(trace: Path) -> None:
    done = topowave("replay", trace)
    assert done.exit_code == 0
    assert "10 sends and 1 decides reproduced, 0 differences" in done.output
    data = json.loads(topowave("replay", trace, "--json").output)
    assert (data["reproduced"], data["sends"], data["waves"]) == (True, 10, 1)


def test_a_trace_that_is_not_reproduced_ends_with_1(trace: Path) -> None:
    done = topowave("replay", trace, "--algorithm", "broadcast")
    assert done.exit_code == 1
    assert "line " in done.output


def test_a_class_of_ones_own_is_told_by_its_file(tmp_path: Path) -> None:
    own = tmp_path / "my_echo.py"
    own.write_text("from topowave import Algorithm\nclass Mine(Algorithm):\n    pass\n")
    file = tmp_path / "mine.jsonl"
    assert topowave("simulate", f"{own}:Mine", "-t", "path:2", "--trace", file).exit_code == 1  # none decides
    assert topowave("replay", file).exit_code == 2
    assert "a trace runs no file" in topowave("replay", file).stderr
    moved = own.rename(tmp_path / "moved.py")
    done = topowave("replay", file, "-a", f"{moved}:Mine", "-a", "echo")
    assert (done.exit_code, "1 nodes fed with 1 events" in done.output) == (1, True)
    assert "wave root-1: no node decided" in done.output


def test_a_shiviz_log_is_written(trace: Path, tmp_path: Path) -> None:
    assert topowave("replay", trace, "--shiviz", tmp_path / "run.log").exit_code == 0
    assert (tmp_path / "run.log").read_text().startswith("(?<host>")


def test_a_picture_is_written(trace: Path, tmp_path: Path) -> None:
    done = topowave("draw", trace, "-o", tmp_path / "run.svg", "--wave", "root-1")
    assert (done.exit_code, "all nodes and messages" in done.output) == (0, True)
    assert (tmp_path / "run.svg").read_text().startswith("<svg")


def test_a_page_of_its_own_is_written(trace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    viewer = tmp_path / "viewer.html"
    viewer.write_text(html_file.PLACE, "utf-8")
    monkeypatch.setattr(html_file, "VIEWER", viewer)
    done = topowave("draw", trace, "-o", tmp_path / "run.html")
    assert (done.exit_code, "opens in any browser" in done.output) == (0, True)
    assert '"source":"run.jsonl"' in (tmp_path / "run.html").read_text("utf-8")


def test_what_cannot_be_done_ends_with_2_and_a_reason(trace: Path, tmp_path: Path) -> None:
    wrong: list[tuple[list[str | Path], str]] = [
        (["replay", tmp_path / "gone"], "No such file"),
        (["replay", Path(__file__)], "is not a JSON object"),
        (["replay", trace, "--algorithm", "ehco"], "no algorithm"),
        (["replay", trace, "--shiviz", tmp_path / "no" / "where"], "cannot be written"),
        (["draw", trace, "-o", tmp_path / "no" / "where"], "cannot be written"),
        (["draw", trace, "-o", tmp_path / "x.svg", "--wave", "other"], "no wave 'other'"),
    ]
    for words, said in wrong:
        done = topowave(*words)
        assert done.exit_code == 2
        assert said in done.output
