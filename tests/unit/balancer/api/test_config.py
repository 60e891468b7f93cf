import asyncio
import json
from typing import Any

import pytest

from tests.support.waiting import eventually
from tests.unit.balancer.lab import Bench, bench, told
from tests.unit.balancer.reported_waves import tree
from topowave.topology.config import running_settings
from topowave.topology.limits import MAX_REPLICAS, MAX_SCALE_WINDOW, MAX_TARGET_LOAD

pytestmark = pytest.mark.anyio

JSON = {"content-type": "application/json"}
USUAL = {
    "max_cpu": 75.0,
    "task_time": 10.0,
    "rebalance_interval": 0.0,
    "link_delay": 0.0,
    "wave_timeout": 60.0,
    "policy": "max-load-heap",
    "placement": "least-loaded",
    "discipline": "priority",
    "forecast": "none",
    "autoscale": "off",
    "min_replicas": 1,
    "max_replicas": 10,
    "target_load": 60.0,
    "scale_tolerance": 10.0,
    "scale_cooldown": 10.0,
    "scale_up_window": 0.0,
    "scale_down_window": 60.0,
}


async def changed(lab: Bench, **settings: float | str) -> dict[str, Any]:
    """Change settings, as the orchestrator allows; returns the answer."""
    asked = asyncio.ensure_future(lab.http.patch("/config", json=settings))
    request = await lab.orchestrator.asked()
    assert (request["kind"], request["settings"]) == ("configure", settings)
    now = running_settings(lab.balancer.lab.config) | settings
    lab.orchestrator.say(kind="config", settings=now)
    lab.orchestrator.say(kind="done", id=request["id"])
    answer: dict[str, Any] = (await asked).raise_for_status().json()
    return answer


async def test_settings_are_shown_and_changed_and_what_is_left_out_stays() -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        assert await lab.get("/config") == USUAL
        answer = await changed(lab, link_delay=300, task_time=2.5)
        assert answer == {
            "status": "ok",
            "settings": USUAL | {"link_delay": 300, "task_time": 2.5},
            "not_yet": [],
        }
        assert await lab.get("/config") == answer["settings"]
        assert (await lab.get("/status"))["task_time"] == 2.5


async def test_everybody_who_watches_gets_a_new_snapshot_and_reads_of_the_change() -> None:
    async with bench(tree(1), run_nodes=False) as lab, lab.connect("/stream") as page:
        first = await told(page)
        assert first["lab"]["link_delay"] == 0
        await changed(lab, link_delay=1000)
        frame = await told(page)
        while frame["type"] != "snapshot":
            frame = await told(page)
        assert (frame["lab"]["link_delay"], frame["version"]) == (1000, first["version"])
        assert frame["events"][-1]["text"] == "link_delay is 1000 ms from now on"


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        (
            {},
            "at least one of max_cpu, task_time, rebalance_interval, link_delay, wave_timeout, ",
        ),
        ({"link_delay": None}, "expected at least one of"),
        ({"link_delay": -1}, "greater than or equal to 0"),
        ({"link_delay": 10_001}, "less than or equal to 10000"),
        ({"link_delay": "300"}, "link_delay"),
        ({"link_delay": True}, "link_delay"),
        ({"wave_timeout": 0}, "greater than 0"),
        ({"page_port": 3001}, "page_port: only a new start changes it"),
        ({"link_delay": 3, "policy": "max-load-heep"}, 'policy: there is no policy "max-load-heep"; did you'),
        ({"policy": 3}, "policy"),
        ({"policy": "./mine.py:Mine"}, "there is no policy"),
        (
            {"placement": "randm"},
            'placement: there is no placement "randm"; did you mean "random"?; there are least-',
        ),
        (
            {"discipline": "lifo"},
            'discipline: there is no discipline "lifo"; there are fcfs, priority, edf, sjf',
        ),
        ({"autoscale": "on"}, "autoscale: Input should be 'off', 'measured' or 'forecast'"),
        (
            {"autoscale": "forecast"},
            "body: autoscale: autoscale is forecast, and forecast is none: ",
        ),
        ({"min_replicas": 11}, "body: min_replicas: min_replicas is 11, above max_replicas, which is 10"),
        ({"min_replicas": 5, "max_replicas": 4}, "min_replicas is 5, above max_replicas, which is 4"),
        ({"min_replicas": 0}, "min_replicas: Input should be greater than or equal to 1"),
        ({"max_replicas": MAX_REPLICAS + 1}, "max_replicas: Input should be less than or equal to 1000"),
        ({"max_replicas": 2.5}, "max_replicas: Input should be a valid integer"),
        ({"target_load": MAX_TARGET_LOAD + 1}, "target_load"),
        ({"target_load": 0}, "target_load"),
        ({"scale_tolerance": 91}, "scale_tolerance"),
        ({"scale_cooldown": -1}, "scale_cooldown"),
        ({"scale_down_window": MAX_SCALE_WINDOW + 1}, "scale_down_window"),
        ({"link_dely": 300}, 'link_dely: unknown key; did you mean "link_delay"?'),
        ({"\ud800": 300}, '"\\ud800": unknown key'),
        ([300], "valid dictionary"),
    ],
)
async def test_what_does_not_fit_or_cannot_change_is_refused_by_name(order: Any, reason: str) -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        refused = await lab.http.patch("/config", content=json.dumps(order), headers=JSON)
        assert refused.status_code == 422
        assert refused.headers["content-type"] == "application/problem+json"
        assert reason in refused.json()["detail"]
        assert await lab.get("/config") == USUAL


