"""The routes by which links come and go, with the orchestrator played by the test."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.unit.balancer.lab import Bench, bench

pytestmark = pytest.mark.anyio

CHAIN = {"name": "root", "children": [{"name": "amber", "children": [{"name": "basil"}]}, {"name": "cedar"}]}
MIXED = {"name": "root", "children": [{"name": "alien", "launch": False}, {"name": "amber"}]}


async def changed(lab: Bench) -> dict[str, Any]:
    """Carry out a change of the network; returns what was asked for."""
    request = await lab.orchestrator.asked()
    assert request["kind"] == "change"
    version = lab.balancer.lab.version + 1
    lab.orchestrator.say(kind="topology", topology=request["topology"], version=version, keeps=True)
    lab.orchestrator.say(kind="done", id=request["id"])
    return request


async def test_a_link_joins_the_running_network_and_leaves_it() -> None:
    async with bench(CHAIN, run_nodes=False) as lab:
        asked = asyncio.ensure_future(lab.http.post("/links", json={"a": "basil", "b": "root"}))
        request = await changed(lab)
        assert request["topology"][0]["links"] == [["root", "basil"]]
        answer = await asked
        assert answer.status_code == 201
        assert answer.json() == {"status": "ok", "a": "basil", "b": "root", "version": 2, "is_tree": False}
        again = await lab.http.post("/links", json={"a": "root", "b": "basil"})
        assert again.status_code == 409
        assert again.json()["detail"] == "root and basil are linked already, by an extra link"
        gone = asyncio.ensure_future(lab.http.delete("/links?a=root&b=basil"))
        assert "links" not in (await changed(lab))["topology"][0]
        assert (await gone).json() == {
            "status": "ok",
            "a": "root",
            "b": "basil",
            "version": 3,
            "is_tree": True,
        }
        assert (await lab.http.delete("/links?a=root&b=basil")).status_code == 404
        texts = [event.text for event in lab.balancer.feed.between(0, 999)]
        assert texts[-2:] == [
            "basil and root are linked now, as somebody asked",
            "root and basil are linked no more, as somebody asked",
        ]


@pytest.mark.parametrize(
    ("method", "a", "b", "status", "said"),
    [
        ("POST", "root", "nobody", 404, "there is no node 'nobody' in this topology"),
        ("POST", "amber", "amber", 409, "amber cannot be linked with itself"),
        ("POST", "root", "amber", 409, "root and amber are linked already, by the tree"),
        ("POST", "alien", "amber", 409, "alien is run by somebody else, and would not know of the change"),
        ("POST", "", "amber", 422, "a"),
        ("DELETE", "nobody", "root", 404, "there is no node 'nobody' in this topology"),
        ("DELETE", "amber", "amber", 404, "amber and amber are not linked"),
        ("DELETE", "amber", "root", 409, "amber hangs from root by this link, and would be cut off"),
        ("DELETE", "alien", "root", 409, "alien is run by somebody else"),
    ],
)
async def test_what_cannot_be_is_refused_in_words_and_nobody_is_asked(
    method: str, a: str, b: str, status: int, said: str
) -> None:
    async with bench(MIXED, run_nodes=False) as lab:
        ends = {"a": a, "b": b}
        refused = await lab.http.request(
            method,
            "/links",
            json=ends if method == "POST" else None,
            params=None if method == "POST" else ends,
        )
        assert refused.status_code == status
        assert said in refused.json()["detail"]
        assert lab.balancer.lab.version == 1
