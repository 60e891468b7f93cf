import ipaddress
import json
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from topowave.cli import lab_display
from topowave.cli.lab_display import addresses
from topowave.cli.main import app
from topowave.cli.networks import read_lab_network
from topowave.topology import LabConfig, generate, write_network, write_topology

pytestmark = pytest.mark.slow  # most start the command as a process


def up(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "topowave", "up", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def files(folder: Path, ports: list[int]) -> None:
    leaf: dict[str, object] = {"name": "leaf", "port": ports[1], "cpu": 2, "children": []}
    root: dict[str, object] = {"name": "root", "port": ports[0], "cpu": 2, "children": [leaf]}
    (folder / "topology.json").write_text(json.dumps(root))
    (folder / "config.json").write_text(json.dumps({"balancer_port": ports[2], "page_port": ports[3]}))


def test_a_bad_topology_is_refused_with_a_line_for_every_problem_and_code_2(tmp_path: Path) -> None:
    (tmp_path / "topology.json").write_text('{"name": "root", "port": 70000, "cpu": 0, "children": []}')
    done = up(tmp_path)
    assert done.returncode == 2
    lines = [line for line in done.stderr.splitlines() if line.startswith("topology.json: ")]
    assert [line.split(": ")[1] for line in lines] == ["port", "cpu"]
    assert done.stdout == ""


def test_a_missing_topology_and_a_bad_config_are_refused(tmp_path: Path) -> None:
    done = up(tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("topology.json: ")
    files(tmp_path, [8000, 8001, 7999, 3000])
    (tmp_path / "config.json").write_text('{"max_cpus": 7}')
    done = up(tmp_path)
    assert done.returncode == 2
    assert "config.json: max_cpus" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_policy_that_is_none_is_refused_with_its_file_and_line(tmp_path: Path) -> None:
    files(tmp_path, [8000, 8001, 7999, 3000])
    (tmp_path / "mine.py").write_text("import nosuchthing")
    done = up(tmp_path, "--policy", "mine.py:Mine")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1].startswith("mine.py: line 1: ModuleNotFoundError")


@pytest.mark.parametrize(
    ("option", "name", "words"),
    [
        ("placement", "randm", 'no placement "randm"; did you mean "random"?; there are least-loaded, '),
        ("discipline", "lifo", 'no discipline "lifo"; there are fcfs, priority, edf, sjf'),
        ("forecast", "holt", 'no forecast "holt"; there are none, last-value, '),
    ],
)
def test_a_placement_or_a_discipline_that_is_none_is_refused_with_what_there_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: str, name: str, words: str
) -> None:
    files(tmp_path, [8000, 8001, 7999, 3000])
    monkeypatch.chdir(tmp_path)
    (tmp_path / "other.json").write_text(json.dumps({option: name}))
    done = CliRunner().invoke(app, ["up", "--config", "other.json"])
    assert (done.exit_code, f"other.json: {option}: there is {words}" in done.stderr) == (2, True)
    done = CliRunner().invoke(app, ["up", f"--{option}", name])
    assert (done.exit_code, done.stderr.startswith(f"--{option}: there is {words}")) == (2, True)


def test_a_network_in_any_format_is_the_lab_s_and_what_changed_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    topology = generate("ring", nodes=5, seed=1)
    for name in ("net.graphml", "net.gml", "net.dot", "net.edges", "net.node-link.json", "net.json"):
        write_network(topology, tmp_path / name)
        assert read_lab_network(tmp_path / name) == topology
    write_topology(topology, tmp_path / "net.lab")
    assert read_lab_network(tmp_path / "net.lab") == topology
    assert capsys.readouterr().err == ""
    (tmp_path / "odd.dot").write_text("digraph { a -> b }")
    assert len(read_lab_network(tmp_path / "odd.dot").nodes) == 2
    assert f"{tmp_path / 'odd.dot'}: note: the links' direction was dropped" in capsys.readouterr().err


def test_a_network_in_pieces_is_refused_with_the_command_that_mends_it(tmp_path: Path) -> None:
    (tmp_path / "net.edges").write_text("a b\nc d\n")
    done = up(tmp_path, "-t", "net.edges")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "net.edges: the network is in 2 pieces of 2, 2 nodes; expected one piece "
        "(topowave topology convert FILE NEW.json --largest takes the largest)\n"
    )


@pytest.mark.parametrize("processes", ["0", "-1", "two", "1.5", "100000", ""])
def test_a_number_of_processes_that_is_none_is_refused(tmp_path: Path, processes: str) -> None:
    files(tmp_path, [8000, 8001, 7999, 3000])
    done = up(tmp_path, f"--processes={processes}")
    expected = f"--processes {processes}: expected per-node, auto or a number from 1 to 99999\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", expected)


