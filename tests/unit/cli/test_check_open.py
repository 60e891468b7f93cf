"""`topowave check --open`: a violating run is served as a lesson, until Ctrl-C."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from websockets.sync.client import connect

from tests.support.ports import free_ports
from tests.support.waiting import PATIENCE_S
from tests.unit.sessions.test_checking import HASTY

pytestmark = pytest.mark.slow  # each starts the command as a process


def test_a_violating_run_is_served_with_its_class_and_opens_where_it_breaks(tmp_path: Path) -> None:
    file = tmp_path / "hasty.py"
    file.write_text(HASTY, "utf-8")
    (port,) = free_ports(1)
    command = [sys.executable, "-m", "topowave", "check", str(file), "--all-connected", "3", "--json"]
    opens = ["--open", "--port", str(port)]
    with subprocess.Popen([*command, *opens], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            checked = json.loads(process.stdout.readline())
            at = json.loads(process.stdout.readline())
            assert at["page"].endswith("&lesson=1")
            home, _, token = at["page"].removesuffix("&lesson=1").partition("/lab?token=")
            knows = {"authorization": f"Bearer {token}"}
            told = httpx.get(f"{home}/lesson.json", headers=knows, timeout=PATIENCE_S).json()
            assert told["lesson"]["position"] == checked["violation"]["steps"]
            with connect(at["session"], additional_headers={"origin": home}) as page:
                page.send(json.dumps({"id": 1, "do": "open", **told["open"]}))
                answer = json.loads(page.recv(timeout=PATIENCE_S))
                assert answer["at"] == told["lesson"]["position"]
            process.send_signal(signal.SIGINT)
            assert process.wait(PATIENCE_S) == 1
        finally:
            process.kill()


def test_where_nothing_is_violated_it_says_so_and_ends() -> None:
    command = [sys.executable, "-m", "topowave", "check", "echo", "--topology", "ring:3", "--open"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    assert done.returncode == 0
    assert "nothing is opened, since no run was found that breaks a condition" in done.stderr
