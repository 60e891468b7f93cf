from __future__ import annotations

import subprocess
import sys

import pytest

WRITES = """
import os, sys
from topowave.cli.standard_streams import open_closed_streams
open_closed_streams()
print("swallowed")
print("swallowed too", file=sys.stderr)
sys.stdout.flush()
assert sys.stdin.read() == ""
assert os.open(os.devnull, os.O_RDONLY) > 2
assert [stream.fileno() for stream in (sys.stdin, sys.stdout, sys.stderr)] == [0, 1, 2]
sys.exit(7)
"""


def run(code: str, closed: str) -> subprocess.CompletedProcess[bytes]:
    shell = f'exec "$0" -c "$1" {closed}'
    return subprocess.run(["/bin/sh", "-c", shell, sys.executable, code], capture_output=True, check=False)


@pytest.mark.parametrize("closed", ["<&- >&- 2>&-", ">&- 2>&- </dev/null"])
def test_streams_that_were_closed_are_there_and_keep_their_numbers(closed: str) -> None:
    assert run(WRITES, closed).returncode == 7


def test_a_command_does_its_work_where_nobody_reads() -> None:
    words = ["simulate", "echo", "-t", "path:3"]
    code = f"import sys; sys.argv[1:] = {words}; from topowave.cli.main import main; main()"
    done = run(code, "<&- >&-")
    assert (done.returncode, done.stderr) == (0, b"")
    assert run(code, "<&- >&- 2>&-").returncode == 0
