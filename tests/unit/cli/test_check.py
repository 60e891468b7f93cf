from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from topowave.cli.main import app

WRONG = """
from topowave import Algorithm

class Hasty(Algorithm):
    def on_start(self):
        self.send_all(self.neighbors, "token")
        self.decide()
"""


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["check", *arguments])
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def hasty(tmp_path: Path) -> str:
    (tmp_path / "hasty.py").write_text(WRONG, "utf-8")
    return f"{tmp_path / 'hasty.py'}:Hasty"


def test_an_algorithm_that_keeps_its_promises_ends_with_0_and_says_how_many_states_there_are() -> None:
    code, printed, _ = run("echo", "--topology", "path:2:1")
    assert code == 0
    assert printed.splitlines() == [
        "echo",
        "  network      path:2:1, root starts",
        "  states       4, with 3 steps between them",
        "  termination  holds in every run",
        "  decision     holds in every run",
        "  dependence   holds in every run",
        "  bounds       holds in every run",
        "  handlers     holds in every run",
    ]


def test_the_largest_piece_of_a_network_can_be_checked_and_what_changed_is_told(tmp_path: Path) -> None:
    net = tmp_path / "net.edges"
    net.write_text("a b\nc d\nd e\n", "utf-8")
    code, printed, told = run("echo", "-t", str(net))
    assert (code, printed) == (2, "")
    assert told.endswith("in 2 pieces of 3, 2 nodes; expected one piece (--largest takes the largest)\n")
    code, printed, told = run("echo", "-t", str(net), "--largest")
    assert code == 0
    assert "net.edges, d starts" in printed
    assert told == f"{net}: note: the largest of 2 pieces taken: 3 of 5 nodes\n"


def test_a_violation_ends_with_1_and_is_told(hasty: str, tmp_path: Path) -> None:
    trace = tmp_path / "wrong.jsonl"
    code, printed, _ = run(hasty, "-t", "path:3:1", "--trace", str(trace))
    assert code == 1
    assert "dependence is violated" in printed
    assert "starts, sends 'token' to" in printed
    assert trace.read_text("utf-8").count("\n") > 3


def test_json_has_states_violation_and_whether_everything_was_seen(hasty: str) -> None:
    code, printed, _ = run("echo", "--all-connected", "3", "--json")
    found = json.loads(printed)
    assert code == 0
    assert (found["states"], found["violation"], found["complete"]) == (123, None, True)
    assert found["cases"] == len(found["checked"]) == 9
    code, printed, _ = run(hasty, "--all-connected", "3", "--json")
    found = json.loads(printed)
    assert code == 1
    assert found["complete"] is False
    assert found["violation"]["condition"] == "dependence"
    assert found["violation"]["events"][0]["event"] == "join"
    assert found["holds"]["dependence"] is False


def test_what_a_handler_prints_does_not_get_into_the_json(tmp_path: Path) -> None:
    file = tmp_path / "talks.py"
    file.write_text(WRONG.replace("self.decide()", "print('hello'); self.decide()"), "utf-8")
    _, printed, complained = run(f"{file}:Hasty", "-t", "path:2", "--json")
    assert json.loads(printed)["violation"]
    assert "hello" in complained


def test_a_search_that_does_not_see_all_is_told_and_ends_with_3() -> None:
    code, printed, _ = run("echo", "-t", "ring:5:1", "--max-states", "10")
    assert code == 3
    assert "NOT ALL SEEN" in printed
    assert "holds as far as was seen" in printed


def test_without_time_limit_it_goes_to_the_end() -> None:
    code, printed, _ = run("tarry", "-t", "ring:4:1", "--time", "0")
    assert code == 0
    assert "NOT ALL SEEN" not in printed


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["nothing", "-t", "ring:3"], "there is no algorithm 'nothing'"),
        (["echo", "-t", "circle:3"], "is neither a file nor SHAPE:N[:SEED]"),
        (["echo", "-t", "ring:3", "--all-connected", "2"], "expected one network"),
        (["echo", "-t", "ring:3", "--loss", "-1"], "--loss: -1"),
        (["tree", "-t", "ring:3"], "Tree needs a tree"),
        (["ring", "--all-connected", "1"], "no network of up to 1 nodes will do; Ring needs"),
    ],
)
def test_wrong_use_ends_with_2_and_a_sentence(arguments: list[str], complaint: str) -> None:
    code, printed, complained = run(*arguments)
    assert code == 2
    assert complaint in complained
    assert not printed


def test_faults_are_counted(hasty: str) -> None:
    code, printed, _ = run("echo", "-t", "path:3:1", "--loss", "1", "--duplicate", "2", "--crash", "1")
    assert code == 0
    assert "up to 1 message lost, 2 messages doubled, 1 node crashed" in printed
