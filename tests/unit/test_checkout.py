"""A checkout whose links are gone says so in one sentence."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from topowave.checkout import LINKED, refuse_lost_links

PACKAGE = Path(__file__).parents[2] / "topowave"


@pytest.fixture
def unlinked(tmp_path: Path) -> Path:
    """A copy of the package's own files, as an archiver without links leaves it: a link is a small text."""
    package = tmp_path / "topowave"
    package.mkdir()
    for name in ("__init__.py", "__main__.py", "checkout.py"):
        shutil.copy(PACKAGE / name, package)
    for name in LINKED:
        (package / name).write_text(f"../{name}")
    return tmp_path


def test_a_checkout_with_its_links_is_taken() -> None:
    refuse_lost_links()


def test_lost_links_are_named(unlinked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["my_script.py"])
    with pytest.raises(ImportError, match=r"lost its links \(.*topology -> \.\./topology, .*nodes.*balancer"):
        refuse_lost_links(unlinked / "topowave")


def test_the_command_says_it_in_one_sentence(unlinked: Path) -> None:
    command = [sys.executable, "-m", "topowave", "--help"]
    done = subprocess.run(command, cwd=unlinked, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert re.fullmatch(
        r"topowave: this checkout has lost its links \(.*\): get it with git.*\n", done.stderr
    )
