import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from scripts.algorithm_pages import FOLDER, PYTHON_PAGE, command, pages, with_library, write
from topowave.algorithms import Algorithm
from topowave.algorithms.registry import LIBRARY
from topowave.cli.main import app

every = pytest.mark.parametrize("algorithm", LIBRARY.values(), ids=list(LIBRARY))


def test_the_committed_pages_are_those_that_the_classes_make() -> None:
    committed = {path.name: path.read_text("utf-8") for path in FOLDER.iterdir()}
    assert committed == pages(), "run `python -m scripts.algorithm_pages`"


def test_the_page_of_public_names_has_the_line_of_every_class() -> None:
    page = PYTHON_PAGE.read_text("utf-8")
    assert page == with_library(page), "run `python -m scripts.algorithm_pages`"
    lines = [line for line in page.splitlines(keepends=True) if "](algorithms/echo.md)" in line]
    assert with_library(page.replace(lines[0], "| `Lost` | no class any more | `lost` |\n")) == page


def test_only_what_changes_is_written_and_pages_of_lost_algorithms_go(tmp_path: Path) -> None:
    assert len(write(tmp_path)) == len(LIBRARY) + 1
    assert write(tmp_path) == []
    (tmp_path / "lost.md").write_text("An algorithm that is no more.")
    (tmp_path / "echo.md").write_text("An old page.")
    assert {path.name for path in write(tmp_path)} == {"lost.md", "echo.md"}
    assert not (tmp_path / "lost.md").exists()
    assert "2\\|E\\|" in (tmp_path / "echo.md").read_text("utf-8")


@every
def test_a_page_tells_sources_messages_and_the_code(algorithm: type[Algorithm]) -> None:
    text = pages()[f"{algorithm.name}.md"]
    assert text.startswith(f"# {algorithm.title}\n")
    assert re.search(r"^- `\w+\(.*\)`: \S", text, re.MULTILINE)
    assert re.search(r"\n## Source\n\n\S", text)
    (code,) = re.findall(r"\]\((\.\./.*\.py)\)", text)
    assert (FOLDER / code).resolve().is_file()


@every
def test_the_command_of_a_page_runs_and_all_holds(algorithm: type[Algorithm]) -> None:
    program, *arguments = shlex.split(command(algorithm))
    assert program == "topowave"
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
