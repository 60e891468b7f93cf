"""A real lab with the lab course's own node in its tree, and the course's page beside it."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from tests.support.course import CourseNode, CoursePage, served
from tests.support.live_lab import ASKING, PATIENT, LiveLab, live_lab
from tests.support.waiting import PATIENCE_S

TREE: dict[str, Any] = {
    "name": "root",
    "port": 1,
    "cpu": 4,
    "children": [
        {
            "name": "theirs",
            "port": 2,
            "cpu": 4,
            "launch": False,
            "children": [{"name": "below", "port": 3, "cpu": 4, "children": []}],
        },
        {"name": "ours", "port": 4, "cpu": 4, "children": []},
    ],
}
PAGE = "http://localhost:3000"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveLab]:
    folder = tmp_path_factory.mktemp("lab")
    file = folder / "wanted.json"
    file.write_text(json.dumps(TREE), "utf-8")
    settings: dict[str, Any] = PATIENT | {"rebalance_interval": 0, "task_time": 600, "page": False}
    with live_lab(folder, file, allow_origins=[PAGE], **settings) as running:
        yield running


def names(tree: dict[str, Any]) -> set[str]:
    """Return the names in a tree."""
    return {tree["name"], *(name for child in tree["children"] for name in names(child))}


def test_the_course_page_draws_the_tree_with_the_course_node_in_it(lab: LiveLab) -> None:
    async def draw() -> list[set[str]]:
        spec = lab.topology.node("theirs")
        node = CourseNode("theirs", spec.port, spec.cpu, [lab.topology.node("below").port])
        page = CoursePage(lab.balancer_port, PAGE)
        async with served(node.app, node.port), page.opened() as connection:
            return [names(await page.refresh(connection)) for _ in range(3)]

    assert asyncio.run(draw()) == [{"root", "theirs", "below", "ours"}] * 3
    waves = lab.until(
        lambda: lab.get("/waves")["waves"], lambda found: all(w["state"] != "running" for w in found)
    )
    assert [(wave["state"], wave["messages"]) for wave in waves] == [("complete", 6)] * 3


def test_other_pages_stay_outside(lab: LiveLab) -> None:
    async def listen(origin: str) -> None:
        async with CoursePage(lab.balancer_port, origin).opened():
            pass

    with pytest.raises(InvalidStatus, match="HTTP 403"):
        asyncio.run(listen("http://localhost:3001"))
    answer = httpx.get(
        f"{lab.balancer}/echo_ws",
        headers={"origin": f"http://localhost:{lab.page_port}"},
        trust_env=False,
        timeout=PATIENCE_S,
    )
    assert answer.status_code == 403
    node = f"http://localhost:{lab.topology.root.port}/specs"
    allowed = httpx.get(node, headers={"origin": PAGE}, **ASKING)
    assert allowed.headers["access-control-allow-origin"] == PAGE


def test_the_page_s_port_is_free_and_the_docs_work_without_it(lab: LiveLab) -> None:
    with socket.socket() as own:
        own.bind(("127.0.0.1", lab.page_port))
    for port in (lab.balancer_port, lab.topology.root.port):
        docs = httpx.get(f"http://localhost:{port}/docs", **ASKING).text
        assert f"http://localhost:{lab.balancer_port}/swagger-ui/" in docs
