"""`topowave topology ...` as users type it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.unit.topology.strategies import ROOT, node
from topowave.cli.topology import topology
from topowave.topology import (
    SHAPES,
    Topology,
    generate,
    read_network,
    read_topology,
    write_network,
    write_topology,
)
from topowave.topology.formats.registry import FORMATS

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command in a folder of its own."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(topology, list(arguments), catch_exceptions=False)

    return run


def save(data: object, name: str) -> None:
    Path(name).write_text(json.dumps(data), encoding="utf-8")


def test_generate_writes_a_course_tree_and_says_what_it_wrote(run: Run) -> None:
    result = run("generate", "--seed", "58")
    assert result.exit_code == 0
    assert result.stdout == (
        "topology.json: 10 nodes, 9 links, depth 3, diameter 4, a tree, ports 8000 to 8009, seed 58\n"
    )
    assert Path("topology.json").read_bytes() == (ROOT / "topology.json").read_bytes()


def test_generate_takes_every_option(run: Run) -> None:
    options = [
        "--nodes",
        "9",
        "--shape",
        "ring",
        "--seed",
        "3",
        "--base-port",
        "9000",
        "--output",
        "ring.json",
    ]
    assert run("generate", *options).exit_code == 0
    assert read_topology("ring.json") == generate("ring", nodes=9, seed=3, base_port=9000)


def test_generate_without_a_seed_prints_the_one_that_makes_the_same_again(run: Run) -> None:
    seed = run("generate").stdout.split()[-1]
    first = Path("topology.json").read_bytes()
    run("generate", "--seed", seed)
    assert Path("topology.json").read_bytes() == first


def test_generate_prints_to_standard_output_and_speaks_on_the_other(run: Run) -> None:
    result = run("generate", "--seed", "1", "-o", "-")
    assert Topology.from_json(json.loads(result.stdout)) == generate(seed=1)
    assert result.stderr.endswith("seed 1\n")
    assert not Path("topology.json").exists()


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--shape", "rign"], 'there is no shape "rign"; did you mean "ring"?'),
        (["--nodes", "0"], "0 nodes are too few"),
        (["--seed", "-1"], "-1 is not a seed"),
        (["--base-port", "65535"], "do not fit from port 65535"),
        (["--shape", "path", "--nodes", "500"], "topology.json: the network has 499 levels below the root"),
        (["--output", "none/t.json"], "none/t.json: cannot be written: No such file or directory"),
        (["--nodes", "many"], "valid integer"),
    ],
)
def test_generate_refuses_in_words_with_exit_code_2(run: Run, options: list[str], problem: str) -> None:
    result = run("generate", *options, *([] if "--seed" in options else ["--seed", "1"]))
    assert result.exit_code == 2
    assert problem in result.stderr
    assert list(Path().iterdir()) == []


def test_generates_help_describes_every_shape_in_the_tables_words(run: Run) -> None:
    printed = run("generate", "--help").stdout
    words = " ".join(printed.split())
    for name, shape in SHAPES.items():
        assert f" {name} {shape.summary}" in words
    assert "Shapes (15 nodes, or as --nodes says; course varies, hypercube has 16):" in words
    assert max(map(len, printed.splitlines())) <= 80


def test_converts_help_names_every_format_with_its_endings(run: Run) -> None:
    words = " ".join(run("convert", "--help").stdout.split())
    for name, each in FORMATS.items():
        assert f" {name} {', '.join(each.endings)}" in words


def test_show_draws_the_tree(run: Run) -> None:
    data = {**node("root", 1, node("a", 2), node("b", 3)), "links": [["a", "b"]]}
    save(data, "topology.json")
    assert run("show").stdout.splitlines() == [
        "root  port 1  cpu 2",
        "├── a  port 2  cpu 2",
        "└── b  port 3  cpu 2",
        "extra links (1):",
        "  a - b",
    ]
    shown = json.loads(run("show", "--json").stdout)
    assert shown["topology"] == data
    assert (shown["file"], shown["nodes"], shown["links"], shown["is_tree"]) == ("topology.json", 3, 3, False)


def test_show_refuses_a_bad_file(run: Run) -> None:
    result = run("show", "none.json")
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", "none.json: there is no such file\n")


def test_check_tells_the_figures_of_good_files(run: Run) -> None:
    write_topology(generate("ring", nodes=6, seed=1), "topology.json")
    write_network(generate("path", nodes=3, seed=1), "path.gml")
    assert run("check").stdout == "topology.json: ok: 6 nodes, 6 links, depth 3, diameter 3, no tree\n"
    result = run("check", "topology.json", "path.gml")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[1] == "path.gml: ok: 3 nodes, 2 links, depth 2, diameter 2, a tree"


def test_check_tells_every_problem_of_every_file(run: Run) -> None:
    save(node("root", 0, node("root", 2)), "a.json")
    save(node("root", 1), "b.json")
    result = run("check", "a.json", "none.json", "b.json")
    assert result.exit_code == 2
    assert result.stdout == "b.json: ok: 1 node, 0 links, depth 0, diameter 0, a tree\n"
    assert result.stderr.splitlines() == [
        "a.json: port: 0 is not a port; expected an integer from 1 to 65535 (line 1)",
        'a.json: children[0].name: "root" is taken by name in line 1; '
        "every node needs a name of its own (line 1)",
        "none.json: there is no such file",
    ]


def test_check_answers_programs(run: Run) -> None:
    save(node("root", 1), "a.json")
    result = run("check", "--json", "a.json", "none.json")
    assert result.exit_code == 2
    assert json.loads(result.stdout) == [
        {
            "file": "a.json",
            "ok": True,
            "nodes": 1,
            "links": 0,
            "depth": 0,
            "diameter": 0,
            "diameter_kind": "exactly",
            "is_tree": True,
            "ports": [1, 1],
            "notes": [],
        },
        {"file": "none.json", "ok": False, "problems": ["none.json: there is no such file"]},
    ]


def test_convert_goes_from_any_format_to_any_other(run: Run) -> None:
    made = generate("small-world", nodes=12, seed=2)
    write_topology(made, "a.json")
    for source, target in [
        ("a.json", "b.dot"),
        ("b.dot", "c.graphml"),
        ("c.graphml", "d.edges"),
        ("d.edges", "e.gml"),
    ]:
        result = run("convert", source, target)
        assert result.exit_code == 0
        assert result.stdout.startswith(f"{target}: 12 nodes, 24 links, ")
        assert result.stderr == ""
        assert read_network(target) == made


def test_convert_tells_what_it_had_to_change(run: Run) -> None:
    Path("net.edges").write_text("a b\nb a\nb b\nc d\n", encoding="utf-8")
    refused = run("convert", "net.edges", "net.json")
    assert refused.exit_code == 2
    assert refused.stderr == (
        "net.edges: the network is in 2 pieces of 2, 2 nodes; expected one piece "
        "(--largest takes the largest)\n"
    )
    elsewhere = "(topowave topology convert FILE NEW.json --largest takes the largest)\n"
    for command in ("show", "check"):
        assert run(command, "net.edges").stderr.endswith(elsewhere)
    assert not Path("net.json").exists()
    result = run("convert", "net.edges", "net.json", "--largest", "--root", "b", "--base-port", "7000")
    assert result.stdout == "net.json: 2 nodes, 1 link, depth 1, diameter 1, a tree, ports 7000 to 7001\n"
    assert result.stderr.splitlines() == [
        "net.edges: note: 1 parallel link merged",
        "net.edges: note: 1 link from a node to itself dropped",
        "net.edges: note: the largest of 2 pieces taken: 2 of 4 nodes",
        "net.edges: note: 2 nodes without a usable cpu got cpu 4",
    ]
    assert read_topology("net.json").root.name == "b"


def test_convert_prints_a_topology_or_what_is_asked_for(run: Run) -> None:
    write_topology(generate("star", nodes=4, seed=2), "a.json")
    assert Topology.from_json(json.loads(run("convert", "a.json", "-").stdout)) == generate(
        "star", nodes=4, seed=2
    )
    assert run("convert", "a.json", "-", "--to", "dot").stdout.startswith("graph topology {\n")


def test_convert_reads_a_format_that_is_named(run: Run) -> None:
    Path("net").write_text("a b\n", encoding="utf-8")
    assert "the format does not follow" in run("convert", "net", "net.json").stderr
    assert run("convert", "net", "net.json", "--from", "edge-list").exit_code == 0
    assert "there is no format" in run("convert", "net", "x", "--from", "edge-list", "--to", "csv").stderr


def test_a_terminal_without_line_drawing_gets_plain_characters(tmp_path: Path) -> None:
    save(node("root", 1, node("ç", 2)), str(tmp_path / "t.json"))
    program = "from topowave.cli.topology import topology; topology()"
    output = subprocess.check_output(
        [sys.executable, "-c", program, "show", str(tmp_path / "t.json")],
        cwd=ROOT,
        env={"PYTHONIOENCODING": "ascii"},
    )
    assert output == b"root  port 1  cpu 2\n+-- \\xe7  port 2  cpu 2\n"


def test_the_commands_are_there_before_anything_heavy_is_imported() -> None:
    program = "import sys, topowave.cli.topology; print('networkx' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", program], cwd=ROOT, text=True) == "False\n"
