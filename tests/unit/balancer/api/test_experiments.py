"""The reports of experiments over HTTP: listed, read, compared, and nothing else of the machine's files."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.balancer.lab import bench
from tests.unit.balancer.reported_waves import tree
from tests.unit.balancer.reports.made import make_report

pytestmark = pytest.mark.anyio


async def test_reports_are_listed_the_newest_first_and_read(tmp_path: Path) -> None:
    make_report(tmp_path, "old")
    make_report(tmp_path, "half", complete=False, done=2, title="")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "scenario.json").write_text("[", encoding="utf-8")
    async with bench(tree(1), run_nodes=False, experiments=str(tmp_path)) as lab:
        found = await lab.get("/experiments")
        assert found["folder"] == str(tmp_path)
        assert [
            (each["id"], each["done"], each["runs"], each["complete"]) for each in found["experiments"]
        ] == [
            ("half", 2, 6, False),
            ("old", 6, 6, True),
        ]
        assert found["problems"] == ["broken: its scenario.json is none that `topowave experiment run` wrote"]
        report = await lab.get("/experiments/old")
        assert (report["all_lines"], report["pictures"]) == (3, ["messages"])
        assert (await lab.get("/experiments/half"))["lines"] == []


@pytest.mark.parametrize(
    "scenario",
    [
        '{"name": "x", "kind": "waves", "seeds": null}',
        '{"name": "x", "kind": "waves", "seeds": "abc"}',
        '{"name": "x", "kind": "waves", "seeds": 1e999}',
        '{"name": "x", "kind": "waves", "title": "\\ud800"}',
        '{"name": "x", "kind": "waves", "measures": 5}',
        '{"name": "x", "kind": "waves", "about": [NaN], "algorithm": [{}, null, NaN]}',
    ],
)
async def test_one_odd_report_is_no_error_of_the_list_nor_of_itself(tmp_path: Path, scenario: str) -> None:
    make_report(tmp_path, "good")
    odd = make_report(tmp_path, "odd")
    (odd / "scenario.json").write_text(f'{{"scenario": {scenario}}}', encoding="utf-8")
    async with bench(tree(1), run_nodes=False, experiments=str(tmp_path)) as lab:
        found = await lab.get("/experiments")
        assert "good" in [each["id"] for each in found["experiments"]]
        assert len(found["experiments"]) + len(found["problems"]) == 2
        assert (await lab.http.get("/experiments/odd")).status_code in {200, 404}


async def test_files_are_served_so_that_nothing_in_them_runs(tmp_path: Path) -> None:
    make_report(tmp_path, "a")
    async with bench(tree(1), run_nodes=False, experiments=str(tmp_path)) as lab:
        page = await lab.http.get("/experiments/a/files/report.html")
        assert page.headers["content-type"].startswith("text/html")
        assert page.headers["content-security-policy"].startswith("sandbox;")
        picture = await lab.http.get("/experiments/a/pictures/messages")
        assert (picture.text, picture.headers["content-type"]) == ("<svg/>", "image/svg+xml")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/experiments/none", 404),
        ("/experiments/a/files/scenario.json", 422),
        ("/experiments/a/files/report.md", 404),
        ("/experiments/a/pictures/..%2F..%2Fsecret", 404),
        ("/experiments/..%2Fa", 404),
        ("/experiments/%2e%2e/files/report.html", 404),
        ("/experiments/a/against/none", 404),
    ],
)
async def test_what_is_not_there_or_not_to_be_read_is_a_problem(
    tmp_path: Path, path: str, status: int
) -> None:
    make_report(tmp_path / "results", "a")
    (tmp_path / "secret.svg").write_text("secret", encoding="utf-8")
    async with bench(tree(1), run_nodes=False, experiments=str(tmp_path / "results")) as lab:
        answer = await lab.http.get(path)
        assert answer.status_code in {status, 400 if status == 422 else status}
        assert "secret" not in answer.text or "such" in answer.text


async def test_two_reports_stand_side_by_side_even_where_they_cannot_be_compared(tmp_path: Path) -> None:
    for name in ("a", "b"):
        make_report(tmp_path, name)
    async with bench(tree(1), run_nodes=False, experiments=str(tmp_path)) as lab:
        found = await lab.get("/experiments/a/against/b")
    assert (found["first"]["id"], found["second"]["id"], found["all_lines"]) == ("a", "b", 3)
    assert found["problem"]
    assert {line["difference"] for line in found["lines"]} == {None}
