"""What `topowave agent` refuses before it begins."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner, Result

from topowave.cli.main import app
from topowave.wire.limits import HEARTBEAT_LEAST, HEARTBEAT_MOST, URL_CHARS


def run(*options: str, controller: str = "1") -> Result:
    return CliRunner().invoke(app, ["agent", "--controller", controller, *options])


@pytest.mark.parametrize("heartbeat", [HEARTBEAT_LEAST / 2, HEARTBEAT_MOST * 1.01, float("nan")])
def test_a_heartbeat_out_of_range_is_refused(heartbeat: float) -> None:
    assert run("--heartbeat", str(heartbeat)).exit_code == 2


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--name", "a/b"], "--name a/b: holds '/', which has a meaning in URLs"),
        (["--name", ""], "--name : is empty"),
        (["--token", "two words"], "the token is none: expected letters, digits, and . _ ~ - (at most 200)"),
        (["--node-ip", "0.0.0.0"], "--node-ip 0.0.0.0 means all addresses"),
        (["--node-ip", "no address"], "--node-ip no address: is no address"),
        (["--node-ip", "192.0.2.1"], "--node-ip 192.0.2.1: is no address of this machine"),
        (["--workload", "cat"], "--workload: expected {port} in the command"),
        (["--workload", "no-such-program {port}"], "--workload: there is no program 'no-such-program' here"),
        (["--workload", "sh '{port}"], '--workload: "sh \'{port}" is no command: no closing quotation'),
        (["--workload", " "], "--workload: expected a command"),
        (["--workload", "x" * (URL_CHARS + 1)], "--workload: at most 2,048 characters, found 2,049"),
    ],
)
def test_options_that_make_no_sense_are_refused_in_one_sentence(options: list[str], said: str) -> None:
    done = run(*options)
    assert (done.exit_code, len(done.output.splitlines())) == (2, 1)
    assert done.output.startswith(said)


def test_all_that_is_wrong_is_said_at_once() -> None:
    done = run("--name", "..", "--workload", "cat", "--token", " ")
    assert (done.exit_code, len(done.output.splitlines())) == (2, 3)


@pytest.mark.parametrize(
    ("controller", "said"),
    [
        ("https://127.0.0.1:7999", "expected http://HOST:PORT, as http://127.0.0.1:7999"),
        ("http://127.0.0.1:7999/lab", "expected http://HOST:PORT, as http://127.0.0.1:7999"),
        ("http://no.such.host.invalid:7999", "cannot be reached from here"),
    ],
)
def test_a_controller_that_cannot_be_one_is_refused(controller: str, said: str) -> None:
    done = run(controller=controller)
    assert done.exit_code == 2
    assert said in done.output


def test_an_address_of_this_machine_only_is_refused_where_the_lab_is_elsewhere() -> None:
    done = run("--node-ip", "127.0.0.1", controller="192.0.2.1:7999")
    assert done.exit_code == 2
    assert "other machines cannot reach what listens there" in done.output
