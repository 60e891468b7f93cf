"""`topowave task list`, against a balancer that the test plays."""

from __future__ import annotations

import json
import time
from urllib.parse import parse_qs, urlsplit

import pytest
import typer
from typer.testing import CliRunner

from tests.unit.cli.played_balancer import PlayedBalancer
from topowave.cli.main import app
from topowave.cli.task_list import Status, moment
from topowave.tasks.states import STATES

TASK = {
    "id": "palm.1-3.1",
    "status": "completed",
    "node": "palm",
    "attempts": 1,
    "kind": "script",
    "title": "A pie",
    "category": "",
    "priority": "high",
}


def asked_for(balancer: PlayedBalancer) -> list[dict[str, list[str]]]:
    """Return the parameters of each request."""
    assert all((method, body) == ("GET", None) for method, _, body in balancer.asked)
    assert all(urlsplit(path).path == "/tasks" for _, path, _ in balancer.asked)
    return [parse_qs(urlsplit(path).query) for _, path, _ in balancer.asked]


def test_every_status_may_be_asked_for() -> None:
    assert tuple(Status) == STATES


def test_tasks_are_listed_as_a_table_and_who_wants_more_is_told_how(balancer: PlayedBalancer) -> None:
    pending = TASK | {"id": "b", "status": "pending", "kind": "emulated", "node": None, "title": ""}
    balancer.answers = [{"tasks": [TASK, pending], "next": "abc"}]
    done = CliRunner().invoke(app, ["task", "list", "--limit", "2"])
    assert done.stdout.splitlines() == [
        "id          status     node  attempts  kind      priority  category  title",
        "palm.1-3.1  completed  palm  1         script    high                A pie",
        "b           pending          1         emulated  high",
        "there are more; with the same options, `--cursor abc` goes on",
    ]
    assert asked_for(balancer) == [{"limit": ["2"]}]


def test_every_option_is_asked_for(balancer: PlayedBalancer) -> None:
    balancer.answers = [{"tasks": [], "next": None}]
    wanted = {
        "status": ["pending", "failed"],
        "priority": ["high"],
        "kind": ["script"],
        "category": ["a b"],
        "node": ["palm"],
        "role": ["gpu"],
        "request": ["r&1"],
        "text": ["50%"],
        "since": ["12.5"],
        "until": ["13.0"],
        "sort": ["-finished"],
        "limit": ["7"],
        "cursor": ["abc"],
    }
    words = [word for name, values in wanted.items() for value in values for word in (f"--{name}", value)]
    assert CliRunner().invoke(app, ["task", "list", *words]).exit_code == 0
    assert asked_for(balancer) == [wanted]


def test_short_pages_are_followed_until_there_are_enough_or_no_more(balancer: PlayedBalancer) -> None:
    balancer.answers = [
        {"tasks": [], "next": "a"},
        {"tasks": [TASK], "next": "b"},
        {"tasks": [TASK] * 2, "next": "c"},
    ]
    done = CliRunner().invoke(app, ["task", "list", "--limit", "3", "--text", "x", "--json"])
    assert json.loads(done.stdout) == {"tasks": [TASK] * 3, "next": "c"}
    said = [(each.get("cursor"), each["limit"]) for each in asked_for(balancer)]
    assert said == [(None, ["3"]), (["a"], ["3"]), (["b"], ["2"])]
    balancer.answers = [{"tasks": [TASK], "next": "a"}, {"tasks": [], "next": None}]
    done = CliRunner().invoke(app, ["task", "list", "--limit", "5000", "--json"])
    assert json.loads(done.stdout) == {"tasks": [TASK], "next": None}
    assert asked_for(balancer)[-1]["limit"] == ["1000"]


def test_a_time_is_seconds_or_how_long_ago_or_a_date() -> None:
    assert (moment(None), moment("0"), moment("1700000000.5")) == (None, 0.0, 1700000000.5)
    now = time.time()
    assert now - 7201 < (moment("2h") or 0) <= time.time() - 7200
    assert moment("99999999d") == 0
    assert moment("2026-11-26T15:00:00+00:00") == 1795705200


@pytest.mark.parametrize("text", ["", "soon", "-1", "nan", "1e9", "2 h", "2026-13-01", "0001-01-01", "१"])
def test_what_is_no_time_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="is no time; expected seconds since 1970, how long ago"):
        moment(text)


def test_a_time_that_is_none_is_wrong_use(balancer: PlayedBalancer) -> None:
    done = CliRunner().invoke(app, ["task", "list", "--since", "soon"])
    assert (done.exit_code, balancer.asked) == (2, [])
