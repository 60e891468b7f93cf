"""Runs on a real Ray of this machine: one cluster for all tests, which the command joins."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.ray_nodes import NO_RAY, TOKEN, WARM, skip_where_busy
from topowave.experiments.finished import read_results
from topowave.experiments.results import RUNS

MADE = ("results.parquet", "results.csv", "summary.csv", "compared.csv", "report.html")
CLUSTER = """\
import sys
import ray
from topowave.experiments.ray_pool import ray_cluster
from topowave.ray_cluster.connection import LOCAL

with ray_cluster(LOCAL, 2):
    print(ray.get_runtime_context().gcs_address, flush=True)
    sys.stdin.read()
"""
MINE = """\
import os
import signal
from pathlib import Path
from topowave import Echo
from beside import MOST

HERE = Path(__file__).parent

class Mine(Echo):
    def on_start(self):
        if len(self.neighbors) > MOST:
            os._exit(3)
        if len(self.neighbors) == MOST and not Path({happened!r}).exists():
            Path({happened!r}).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if len(self.neighbors) == 2:
            1 / 0
        super().on_start()
"""
SCENARIO: dict[str, Any] = {
    "name": "mine", "kind": "waves", "algorithm": ["mine.py:Mine", "echo"], "seeds": 2,
    "topology": ["path:2", "ring:5", "star:4", "star:6", "random:6:seed"], "delay": "uniform:1,5",
}  # fmt: skip


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A cluster with two CPUs; its end waits until all its processes are gone."""
    command = [sys.executable, "-c", CLUSTER]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=WARM | TOKEN, **pipes) as cluster:
        assert cluster.stdout is not None
        address = cluster.stdout.readline().strip()
        if not address:  # its processes have 15 s to load Python's, which nobody can change
            skip_where_busy()
        yield address
        cluster.communicate()
    assert cluster.returncode == 0


def topowave(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "topowave", "experiment", "run", "s.json", *words]
    return subprocess.run(
        command,
        cwd=folder,
        env=os.environ | TOKEN,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )


@NO_RAY
@pytest.mark.slow
def test_the_results_on_a_cluster_are_those_of_one_process_to_the_byte(tmp_path: Path, address: str) -> None:
    data = SCENARIO | {"topology": ["path:3", "ring:5", "random:6:seed"]}  # the user's class fails on a ring
    (tmp_path / "s.json").write_text(json.dumps(data))
    (tmp_path / "beside.py").write_text("MOST = 100\n")
    (tmp_path / "mine.py").write_text(MINE.format(happened="/nowhere"))
    alone = topowave(tmp_path, "--jobs", "1", "--out", "alone")
    done = topowave(tmp_path, "--ray", address, "--out", "ray")
    assert (done.returncode, done.stderr) == (alone.returncode, alone.stderr) == (1, "")
    assert "ZeroDivisionError" in (tmp_path / "ray" / "results.csv").read_text()
    for name in MADE:
        assert (tmp_path / "ray" / name).read_bytes() == (tmp_path / "alone" / name).read_bytes(), name


@NO_RAY
@pytest.mark.slow
def test_a_process_that_is_killed_costs_no_run_and_a_class_that_ends_it_only_its_own(
    tmp_path: Path, address: str
) -> None:
    (tmp_path / "s.json").write_text(json.dumps(SCENARIO | {"topology": ["path:2", "star:4", "star:6"]}))
    (tmp_path / "beside.py").write_text("MOST = 3\n")
    (tmp_path / "mine.py").write_text(MINE.format(happened=str(tmp_path / "happened")))
    done = topowave(tmp_path, "--out", "out", "--ray", address)
    assert done.returncode == 1, done.stderr
    assert (tmp_path / "happened").exists()
    frame = read_results(tmp_path / "out").frame
    ended = frame["reason"].str.contains("its process ended while it ran, twice")
    assert list(frame[ended]["topology"]) == ["star:6", "star:6"]
    assert set(frame[~ended]["verdict"]) == {"ok"}
    runs = [json.loads(line)["run"] for line in (tmp_path / "out" / RUNS).read_text().splitlines()]
    assert sorted(runs) == [*range(12)]


@NO_RAY
def test_an_address_at_which_nobody_is_or_that_is_none_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "s.json").write_text(json.dumps(SCENARIO | {"algorithm": "echo"}))
    with socket.socket() as bound:  # and listens not
        bound.bind(("127.0.0.1", 0))
        nowhere = f"127.0.0.1:{bound.getsockname()[1]}"
        done = topowave(tmp_path, "--ray", nowhere)
    assert done.returncode == 2
    assert done.stderr.startswith(f"--ray {nowhere}: there is no cluster: ")
    assert "`ray start --head` starts one" in done.stderr
    done = topowave(tmp_path, "--ray", "nonsense")
    assert done.returncode == 2
    assert done.stderr == "--ray nonsense: expected HOST:PORT, ray://HOST:PORT or auto\n"


def test_without_ray_the_extra_is_named(tmp_path: Path) -> None:
    (tmp_path / "s.json").write_text(json.dumps(SCENARIO | {"algorithm": "echo"}))
    program = (
        "import importlib.util as u; find = u.find_spec\n"
        "u.find_spec = lambda name, *more: None if name == 'ray' else find(name, *more)\n"
        "from topowave.__main__ import main; import sys\n"
        "sys.argv = ['topowave', 'experiment', 'run', '--ray', 's.json']; main()"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 2
    assert done.stderr == "--ray: Ray is not installed: pip install 'topowave[experiments,ray]'\n"
