"""The page on `import topowave` has every public name and no other, and its example has types."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import cast

import pytest

import topowave
from tests.docs.examples import ROOT
from topowave.algorithms.registry import LIBRARY
from topowave.checker.counterexample import Counterexample
from topowave.checker.result import CheckResult

PAGE = ROOT / "docs" / "reference" / "python.md"
ROW = re.compile(r"^\| `(\w+)` \| (.+?) \|", re.MULTILINE)
CHECK_S = 240
"""How long a check of types may take (s)."""


def public() -> set[str]:
    return set(cast("list[str]", vars(topowave)["__getattr__"]("__all__")))


def rows() -> list[tuple[str, str]]:
    return ROW.findall(PAGE.read_text("utf-8"))


def test_every_public_name_has_one_line_and_every_line_a_public_name() -> None:
    lines = Counter(name for name, _ in rows())
    assert set(lines) == public()
    assert [name for name, count in lines.items() if count > 1] == []


def test_every_algorithm_is_there_with_its_page_and_its_name_in_commands() -> None:
    text = PAGE.read_text("utf-8")
    for name, cls in LIBRARY.items():
        (line,) = [line for line in text.splitlines() if line.startswith(f"| `{cls.__name__}` |")]
        assert line.startswith(f"| `{cls.__name__}` | [{cls.title}](algorithms/{cls.name}.md)")
        assert line.endswith(f"| `{name}` |")
        assert (PAGE.parent / "algorithms" / f"{cls.name}.md").is_file()


@pytest.mark.parametrize(
    ("start", "cls"), [("returns a `CheckResult`", CheckResult), ("A violation has", Counterexample)]
)
def test_what_a_result_of_the_checker_has_is_there(start: str, cls: type) -> None:
    text = (PAGE.parent / "checker.md").read_text("utf-8").replace("\n", " ")
    sentence = text.rpartition(start)[2].partition(".")[0]
    named = re.findall(r"`(\w+)(?:\(\))?`", sentence)
    assert named
    assert [name for name in named if name not in {*dir(cls), *cls.__annotations__}] == []


@pytest.mark.slow
@pytest.mark.timeout(2 * CHECK_S)
@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_what_is_written_with_the_public_names_has_types(checker: str, tmp_path: Path) -> None:
    """The page's own example, and a line for every public name; a name without a type is an error there."""
    example = re.search(
        r"^```python round_trip.py\n(.*?)^```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    assert example is not None
    script = tmp_path / "script.py"
    names = "".join(f"print(topowave.{name})\n" for name in sorted(public()))
    script.write_text(f"import topowave\n{example[1]}\n{names}", "utf-8")
    found = types(checker, script)
    assert found.returncode == 0, found.stdout
    script.write_text(f"{script.read_text('utf-8')}wrong: str = simulate(Echo, 'ring:5').messages\n", "utf-8")
    assert types(checker, script).returncode == 1


def types(checker: str, script: Path) -> subprocess.CompletedProcess[str]:
    """Check a script as strictly as can be, away from the checkout's settings."""
    cache = ["--strict", "--cache-dir", str(script.parent / "cache")]
    options = cache if checker == "mypy" else ["--project", str(_strict(script.parent))]
    return subprocess.run(
        [sys.executable, "-m", checker, *options, *([str(script)] if checker == "mypy" else [])],
        cwd=script.parent,
        capture_output=True,
        text=True,
        timeout=CHECK_S,
        check=False,
    )


def _strict(folder: Path) -> Path:
    """Settings of pyright: it has no option for them, and reports nothing of the installed packages."""
    file = folder / "pyrightconfig.json"
    venv = Path(sys.prefix)
    file.write_text(
        f'{{"typeCheckingMode": "strict", "venvPath": "{venv.parent}", "venv": "{venv.name}"}}\n', "utf-8"
    )
    return file
