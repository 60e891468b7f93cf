"""Help, reports and refusals in Russian and German have no English sentence left."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main
from typer.testing import CliRunner

from tests.support.english import english_in
from topowave.cli.main import app


def commands(command: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield each command there is, as it is typed."""
    yield words
    for name, below in getattr(command, "commands", {}).items():
        yield from commands(below, (*words, name))


EVERY = [*commands(typer.main.get_command(app))]
FILES = {
    "open.json": '{"name": ',
    "open.dot": "digraph {a -> b",
    "twice.gml": "graph [ node [ id 1 ] node [ id 1 ] ]",
    "wrong.graphml": "<graphml><x",
    "itself.json": '{"name": "a", "port": 1, "cpu": 0, "links": [["a", "a"], ["a", "b"]]}',
    "columns.csv": "time,lasts\n1,2\n",
    "short.swf": "1 2 3\n",
    "scenario.yaml": "name: [a",
    "empty.yaml": "",
    "twice.yaml": "name: a\nname: b\n1: 2\nkind: load\n",
    "kind.yaml": "name: a\nkind: wave\n",
    "values.yaml": "name: a\nkind: waves\ntopology: ring:3\nalgorithm: echo\nloss: 2\nseeds: 0\nwat: 3\n",
    "whole.yaml": "name: a\nkind: waves\ntopology: ring:3\nalgorithm: echo\nseeds: [1, 1]\n",
    "figures.yaml": "name: a\nkind: waves\ntopology: ring:3\nalgorithm: echo\nmeasures: nope\n",
    "compared.yaml": "name: a\nkind: waves\ntopology: ring:3\nalgorithm: echo\ncompare: loss\n",
    "names.yaml": "name: a\nkind: waves\ntopology: [rng:3, nope.json]\nalgorithm: ecko\ndelay: foo\n",
    "loads.yaml": "name: a\nkind: load\ntopology: ring:3\nworkload: nope:rate=1\npolicy: nope\n",
    "waves.yaml": "name: waves\nkind: waves\ntopology: ring:5\nalgorithm: [echo, tarry, tree]\nseeds: 1\n",
    "mine.py": "from topowave.algorithms import Algorithm\n"
    "class Typed(Algorithm):\n    messages = 3\nclass Other(Algorithm):\n    pass\n",
    "policy.py": "class Mine:\n    pass\n",
    "orders.jsonl": "{\n",
    "small.json": '{"name": "a", "port": 8000, "cpu": 1, "children": ['
    '{"name": "b", "port": 8001, "cpu": 1}]}',
}
REFUSED = [
    ["nope"],
    ["up", "--processes", "0"],
    ["up", "--topology", "nope.json"],
    ["up", "--topology", "small.json", "--policy", "nope"],
    ["up", "--topology", "small.json", "--policy", "policy.py"],
    ["up", "--topology", "small.json", "--forecast", "nope"],
    *(
        ["topology", "check", name]
        for name in FILES
        if name.endswith(("dot", "gml", "graphml")) or name in {"open.json", "itself.json"}
    ),
    ["topology", "generate", "--shape", "hypercube", "--nodes", "7"],
    ["topology", "generate", "--shape", "rng"],
    ["topology", "convert", "small.json", "small.xyz"],
    ["task", "submit", "--batch", "orders.jsonl"],
    ["task", "list", "--since", "x"],
    ["executor", "set", "a"],
    ["deploy", "x"],
    ["chaos", "--faults", "x"],
    ["simulate", "nope", "--topology", "ring:4"],
    *(["simulate", name, "--topology", "ring:4"] for name in ("mine.py", "mine.py:None", "mine.py:Typed")),
    ["simulate", "policy.py", "--topology", "ring:4"],
    ["simulate", "polling", "--topology", "ring:5"],
    ["simulate", "ring", "--topology", "path:4"],
    ["simulate", "tree", "--topology", "ring:4"],
    ["simulate", "echo", "--topology", "rng:4"],
    ["check", "echo", "--topology", "ring:4", "--loss", "-1"],
    ["replay", "nope.jsonl"],
    ["draw", "nope.jsonl", "-o", "x.png"],
    ["engine", "run", "nope"],
    ["engine", "run", "pi", "--params", "{"],
    ["agent", "--controller", "x"],
    *(["experiment", "run", name] for name in FILES if name.endswith(".yaml") and name != "waves.yaml"),
    ["experiment", "run", "waves.yaml", "--out", "."],
    ["experiment", "show", "nope"],
    ["experiment", "list", "nope"],
    *(
        ["load", "run", "binary:7", "--workload", spec]
        for spec in (
            "poison:rate=1",
            "poisson",
            "poisson:rat=1",
            "poisson:rate=x",
            "poisson:rate=1,duration=exp(x)",
            "poisson:rate=1,priority=hgh",
            "hotspot:rate=1,at=z",
            "columns.csv",
            "short.swf",
        )
    ),
    ["load", "run", "binary:7", "--fault", "x"],
    ["load", "run", "binary:7", "--max-cpu", "0"],
    ["load", "repeat", "small.json"],
]
TOLD = [
    ["algorithms"],
    ["forecast", "list"],
    ["engine", "examples"],
    ["load", "workloads"],
    ["load", "workloads", "mmpp:rate=20,tasks=50,priority=high/low"],
    [
        "load",
        "run",
        "binary:7",
        "-w",
        "poisson:rate=2,tasks=20",
        "-p",
        "predictive",
        "--forecast",
        "last-value",
        "--nodes",
    ],
    ["topology", "show", "small.json"],
    ["topology", "check", "small.json"],
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("language", ["de", "ru"])
@pytest.mark.parametrize("words", EVERY, ids=" ".join)
def test_the_help_of_a_command_has_no_english_left(words: tuple[str, ...], language: str) -> None:
    assert english_in(CliRunner().invoke(app, [*words, "--help", "--lang", language]).output) == []


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("language", ["de", "ru"])
@pytest.mark.parametrize("words", REFUSED, ids=" ".join)
def test_a_refusal_has_no_english_left(words: list[str], language: str) -> None:
    done = CliRunner().invoke(app, [*words, "--lang", language])
    assert done.exit_code in {1, 2}
    assert english_in(done.output) == []


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("language", ["de", "ru"])
@pytest.mark.parametrize("words", TOLD, ids=" ".join)
def test_a_report_has_no_english_left(words: list[str], language: str) -> None:
    done = CliRunner().invoke(app, [*words, "--lang", language])
    assert done.exit_code == 0
    assert english_in(done.output) == []


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("language", ["de", "ru"])
def test_what_is_told_of_an_experiment_has_no_english_left(language: str) -> None:
    ran = CliRunner().invoke(app, ["experiment", "run", "waves.yaml", "-j", "1", "--lang", language])
    assert ran.exit_code == 0, ran.output
    asked = (
        ["list"],
        ["show", "results/waves", "--measure", "bits"],
        ["show", "results/waves", "--measure", "nope"],
        ["compare", "results/waves", "results/waves"],
        ["run", "names.yaml", "--out", "results/waves"],
    )
    said = [ran, *(CliRunner().invoke(app, ["experiment", *words, "--lang", language]) for words in asked)]
    assert [line for done in said for line in english_in(done.output)] == []
    heads = {"de": "Unterschied", "ru": "разность"}
    assert heads[language] in ran.output
    assert not re.search(r"difference|median|Messages|runs", "".join(done.output for done in said))
