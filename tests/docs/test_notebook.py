"""The notebook of the tutorial: a real kernel runs it as it is, and every cell shows what it says."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from tests.docs.examples import ROOT

FILE = ROOT / "docs" / "tutorial" / "experiment.ipynb"
LONG_S = 300


def notebook() -> Any:
    library: Any = nbformat
    return library.read(FILE, as_version=4)


def test_it_is_kept_without_what_a_run_adds() -> None:
    library: Any = nbformat
    library.validate(notebook())
    for cell in notebook().cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None


def test_what_it_links_to_is_there() -> None:
    text = "\n".join(cell.source for cell in notebook().cells)
    for link in re.findall(r"\]\(([^)#]+)", text):
        assert (FILE.parent / link).is_file(), link


@pytest.mark.slow
@pytest.mark.timeout(2 * LONG_S)
def test_every_cell_shows_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR", "IPYTHONDIR", "MPLCONFIGDIR"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    book = notebook()
    client: Any = NotebookClient(
        book, timeout=LONG_S, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    )
    asyncio.run(client.async_execute())  # in a loop of its own, which is closed with all that it opened
    cells = [cell for cell in book.cells if cell.cell_type == "code"]
    network, run, diagram, load, frame, results, gain, plot = ([*_shown(cell)] for cell in cells)
    assert network[-1]["image/svg+xml"].startswith("<svg")
    assert "<caption>echo</caption>" in run[-1]["text/html"]
    assert "Space-time diagram" in diagram[-1]["image/svg+xml"]
    assert "mean response" in load[-1]["text/html"]
    assert frame[0]["text/plain"] == "72 of 72 runs"
    assert '<progress value="72" max="72"' in frame[0]["text/html"]
    assert "<table" in frame[-1]["text/html"]
    assert "max-load-heap" in results[-1]["text/html"]
    assert "ring:16" in gain[-1]["text/plain"]
    assert "image/png" in plot[-1]
    assert not [cell for cell in cells for each in cell.outputs if each.output_type in {"stream", "error"}]
    texts = [str(each) for cell in cells for each in _shown(cell)]
    assert not [text for text in texts if "\x1b" in text or "\r" in text], "signs that only a terminal reads"


def _shown(cell: Any) -> list[dict[str, str]]:
    return [
        {key: "".join(value) for key, value in each.data.items()} for each in cell.outputs if "data" in each
    ]
