"""The script tasks of a chaos run: what is submitted to which labs, and what is noted of each in the end."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import pytest

from topowave.experiments.chaos import script_load as module
from topowave.experiments.chaos.report import ChaosReport
from topowave.experiments.chaos.script_kinds import KINDS
from topowave.experiments.chaos.script_load import ScriptLoad
from topowave.experiments.chaos.session import ChaosSession
from topowave.experiments.chaos.target import ChaosNetwork, ChaosTarget

Answer = Callable[[httpx.Request], httpx.Response]


class Quiet:
    """Hears everything and says nothing."""

    def on_progress(self, elapsed_s: float, total_s: float) -> None: ...
    def on_event(self, elapsed_s: float, text: str) -> None: ...
    def on_last_fault(self) -> None: ...


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    monkeypatch.setattr(module, "SCRIPT_PAUSE_S", 0)


def run(cpu: Mapping[str, int], answer: Answer, orders: int) -> ChaosReport:
    """Submit so many orders to a lab that answers so, and look at what became of them."""
    report = ChaosReport(seed=1, intensity="low")

    async def load() -> None:
        names, settled = tuple(cpu), asyncio.Event()
        asked: list[httpx.Request] = []

        def noted(request: httpx.Request) -> httpx.Response:
            asked.append(request)
            if len(asked) == orders:
                settled.set()
            return answer(request)

        together = {name: (name,) for name in names}
        network = ChaosNetwork(1, names, names, together, cpu)
        target = ChaosTarget("", network, sum(cpu.values()), 0.1, 5.0, None)
        transport = httpx.MockTransport(noted)
        async with httpx.AsyncClient(transport=transport, base_url="http://lab") as http:
            session = ChaosSession(http, target, report, Quiet(), asyncio.Event())
            scripts = ScriptLoad(session, random.Random(1))
            await scripts.submit_until(settled)
            await scripts.count()

    asyncio.run(load())
    return report


class Lab:
    """Completes or fails each task as it is ordered to, and keeps the orders."""

    def __init__(self) -> None:
        self.orders: list[dict[str, Any]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            order = json.loads(request.content)
            self.orders.append(order)
            ids = [f"{len(self.orders) - 1}.{number}" for number in range(order["count"])]
            return httpx.Response(200, json={"tasks": [{"id": each, "node": "a"} for each in ids]})
        order = self.orders[int(request.url.path.rpartition("/")[2].partition(".")[0])]
        tries, reason = order["max_attempts"], order["params"].get("reason")
        told = ["assigned", "running"]
        if reason is None:
            told.append("completed")
        else:
            told += ["pending: to be tried again", "running"] * (tries - 1) + [f"failed: {reason}"]
        about = {"status": "failed" if reason else "completed", "attempts": told.count("running")}
        ends = {"result": None if reason else order["params"]["value"], "reason": reason, "error": reason}
        return httpx.Response(200, json={**about, **ends, "history": [{"what": what} for what in told]})


def test_scripts_of_many_kinds_are_submitted_and_each_is_looked_at() -> None:
    lab = Lab()
    report = run({"a": 4, "b": 1}, lab, 200)
    assert (report.wrong, report.scripts_refused) == ([], None)
    assert report.scripts_submitted == sum(order["count"] for order in lab.orders) > 200
    assert sum(sum(ends.values()) for ends in report.scripts.values()) == report.scripts_submitted
    assert {order["title"] for order in lab.orders} == {kind.name for kind in KINDS}
    assert {order["node"] for order in lab.orders if order["weight"] > 1 and "node" in order} == {"a"}


def test_a_lab_whose_nodes_have_one_core_gets_none_that_hold_two() -> None:
    lab = Lab()
    run({"a": 1, "b": 1}, lab, 200)
    assert {order["weight"] for order in lab.orders} == {1}


def test_a_lab_that_refuses_them_is_asked_once_and_told_of() -> None:
    asked: list[httpx.Request] = []

    def refuse(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(422, json={"detail": "faulty: no folder is allowed"})

    report = run({"a": 4}, refuse, 99)
    assert (len(asked), report.scripts_refused) == (1, "faulty: no folder is allowed")
    assert (report.held, report.scripts_submitted) == (True, 0)


def test_what_got_no_answer_is_counted_and_a_task_that_nobody_knows_any_more_is_lost() -> None:
    lab = Lab()

    def forgetful(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(404, json={})
        return httpx.Response(503) if len(lab.orders) == 1 else lab(request)

    report = run({"a": 4}, forgetful, 3)
    assert report.unanswered["tasks"] >= 2
    assert len(report.wrong) == report.scripts_submitted > 0
    assert all("is lost" in sentence for sentence in report.wrong)
