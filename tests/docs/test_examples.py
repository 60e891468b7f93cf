"""Every example in the documentation does what the page says."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.examples import ROOT, Example, examples, pages
from tests.support.live_lab import LiveLab, live_lab
from tests.support.waiting import until

COMMAND_TIMEOUT = 120
"""Seconds that one command of an example may take."""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveLab]:
    """The lab of the repository's topology.json, on ports of its own."""
    with live_lab(tmp_path_factory.mktemp("docs"), ROOT / "topology.json", probe_timeout=30) as running:
        yield running


@pytest.mark.parametrize("doc", pages(), ids=lambda doc: str(doc.relative_to(ROOT)))
def test_the_examples_of_a_page_print_what_it_says(doc: Path, lab: LiveLab, tmp_path: Path) -> None:
    for name in ("topology.json", "config.json", "generate_specs.py"):
        shutil.copy(ROOT / name, tmp_path / name)
    for example in examples(doc):
        until(lambda: _running_waves(lab), lambda waves: not waves)  # who reads on has seen them end
        printed = lab.on_usual_ports(_run(lab.on_own_ports(example.command), tmp_path))
        assert example.matches(printed), (
            f"$ {example.command}\n{printed}\n--- but the page says\n{example.output}"
        )


def test_an_example_with_another_output_is_noticed() -> None:
    example = Example("echo", "one\n...\nthree\n")
    assert example.matches("one\ntwo\nthree")
    assert not example.matches("one\ntwo\nfour")


def _running_waves(lab: LiveLab) -> list[str]:
    """Return the waves that end by themselves, but not those that wait for the next example."""
    waves = lab.http.get(f"{lab.balancer}/waves").raise_for_status().json()["waves"]
    return [each["id"] for each in waves if each["state"] == "running" and each["held_until"] is None]


def _run(command: str, folder: Path) -> str:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), "COLUMNS": "100", "NO_COLOR": "1"}
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=COMMAND_TIMEOUT,
        check=False,
    )
    return done.stdout
