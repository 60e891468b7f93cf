"""A command that an agent runs for each replica."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest

from topowave.orchestrator.agent.workload import filled, parsed_command, serves
from topowave.topology import Problems

VALUES = {"port": 9000, "name": "amber", "host": "127.0.0.1", "cpu": 4, "controller": "http://127.0.0.1:7999"}


def test_the_words_are_those_of_a_shell_and_the_names_in_braces_are_filled_in() -> None:
    words = parsed_command("sh -c 'exec echo {port} {name}' --at={host}:{port} {cpu} {controller}")
    assert filled(words, VALUES) == [
        "sh",
        "-c",
        "exec echo 9000 amber",
        "--at=127.0.0.1:9000",
        "4",
        "http://127.0.0.1:7999",
    ]


def test_other_braces_stay_and_what_is_filled_in_is_not_filled_in_again() -> None:
    words = ["{port}", "{}", "{prot}", "${HOME}", "{{name}}", '{"a": 1}']
    assert filled(words, VALUES | {"name": "{port}"}) == [
        "9000",
        "{}",
        "{prot}",
        "${HOME}",
        "{{port}}",
        '{"a": 1}',
    ]


def test_a_program_whose_name_is_filled_in_need_not_be_there_yet() -> None:
    assert parsed_command("./{name} {port}") == ["./{name}", "{port}"]


@pytest.mark.parametrize("text", ["", "sh", "no-such-program {port}", "sh '{port}"])
def test_what_is_no_command_for_a_replica_is_refused(text: str) -> None:
    with pytest.raises(Problems, match=r"^--workload: "):
        parsed_command(text)


def test_the_command_takes_the_place_of_the_process_without_what_python_ignores() -> None:
    code = (
        "from topowave.orchestrator.agent.workload import become\n"
        "become(['sh', '-c', 'echo $TOPOWAVE_TOKEN; yes | true; kill -PIPE $$; echo alive'],"
        " {'TOPOWAVE_TOKEN': 'word'})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("word\n", -13)


def test_it_serves_when_its_port_takes_connections() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert serves("127.0.0.1", port)
    assert not serves("127.0.0.1", port)
