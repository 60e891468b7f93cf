from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from topowave.cli.main import app
from topowave.cli.simulate import SimulationProgress
from topowave.simulator import simulate

CLASS = "from topowave import Algorithm\n\n\nclass Mine(Algorithm):\n    def on_start(self):\n"
FAILING = CLASS + "        self.send(99, 'x')\n"
ENDLESS = CLASS + (
    "        self.send(self.neighbors[0], 0)\n\n    def on_message(self, sender, message):\n"
    "        self.send(sender, message)\n"
)


def topowave(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.mark.parametrize("name", ["simulate", "replay", "draw", "algorithms"])
def test_each_command_has_an_example_and_says_its_exit_codes(name: str) -> None:
    said = topowave(name, "--help").output
    assert f"topowave {name}" in said
    assert "For example:" in said
    assert "Exit code:" in said


def test_a_run_is_told_in_words_and_ends_with_0() -> None:
    done = topowave("simulate", "echo", "--topology", "binary:15")
    assert done.exit_code == 0
    assert "28 of 28 proven" in done.output


def test_the_largest_piece_of_a_network_can_be_simulated_and_what_changed_is_told(tmp_path: Path) -> None:
    net = tmp_path / "net.edges"
    net.write_text("a, b\nc, d\nd, e\n", "utf-8")
    refused = topowave("simulate", "echo", "-t", net)
    assert refused.exit_code == 2
    assert refused.stderr.endswith("nodes; expected one piece (--largest takes the largest)\n")
    done = topowave("simulate", "echo", "-t", net, "--largest")
    assert done.exit_code == 0
    assert "net.edges: 3 nodes, 2 links" in done.stdout
    assert done.stderr == f"{net}: note: the largest of 2 pieces taken: 3 of 5 nodes\n"


def test_every_option_reaches_the_run(tmp_path: Path) -> None:
    (tmp_path / "faults.json").write_text('{"faults": [{"at": 900, "crash": "root"}]}')
    (tmp_path / "inputs.json").write_text('{"root": 5}')
    words = "echo -t ring:5:1 --initiator root --seed 7 --delay uniform:1,10 --fifo --loss 0 --duplicate 0.5"
    files: list[str | Path] = ["--fault", tmp_path / "faults.json", "--inputs", tmp_path / "inputs.json"]
    trace: list[str | Path] = ["--trace", tmp_path / "t.jsonl", "--max-events", "1000", "--json"]
    done = topowave("simulate", *words.split(), *files, *trace)
    data: dict[str, Any] = json.loads(done.output)
    header = json.loads((tmp_path / "t.jsonl").read_text().splitlines()[0])
    assert data["seed"] == header["seed"] == 7
    assert header["options"] | {"faults": None} == {
        "delay": "uniform:1,10",
        "fifo": True,
        "loss": 0.0,
        "duplicate": 0.5,
        "faults": None,
    }
    assert header["waves"][0]["initiators"] == ["root"]
    assert data["holds"]["bounds"] is None
    assert '"event":"join","wave":"root-1","message":5' in (tmp_path / "t.jsonl").read_text()


def test_a_violation_ends_with_1() -> None:
    done = topowave("simulate", "echo", "-t", "ring:5", "--loss", "1", "--json")
    assert done.exit_code == 1
    data = json.loads(done.output)
    assert data["holds"] == {"termination": True, "decision": False, "dependence": None, "bounds": None}
    assert data["witnesses"] == ["no node decided"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["ehco", "-t", "ring:5"], "no algorithm 'ehco'"),
        (["echo", "-t", "gone.json"], "gone.json"),
        (["chang-roberts", "-t", "star:5"], "needs a ring"),
        (["echo", "-t", "ring:5", "--delay", "fast"], "uniform:LEAST,MOST"),
        (["echo", "-t", "ring:5", "--loss", "2"], "no probability"),
        (["echo", "-t", "ring:5", "--fault", "gone.json"], "gone.json"),
        (["echo", "-t", "ring:5", "--inputs", "gone.json"], "gone.json"),
        (["echo", "-t", "ring:5", "--sede", "3"], "--sede"),
        (["echo", "-t", "ring:5", "--seed", "-1"], "--seed: -1 is not a seed; expected an integer from 0"),
        (["echo", "-t", "ring:5", "--time", "-1"], "--time: -1; expected a number of seconds from 0"),
        (["chandy-lamport", "-t", "ring:5"], "overtake an earlier one; --fifo (fifo=True) keeps them so"),
    ],
)
def test_wrong_use_ends_with_2_and_a_reason(words: list[str], said: str) -> None:
    done = topowave("simulate", *words)
    assert done.exit_code == 2
    assert said in done.output
    assert "Traceback" not in done.output