def test_a_network_for_which_too_few_open_files_are_allowed_is_refused(tmp_path: Path) -> None:
    write_topology(generate("star", nodes=200, seed=1), tmp_path / "topology.json")
    command = f"ulimit -n 300 && exec {sys.executable} -m topowave up"
    done = subprocess.run(
        ["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert "open files in one process and the system allows 300: allow more (ulimit -n)" in done.stderr


def test_a_trace_that_cannot_be_written_is_refused_before_anything_starts(tmp_path: Path) -> None:
    files(tmp_path, [8000, 8001, 7999, 3000])
    done = up(tmp_path, "--trace", "nowhere/trace.jsonl")
    assert done.returncode == 2
    assert "nowhere/trace.jsonl: cannot be written: No such file or directory" in done.stderr


def test_a_data_directory_that_cannot_be_is_refused_with_code_2(
    tmp_path: Path, free_ports: Callable[[int], list[int]]
) -> None:
    files(tmp_path, free_ports(4))
    (tmp_path / "file").write_text("")
    done = up(tmp_path, "--data", "file")
    assert (done.returncode, done.stdout) == (2, "")
    said = [line for line in done.stderr.splitlines() if not line.startswith("the page is not built")]
    assert [line.partition(": ")[0] for line in said] == ["file"]
    assert said[0].startswith("file: cannot be the data directory: ")


def test_who_wants_no_page_does_not_hear_that_none_is_built(
    tmp_path: Path, free_ports: Callable[[int], list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    files(tmp_path, free_ports(4))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("topowave.cli.up.PAGE", tmp_path / "no-page")
    (tmp_path / "file").write_text("")
    for page, said in (True, True), (False, False):
        settings = json.loads((tmp_path / "config.json").read_text()) | {"page": page}
        (tmp_path / "config.json").write_text(json.dumps(settings))
        done = CliRunner().invoke(app, ["up", "--data", "file"])
        assert done.exit_code == 2
        assert ("the page is not built" in done.output) is said


def test_a_file_that_is_no_journal_is_refused_and_left_as_it_is(
    tmp_path: Path, free_ports: Callable[[int], list[int]]
) -> None:
    files(tmp_path, free_ports(4))
    data = tmp_path / ".topowave"
    data.mkdir()
    (data / "journal.db").write_text("no database " * 100)
    done = up(tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    text = f"{Path('.topowave', 'journal.db')}: cannot be read as a journal: it is no SQLite database\n"
    assert done.stderr.endswith(text)
    assert [each.name for each in data.iterdir()] == ["journal.db"]


@pytest.mark.parametrize(
    ("index", "owner"), [(0, "node root"), (1, "node leaf"), (2, "the balancer"), (3, "the page")]
)
def test_a_port_in_use_is_named_with_its_owner_and_code_1(
    tmp_path: Path, free_ports: Callable[[int], list[int]], index: int, owner: str
) -> None:
    ports = free_ports(4)
    files(tmp_path, ports)
    with socket.create_server(("127.0.0.1", ports[index])):
        done = up(tmp_path)
    assert done.returncode == 1
    assert not (tmp_path / ".topowave").exists()
    assert f"port {ports[index]} ({owner}) is in use by another program\nnothing was started\n" in done.stderr


def test_the_addresses_are_those_a_browser_can_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lab_display, "localhost_means", lambda: {"127.0.0.1"})
    assert addresses(LabConfig())["page"] == "http://localhost:3000"
    assert addresses(LabConfig(host="10.0.0.7", page_port=80))["page"] == "http://10.0.0.7:80"
    assert addresses(LabConfig(host="fe80::1"))["page"] == "http://[fe80::1]:3000"


def test_localhost_is_said_only_where_it_leads_to_the_lab(
    monkeypatch: pytest.MonkeyPatch, free_ports: Callable[[int], list[int]]
) -> None:
    page, balancer, node = free_ports(3)
    config = LabConfig(page_port=page, balancer_port=balancer)

    def resolves_to(*hosts: str) -> None:
        monkeypatch.setattr(lab_display, "localhost_means", lambda: set(hosts))

    resolves_to("127.0.0.1", "127.0.0.2")
    assert addresses(config)["page"] == f"http://localhost:{page}"
    with socket.create_server(("127.0.0.2", page)):
        assert addresses(config)["page"] == f"http://127.0.0.1:{page}"
        assert addresses(config)["balancer"] == f"http://127.0.0.1:{balancer}"
        assert (
            addresses(LabConfig(page=False, page_port=page, balancer_port=balancer))["balancer"]
            == f"http://localhost:{balancer}"
        )
    with socket.create_server(("127.0.0.2", node)):  # where the page leads to under its own name
        assert addresses(config, [node])["page"] == f"http://127.0.0.1:{page}"
    assert addresses(config, [node])["page"] == f"http://localhost:{page}"
    resolves_to("::1")
    assert addresses(config)["page"] == f"http://127.0.0.1:{page}"
    resolves_to()
    assert addresses(config)["page"] == f"http://127.0.0.1:{page}"


def test_a_lab_on_every_address_is_told_by_one_that_other_machines_can_open() -> None:
    host = httpx.URL(addresses(LabConfig(host="0.0.0.0"))["balancer"]).host
    assert host == "localhost" or ipaddress.ip_address(host) != ipaddress.ip_address("0.0.0.0")