async def test_what_the_orchestrator_refuses_is_passed_on_and_changes_nothing() -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        asked = asyncio.ensure_future(lab.http.patch("/config", json={"link_delay": 300}))
        request = await lab.orchestrator.asked()
        lab.orchestrator.say(kind="refused", id=request["id"], problems=["the lab is stopping"])
        assert (await asked).status_code == 409
        assert await lab.get("/config") == USUAL


async def test_a_page_of_another_site_changes_nothing() -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        order = {"link_delay": 300}
        refused = await lab.http.patch("/config", json=order, headers={"origin": "http://evil.example"})
        assert refused.status_code == 403
        preflight = {"origin": "http://127.0.0.1:3", "access-control-request-method": "PATCH"}
        assert (
            "PATCH"
            in (await lab.http.options("/config", headers=preflight)).headers["access-control-allow-methods"]
        )


async def test_a_new_interval_of_rebalancing_begins_at_once() -> None:
    async with bench(tree(1)) as lab:  # which rebalances on request only
        await changed(lab, rebalance_interval=0.05)
        await eventually(lambda: lab.balancer.rebalancer.counts.rounds > 1)
        await changed(lab, rebalance_interval=0)
        async with asyncio.timeout(60):
            await lab.balancer.rebalancer.round()  # after the last one that was begun
        rounds = lab.balancer.rebalancer.counts.rounds
        await asyncio.sleep(0.2)  # what must not happen has its time
        assert lab.balancer.rebalancer.counts.rounds == rounds


async def test_a_wave_that_begins_later_has_the_time_that_slow_links_take() -> None:
    async with bench(tree(2), run_nodes=False, wave_timeout=0.05) as lab:
        await changed(lab, link_delay=10_000)
        slow = await lab.post("/waves", {"algorithm": "echo"})
        await changed(lab, link_delay=0)
        short = await lab.over((await lab.post("/waves", {"algorithm": "echo"}))["wave"])
        assert short["state"] == "incomplete"
        assert (await lab.get(f"/waves/{slow['wave']}"))["state"] == "running"
        texts = [event.text for event in lab.balancer.feed.between(0, lab.balancer.feed.last)]
        assert any("its time, 0.05 s, was over" in text for text in texts)
