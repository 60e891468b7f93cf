"""What the README types first works in a shell that knows nothing of us."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")
SHELL = shutil.which("bash")
ACTIVATE = "source .venv/bin/activate"


def test_the_command_is_made_known_before_it_is_typed() -> None:
    typed = re.findall(r"^\$ (.*)", README, re.MULTILINE)
    assert typed[:2] == ["make run", ACTIVATE]


@pytest.mark.skipif(
    SHELL is None or Path(sys.prefix) != ROOT / ".venv", reason="no bash, or not the set-up of this checkout"
)
def test_afterwards_a_fresh_shell_finds_the_command() -> None:
    assert SHELL is not None
    done = subprocess.run(
        [SHELL, "--norc", "--noprofile", "-c", f"{ACTIVATE} && topowave --version"],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout.strip(), done.returncode) == (version("topowave"), 0), done.stderr
