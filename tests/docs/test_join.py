"""The programs of the how-to for other languages are whole: each is a node of a lab, as the page says."""

from __future__ import annotations

import asyncio
import re
import shutil
import socket
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.docs.examples import ROOT
from tests.support.live_lab import PATIENT
from tests.support.waiting import eventually
from tests.unit.balancer.lab import Bench, bench

pytestmark = pytest.mark.anyio

PAGE = (ROOT / "docs" / "how-to" / "join-with-another-language.md").read_text("utf-8")
INNER: dict[str, Any] = {
    "name": "root",
    "cpu": 4,
    "children": [
        {"name": "mine", "launch": False, "cpu": 4, "children": [{"name": "below"}]},
        {"name": "ours"},
    ],
}
PROGRAMS = {"my_node.py": sys.executable, "my_node.js": shutil.which("node") or "node"}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@asynccontextmanager
async def program(lab: Bench, file: str, folder: Path) -> AsyncGenerator[int]:
    """Run a program of the page at its place in the lab; yields its port."""
    (source,) = re.findall(rf"^```\w+ {file}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    (folder / file).write_text(source, "utf-8")
    spec = lab.topology.node("mine")
    lab.listeners["mine"].close()
    ports = [str(lab.topology.node(child).port) for child in spec.children]
    process = await asyncio.create_subprocess_exec(
        PROGRAMS[file], str(folder / file), "mine", str(spec.port), *ports
    )
    try:
        await eventually(lambda: process.returncode is not None or _listens(spec.port))
        assert process.returncode is None
        yield spec.port
    finally:
        process.terminate()
        await process.wait()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("file", PROGRAMS)
async def test_a_program_of_the_page_is_a_whole_node(file: str, tmp_path: Path) -> None:
    async with bench(INNER, task_time=1000.0, **PATIENT) as lab, program(lab, file, tmp_path) as port:
        wave = await lab.over((await lab.get("/finn_ws"))["wave"])
        assert (wave["state"], wave["messages"], wave["mistakes"]) == ("complete", 3, [])
        for _ in range(3):
            tree = await lab.get("/echo")
            mine = next(child for child in tree["children"] if child["name"] == "mine")
            assert (mine["load"], mine["children"][0]["name"], tree.get("missing")) == (1, "below", None)
        # It takes tasks in a round of rebalancing, and gives them.
        await lab.post("/tasks", {"node": "root", "count": 20})
        told = await lab.post("/rebalance")
        taken = sum(move["moved"] for move in told["moves"] if move["receiver"] == "mine")
        assert (told["status"], told["failed"]) == ("ok", 0)
        assert taken > 1
        target = lab.topology.node("below").port
        for left in range(taken, -1, -1):
            answer = await lab.http.post(f"http://127.0.0.1:{port}/rebalance?target={target}&count=5")
            assert answer.json() == {"status": "ok", "moved": 1}, left
        answer = await lab.http.post(f"http://127.0.0.1:{port}/rebalance?target={target}")
        assert answer.json() == {"status": "error"}