def test_inputs_that_are_no_object_are_refused(tmp_path: Path) -> None:
    (tmp_path / "i.json").write_text("[1]")
    done = topowave("simulate", "echo", "-t", "ring:5", "--inputs", tmp_path / "i.json")
    assert (done.exit_code, "expected an object" in done.output) == (2, True)


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e999", "[1, -1e999]"])
def test_inputs_that_are_no_numbers_are_refused(tmp_path: Path, value: str) -> None:
    (tmp_path / "i.json").write_text(f'{{"root": {value}}}')
    done = topowave("simulate", "echo", "-t", "ring:5", "--inputs", tmp_path / "i.json")
    assert done.exit_code == 2
    assert "is no number" in done.stderr


def test_what_was_decided_is_told_in_text_and_json(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        CLASS.replace("    def on_start", "    wave = False\n\n    def on_start")
        + "        self.decide({'best': (self.id, [1])})\n"
    )
    words = ["simulate", f"{tmp_path / 'mine.py'}:Mine", "-t", "path:2:1"]
    assert "  decided      {'best': (0, [1])}\n" in topowave(*words).stdout
    decided = json.loads(topowave(*words, "--json").stdout)["decisions"]
    assert list(decided) == ["root"]
    assert "best" in json.dumps(decided)
    assert (
        "  decided      0, by all 5 of them\n"
        in topowave("simulate", "lelann", "-t", "ring:5", "--fifo").stdout
    )


def test_equal_runs_are_equal() -> None:
    assert simulate("echo", "ring:5") == simulate("echo", "ring:5")
    assert simulate("echo", "ring:5") != simulate("echo", "ring:6")


def test_what_stands_in_a_class_and_changes_is_noted(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        CLASS.replace("    def on_start", "    wave = False\n    seen = set()\n\n    def on_start")
        + "        self.seen.add(self.id)\n        self.decide()\n"
    )
    done = topowave("simulate", f"{tmp_path / 'mine.py'}:Mine", "-t", "path:2:1")
    assert "note: Mine.seen has changed: all nodes share what stands in a class" in done.stderr
    assert done.exit_code == 0


def test_infinities_and_huge_numbers_can_be_decided(tmp_path: Path) -> None:
    for value in ("float('inf')", "float('nan')", "10**5000", "[16**4000]"):
        (tmp_path / "mine.py").write_text(
            CLASS.replace("    def on_start", "    wave = False\n\n    def on_start")
            + f"        self.decide({value})\n"
        )
        words = ["simulate", f"{tmp_path / 'mine.py'}:Mine", "-t", "path:2:1"]
        assert topowave(*words).exit_code == 0
        decided = json.loads(topowave(*words, "--json").stdout, parse_constant=pytest.fail)["decisions"]
        assert list(decided) == ["root"]


