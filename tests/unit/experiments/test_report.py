from __future__ import annotations

import math
import re
import shutil
import sys
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from topowave.cli.main import app
from topowave.experiments.experiment import read_results, run_experiment
from topowave.experiments.finished import Results, write_tables
from topowave.experiments.pictures import MOST_PANELS, compared_picture, growth_picture, to_svg, trend_picture
from topowave.experiments.report import bound_table, problem_lines
from topowave.experiments.results import identity
from topowave.experiments.scenario_file import scenario_from
from topowave.topology.problems import Problems

DATA = {
    "name": "growth", "kind": "waves", "title": "A <b>bold</b> title",
    "topology": ["ring:4", "ring:8", "ring:16"], "algorithm": ["echo", "finn"],
    "seeds": 4, "delay": "uniform:1,2",
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("results") / "growth"
    run_experiment(scenario_from(DATA), path, jobs=1)
    return path


@pytest.fixture
def html(folder: Path) -> str:
    return (folder / "report.html").read_text("utf-8")


def topowave(*words: str | Path) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["experiment", *map(str, words)])
    return done.exit_code, done.output


def test_the_report_needs_nothing_from_anywhere(html: str) -> None:
    outside = re.findall(r"(?:src|href)=[\"'](?!#)[^\"']*", html)
    assert not outside
    assert "@import" not in html
    assert "<script" not in html


def test_what_comes_from_the_scenario_is_shown_as_text(html: str) -> None:
    assert "<b>bold</b>" not in html
    assert "&lt;b&gt;bold&lt;/b&gt;" in html


def test_messages_of_echo_grow_as_the_links_do(html: str) -> None:
    row = re.search(r"<tr><td class=\"word\">ring, echo</td>(.*?)</tr>", html)
    assert row is not None
    assert re.findall(r">([^<]+)</td>", row[1])[:4] == ["4 to 16", "1", "2", "1"]
    assert "<svg" in html


