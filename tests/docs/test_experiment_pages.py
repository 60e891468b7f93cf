"""The pages of `docs/experiments` are of their scenarios as they are, and their figures come out again."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

import pytest

from scripts.experiment_pages import FOLDER, page, seen_in
from topowave.experiments.experiment import run_experiment
from topowave.experiments.finished import read_results
from topowave.experiments.scenario_file import read_scenario, scenario_from
from topowave.experiments.words import interval_text, number_text, titled

ELSEWHERE = dict.fromkeys(("forecasts", "forecasts-quick-rounds"), "../explanation/forecasts.md")
"""Scenarios whose results are told in a page that explains more than them."""
SCENARIOS = sorted(file for file in FOLDER.glob("*.yaml") if file.stem not in ELSEWHERE)
CHEAP: list[tuple[str, dict[str, Any], str]] = [
    ("waves", {"topology": "ring:16", "algorithm": "awerbuch"}, "time"),
    ("waves", {"topology": "random:16:seed", "algorithm": "bfs-tree"}, "messages"),
    ("large-waves", {"topology": "hypercube:128"}, "messages"),
    (
        "echo-against-finn",
        {"topology": "random:8:seed", "delay": "uniform:0.5,1.5", "algorithm": "finn"},
        "messages",
    ),
    ("what-a-fault-costs", {"policy": "none", "faults": "robin@10-40"}, "mean_response"),
]
DEAR: list[tuple[str, dict[str, Any], str]] = [
    ("policies", {"topology": "binary:15", "policy": "max-load-heap"}, "mean_response"),
    (
        "policies-and-workloads",
        {"topology": "ring:16", "workload": 0, "policy": "tree-exact"},
        "mean_response",
    ),
    ("stale-information", {"report_delay": 1.0, "placement": "power-of-two"}, "mean_response"),
    ("what-a-fault-costs", {"policy": "max-load-heap", "faults": "fen@10-40"}, "mean_discrepancy"),
    ("large-waves", {"topology": "sparse:1000:seed"}, "time"),
]


def page_of(name: str) -> str:
    return (FOLDER / f"{name}.md").read_text("utf-8")


def figures(text: str, measure: str) -> dict[tuple[str, ...], tuple[str, str]]:
    """Return mean with interval, and median, of each case in a page's table of a figure."""
    section = text.partition(f"\n## {titled(measure)}\n")[2].partition("\n## ")[0]
    (table,) = [part for part in section.split("\n\n") if f" {titled(measure)} | median |" in part]
    lines = [
        [cell.strip() for cell in line.split("|")[1:-1]] for line in table.replace("\\", "").splitlines()
    ]
    words = lines[0].index(titled(measure))
    return {tuple(cells[:words]): (cells[words], cells[words + 1]) for cells in lines[2:]}


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda each: each.stem)
def test_every_scenario_has_a_page_that_is_of_it_as_it_is(scenario: Path) -> None:
    text = page_of(scenario.stem)
    assert hashlib.sha256(scenario.read_bytes()).hexdigest() in text, (
        "run it again, and scripts.experiment_pages"
    )
    assert len(seen_in(text)) > 300, "what is seen in it stands there"
    assert f"]({scenario.stem}.md)" in (FOLDER / "README.md").read_text("utf-8")


@pytest.mark.parametrize(("name", "where"), ELSEWHERE.items())
def test_what_is_told_elsewhere_has_its_link_there(name: str, where: str) -> None:
    assert f"[{name}]({where})" in (FOLDER / "README.md").read_text("utf-8")
    assert f"{name}.yaml" in (FOLDER / where).read_text("utf-8")


def test_every_picture_is_in_a_page_and_every_page_has_its_pictures() -> None:
    named = {
        each
        for file in FOLDER.glob("*.md")
        for each in re.findall(r"\]\((pictures/[^)]+)\)", file.read_text("utf-8"))
    }
    assert named == {f"pictures/{file.name}" for file in (FOLDER / "pictures").iterdir()}


@pytest.mark.parametrize(("name", "case", "measure"), CHEAP)
def test_a_figure_of_a_page_comes_out_again_to_the_digit(
    name: str, case: dict[str, Any], measure: str, tmp_path: Path
) -> None:
    repeat(name, case, measure, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "case", "measure"), DEAR)
def test_figures_that_take_longer_come_out_again_too(
    name: str, case: dict[str, Any], measure: str, tmp_path: Path
) -> None:
    repeat(name, case, measure, tmp_path)


def repeat(name: str, case: dict[str, Any], measure: str, folder: Path) -> None:
    """Run one case of a shipped scenario with all its seeds, and compare it with the page."""
    whole = read_scenario(FOLDER / f"{name}.yaml").scenario
    case = {key: whole.levels(key)[value] if isinstance(value, int) else value for key, value in case.items()}
    data = (
        whole.model_dump(mode="json", exclude_defaults=True, exclude={"compare"})
        | {"kind": whole.kind}
        | case
    )
    found = run_experiment(scenario_from(data), folder / "results", jobs=1).summary
    (line,) = found[found["measure"] == measure].to_dict("records")
    names = [each for each in whole.varied if each != whole.compared] + (
        [whole.compared] if whole.compared else []
    )
    there = figures(page_of(name), measure)[tuple(str(case[each]) for each in names)]
    assert there == (interval_text(line["mean"], line["low"], line["high"]), number_text(line["median"]))


def test_what_was_written_by_hand_stays_when_a_page_is_written_again(tmp_path: Path) -> None:
    data = {"name": "tiny", "kind": "waves", "topology": "ring:4", "algorithm": ["echo", "finn"], "seeds": 1}
    source = scenario_from(data)
    run_experiment(source, tmp_path / "tiny", jobs=1)
    results = read_results(tmp_path / "tiny")
    first, pictures = page(results, source, "## What is seen\n\nAll of it.")
    again, _ = page(results, source, seen_in(first))
    assert again == first
    assert "\n## What is seen\n\nAll of it.\n" in first
    assert set(re.findall(r"\]\(pictures/([^)]+)\)", first)) == set(pictures)