def test_who_has_which_number_can_be_chosen(tmp_path: Path) -> None:
    words = ["simulate", "chang-roberts", "-t", "ring:8"]
    (tmp_path / "ids.txt").write_text("3\n1\n2\n1\n")
    assert "36 of 36 proven" in topowave(*words).stdout
    assert "15 of 36 proven" in topowave(*words, "--ids", "reversed").stdout
    done = topowave(*words, "--ids", tmp_path / "ids.txt")
    assert (done.exit_code, "line 4: 1 stands in line 2 already" in done.stderr) == (2, True)


@pytest.mark.parametrize("ending", ["png", "PNG", "pdf", "jpg"])
def test_a_picture_of_another_kind_is_refused(tmp_path: Path, ending: str) -> None:
    done = topowave("draw", tmp_path / "run.jsonl", "-o", tmp_path / f"run.{ending}")
    assert (done.exit_code, "expected a name that ends in .svg" in done.stderr) == (2, True)
    assert not list(tmp_path.iterdir())


def test_a_students_mistake_is_told_with_the_line_as_it_would_be_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text(FAILING)
    done = topowave("simulate", "./mine.py:Mine", "-t", "ring:5", "--json")
    assert done.exit_code == 1
    assert "(mine.py, line 6: self.send(99, 'x'))" in done.stderr
    assert "node root, starting at 0: a message to node 99" in json.loads(done.stdout)["mistake"]


@pytest.mark.slow
def test_ctrl_c_ends_with_what_is_known_so_far(tmp_path: Path) -> None:
    # Said at the first arrival: by then a message has been counted, so Ctrl-C finds something that is known.
    once = (
        "        if not hasattr(self, 'said'):\n            self.said = True\n"
        "            print('going', flush=True)\n"
    )
    going = ENDLESS.replace("message):\n", f"message):\n{once}")
    (tmp_path / "mine.py").write_text(going)
    command = [sys.executable, "-m", "topowave", "simulate", "mine.py:Mine", "-t", "path:2:1", "--json"]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[3])}
    with subprocess.Popen(
        [*command, "--max-events", "100000000"],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        assert running.stderr.readline() == "going\n"  # what a handler prints
        running.send_signal(signal.SIGINT)
        said_last = running.stdout.read()
        said = running.stderr.read()
    data = json.loads(said_last)
    assert running.returncode == 3
    assert "so far" in said
    assert data["messages"] > 0
    assert set(data["holds"].values()) == {None}


def test_ctrl_c_before_the_run_is_no_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("topowave.simulator.simulation.run_waves", interrupted)
    done = topowave("simulate", "echo", "-t", "ring:5")
    assert (done.exit_code, "before the run" in done.output) == (3, True)


def test_the_library_is_listed_with_what_is_proven() -> None:
    lines = topowave("algorithms").output.splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("echo "))
    assert "a connected network" in lines[first + 1]
    assert lines[first + 2].strip() == "exactly 2|E| messages; started by the root"
    listed = json.loads(topowave("algorithms", "--json").output)
    echo = next(each for each in listed if each["name"] == "echo")
    assert (echo["title"], echo["wave"], echo["exact"]) == ("Echo", True, True)
    assert "a connected network" in echo["requires"]
    assert next(each for each in listed if each["name"] == "lelann")["starts"] == "every node"


def test_progress_is_shown_on_a_terminal_only(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    silent = SimulationProgress()
    silent(1000, 2.5)
    silent.end()
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    shown = SimulationProgress()
    shown(1000, 2.5)
    shown.end()
    assert "1,000 events, virtual time 2.5" in capsys.readouterr().err


def test_what_a_handler_prints_does_not_mix_with_the_result(tmp_path: Path) -> None:
    own = tmp_path / "own.py"
    own.write_text(
        "from topowave import Algorithm\n"
        "class Loud(Algorithm):\n"
        "    def on_start(self):\n"
        "        print('hello')\n"
        "        self.decide()\n"
    )
    done = topowave("simulate", f"{own}:Loud", "-t", "ring:3", "--json")
    assert json.loads(done.stdout)["deciders"] == ["root"]
    assert "hello" in done.stderr