def test_the_summary_comes_last_so_that_whoever_sees_it_sees_all(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "growth"
    other.mkdir()
    (other / "pictures").touch()
    source = scenario_from(DATA)
    with pytest.raises(Problems, match="cannot be written"):
        write_tables(read_results(folder), identity(source), source, other)
    assert (other / "compared.csv").exists()
    assert not (other / "summary.csv").exists()
    assert not (folder / ".summary.csv").exists()


def test_the_tables_agree_with_the_runs(folder: Path) -> None:
    frame = pd.read_parquet(folder / "results.parquet")
    assert frame.equals(pd.read_csv(folder / "results.csv", keep_default_na=False).astype(frame.dtypes))
    summary = pd.read_csv(folder / "summary.csv")
    line = summary[(summary["topology"] == "ring:8") & (summary["algorithm"] == "finn")]
    messages = frame[(frame["topology"] == "ring:8") & (frame["algorithm"] == "finn")]["messages"]
    found = line[line["measure"] == "messages"].iloc[0]
    assert math.isclose(found["mean"], messages.mean())
    assert found["low"] <= found["mean"] <= found["high"]
    pairs = pd.read_csv(folder / "compared.csv")
    change = pairs[(pairs["topology"] == "ring:8") & (pairs["measure"] == "messages")].iloc[0]
    assert change["algorithm"] == "finn"
    assert math.isclose(change["difference"], messages.mean() - 16)
    assert change["pairs"] == 4


def test_it_is_shown_listed_and_compared_on_the_terminal(folder: Path) -> None:
    code, said = topowave("show", folder, "--measure", "messages")
    assert code == 0
    assert "growth: 24 of 24 runs" in said
    assert re.search(r"ring:8 +echo +16 +16\n", said)
    code, said = topowave("list", folder.parent)
    assert code == 0
    assert re.search(r"waves +A <b>bold</b> title +24 +24", said)
    code, said = topowave("compare", folder, folder, "--measure", "time")
    assert code == 0
    assert all(re.search(r" 0 +0 +0 +4$", line) for line in said.splitlines()[1:]), said


def test_a_figure_that_there_is_not_is_refused(folder: Path) -> None:
    code, said = topowave("show", folder, "--measure", "mesages")
    assert code == 2
    assert "there is no 'mesages'; did you mean \"messages\"?" in said


def test_a_folder_without_results_is_refused(tmp_path: Path) -> None:
    for words in (("show", tmp_path), ("compare", tmp_path, tmp_path), ("list", tmp_path / "gone")):
        code, said = topowave(*words)
        assert code == 2
        assert "topowave experiment run" in said


def test_results_of_which_some_are_missing_end_with_3(folder: Path, tmp_path: Path) -> None:
    part = tmp_path / "part"
    shutil.copytree(folder, part)
    lines = (part / "runs.jsonl").read_text().splitlines(keepends=True)
    (part / "runs.jsonl").write_text("".join(lines[:10]))
    code, said = topowave("show", part)
    assert code == 3
    assert "10 of 24 runs" in said


def test_a_run_that_was_not_ok_is_told_and_left_out_of_the_means(tmp_path: Path) -> None:
    data = DATA | {"algorithm": ["echo", "chang-roberts"], "topology": ["binary:7"], "seeds": 2}
    done = run_experiment(scenario_from(data), tmp_path / "x", jobs=1)
    text = (tmp_path / "x" / "report.html").read_text("utf-8")
    assert "2 were ok, 2 unsuitable." in text
    assert "2 x (the first is run 2): " in text
    assert set(done.summary["algorithm"]) == {"echo"}


def test_a_picture_that_leaves_cases_out_says_so(tmp_path: Path) -> None:
    data = DATA | {"topology": [f"ring:{nodes}" for nodes in range(3, 3 + MOST_PANELS + 1)], "seeds": 1}
    done = run_experiment(scenario_from(data), tmp_path, jobs=1)
    picture = compared_picture(done.scenario, done.summary, "messages")
    assert picture is not None
    assert f"the first {MOST_PANELS} of {MOST_PANELS + 1} cases" in to_svg(picture)


def test_a_notebook_shows_the_tables(folder: Path) -> None:
    results = Results(scenario_from(DATA).scenario, pd.read_parquet(folder / "results.parquet"))
    assert "<table>" in results._repr_html_()  # pyright: ignore[reportPrivateUsage] - notebooks ask for it


def test_without_the_extra_it_is_told_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "s.yaml"
    file.write_text("name: a\nkind: waves\ntopology: ring:4\nalgorithm: echo\n")
    for name in [name for name in sys.modules if name.startswith(("topowave.experiments", "pandas"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pandas", None)
    code, said = topowave("run", file)
    assert code == 2
    assert "pip install 'topowave[experiments]'" in said


def test_the_report_is_there_as_markdown_with_its_pictures_beside_it(folder: Path) -> None:
    text = (folder / "report.md").read_text("utf-8")
    assert text.startswith("# A \\<b>bold\\</b> title\n\n24 runs: ")
    assert "\n| ring:8 | finn | " in text
    pictures = re.findall(r"!\[[^]]+\]\(([^)]+)\)", text)
    assert pictures == ["pictures/messages.svg", "pictures/time.svg", "pictures/bits.svg"]
    assert all((folder / each).read_text("utf-8").startswith("<svg") for each in pictures)
    for table in text.split("\n\n"):
        if table.startswith("|"):
            lines = table.splitlines()
            assert len({line.replace("\\|", "").count("|") for line in lines}) == 1, "as many cells in each"
            assert re.fullmatch(r"\|((---|--:)\|)+", lines[1])


def test_a_figure_over_a_factor_that_is_a_number_is_drawn_as_lines(tmp_path: Path) -> None:
    data = DATA | {
        "topology": "binary:7",
        "algorithm": "echo",
        "loss": [0.0, 0.001, 0.1],
        "delay": ["constant:1", "constant:2"],
    }
    data |= {"compare": "delay", "seeds": 8}
    done = run_experiment(scenario_from(data), tmp_path, jobs=1)
    figure = trend_picture(done.scenario, done.summary, "time")
    assert figure is not None
    (axis,) = figure.axes
    assert axis.get_xlabel() == "loss"
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["constant:1", "constant:2"]
    assert axis.get_xscale() == "symlog"
    assert trend_picture(done.scenario, done.summary, "messages") is None, "the same everywhere"


def test_many_lines_are_drawn_family_by_family(tmp_path: Path) -> None:
    networks = [f"{shape}:{nodes}" for shape in ("ring", "star") for nodes in (4, 8, 16)]
    algorithms = ["echo", "finn", "finn-lab", "tarry", "depth-first"]
    data = DATA | {"topology": networks, "algorithm": algorithms, "seeds": 1}
    done = run_experiment(scenario_from(data), tmp_path, jobs=1)
    figure = growth_picture(done.scenario, done.summary, "messages", "message_bound")
    assert figure is not None
    assert [axis.get_title(loc="left") for axis in figure.axes] == ["ring", "star"]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == algorithms


def test_how_near_runs_come_to_what_is_proven_is_a_table_of_families(tmp_path: Path) -> None:
    data = DATA | {"topology": ["ring:6", "star:6", "star:8"], "algorithm": ["echo", "bfs-tree", "ring"]}
    done = run_experiment(scenario_from(data), tmp_path, jobs=1)
    table = bound_table(done.scenario, done.frame, "messages")
    assert table is not None
    assert [head.text for head in table.heads] == ["algorithm", "ring", "star"]
    shares = {line.cells[0]: line.cells[1:] for line in table.lines}
    assert shares["echo"] == ["100", "100"]
    assert shares["ring"] == ["100", "–"]
    assert all(0 < float(each) < 100 for each in shares["bfs-tree"])
    assert bound_table(done.scenario, done.frame, "bits") is None
    (unsuitable,) = problem_lines(done.frame)
    assert unsuitable.startswith("8 x (the first is run 20): Ring needs a ring: ")


def test_results_of_a_version_that_lacked_a_factor_are_read_as_of_its_usual_value(tmp_path: Path) -> None:
    done = run_experiment(scenario_from(DATA), tmp_path / "x", jobs=1)
    file = tmp_path / "x" / "runs.jsonl"
    file.write_text(re.sub(r'"ids":"in-order",', "", file.read_text("utf-8")), "utf-8")
    assert read_results(str(tmp_path / "x")).summary.equals(done.summary)
