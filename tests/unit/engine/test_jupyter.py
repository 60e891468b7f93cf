"""The engine in a notebook: a real kernel runs its cells, in the event loop that it has already."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from tests.support.waiting import eventually
from tests.unit.engine.conftest import Script

LONG_S = 120
CELLS = {
    "start": "from topowave import Engine, EngineConfig, Task\n"
    "from IPython.display import ProgressBar\n"
    "engine = Engine(EngineConfig(cpu_bound_count=1, io_bound_count=1)).start()",
    "one": "engine.get_result(engine.submit_task(Task(SCRIPT, 7)), 60).data",
    "batch": "ids = engine.submit_batch(Task(SCRIPT, n) for n in range(5))\n"
    "[result.data for result in engine.wait_all(ids, 60)]",
    "await": "id = await engine.submit_task_async(Task(SCRIPT, 8, 'io'))\n"
    "(await engine.get_result_async(id, 60)).data",
    "progress": "ids = engine.submit_batch(Task(SCRIPT, n) for n in range(5))\n"
    "sum(engine.get_result(id, 60).data for _, id in zip(ProgressBar(5), ids))",
    "interrupted": "slow = engine.submit_task(Task(SLOW, FILE))\nengine.get_result(slow)",
    "still there": "print(engine.cancel(slow))\n"
    "engine.get_result(engine.submit_task(Task(SCRIPT, 9)), 60).data",
    "end": "engine.shutdown()\nengine.get_status()['engine']['is_running']",
}


@pytest.mark.slow
def test_a_notebook_submits_awaits_shows_progress_and_is_interrupted(
    script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR", "IPYTHONDIR"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    begun = tmp_path / "begun"
    names = (
        f"SCRIPT = {str(script('return params'))!r}\n"
        f"SLOW = {str(script('open(params, chr(119)).close(); time.sleep(1000)'))!r}\n"
        f"FILE = {str(begun)!r}\n"
    )
    outputs = asyncio.run(_run({**CELLS, "start": names + CELLS["start"]}, begun))
    assert outputs["start"] == ""
    assert outputs["one"] == "7"
    assert outputs["batch"] == "[0, 1, 2, 3, 4]"
    assert outputs["await"] == "8"
    assert "5/5" in outputs["progress"]
    assert outputs["progress"].endswith("10")
    assert outputs["interrupted"] == "KeyboardInterrupt"
    assert outputs["still there"] == "True\n9"
    assert outputs["end"] == "False"


async def _run(cells: dict[str, str], begun: Path) -> dict[str, str]:
    """Run a notebook, interrupt its kernel when the slow task has begun, and return what each cell shows."""
    new: Any = nbformat.v4
    notebook: Any = new.new_notebook(cells=[new.new_code_cell(text) for text in cells.values()])
    client: Any = NotebookClient(notebook, timeout=LONG_S, kernel_name="python3", allow_errors=True)
    async with client.async_setup_kernel():
        for number, name in enumerate(cells):
            running = asyncio.ensure_future(client.async_execute_cell(notebook.cells[number], number))
            if name == "interrupted":
                await eventually(begun.exists)
                await client.km.interrupt_kernel()
            await running
    return {name: _shown(cell.outputs) for name, cell in zip(cells, notebook.cells, strict=True)}


def _shown(outputs: list[Any]) -> str:
    texts = [
        each.get("ename") or each.get("text") or each.get("data", {}).get("text/plain", "")
        for each in outputs
    ]
    return "".join(texts).strip()
