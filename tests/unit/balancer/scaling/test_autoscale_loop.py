"""Autoscaling in a lab: what it reads, what it wants, and what it says of it."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest

from tests.support.waiting import eventually
from tests.unit.balancer.lab import Bench, bench
from tests.unit.balancer.reported_waves import tree
from topowave.balancer.scaling import autoscale_loop
from topowave.forecasts import Outlook, Reading
from topowave.forecasts.base import Prediction
from topowave.wire.observations import Load

pytestmark = pytest.mark.anyio

ON: dict[str, Any] = {
    "autoscale": "measured",
    "min_replicas": 2,
    "max_replicas": 4,
    "target_load": 50.0,
    "scale_cooldown": 0.0,
    "scale_down_window": 0.0,
}


@pytest.fixture(autouse=True)
def looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(autoscale_loop, "AUTOSCALE_INTERVAL", 0.01)


def report(lab: Bench, **loads: int) -> None:
    """Let nodes be up with loads."""
    for name, load in loads.items():
        lab.balancer.lab.set_state(name, "up", 1, 0, None)
        lab.balancer.on_load(Load(name, load, 0, 0, 0, 0))


async def wanted(lab: Bench, replicas: int) -> None:
    """Keep a goal, as the orchestrator does, which must be so many nodes; other requests are not answered."""
    while (request := await lab.orchestrator.asked())["kind"] != "keep_goal":
        pass
    assert request["goal"]["replicas"] == replicas
    lab.orchestrator.say(kind="done", id=request["id"])
    await eventually(lambda: lab.balancer.scaling.goal.replicas == replicas)


def told(lab: Bench) -> list[str]:
    return [event.text for event in lab.balancer.feed.between(0, 999) if "Autoscaling" in event.text]


async def reason(lab: Bench, part: str) -> str:
    """Wait until the reason for the number of nodes has this in it; returns it."""
    autoscaling = lab.balancer.autoscaling
    found = await eventually(lambda: autoscaling.now, lambda now: now is not None and part in now.reason)
    assert found is not None
    return found.reason


async def test_the_load_is_read_once_all_nodes_have_reported_and_each_step_is_told_with_its_reason() -> None:
    async with bench(tree(1), run_nodes=False, **ON) as lab:
        report(lab, root=0)
        lab.balancer.lab.set_state("root0", "up", 1, 0, None)  # it has not reported yet
        await lab.balancer.autoscaling.look()
        off = (await lab.get("/deploy"))["autoscaling"]
        assert (off["mode"], off["load"], off["reason"], off["last_step"]) == ("measured", None, None, None)
        report(lab, root0=0)
        await wanted(lab, 2)  # from now on they are kept
        report(lab, root=6)
        await wanted(lab, 4)
        why = (
            "a load of 6 is 150 % of 4 cores, above the target of 50 %; it takes 6 nodes, and max_replicas "
            "is 4"
        )
        low = "a load of 0 is 0 % of 4 cores, below the target of 50 %; min_replicas is 2"
        assert told(lab) == [
            f"Autoscaling: 2 nodes are wanted, 2 are there: {low}",
            f"Autoscaling: 4 nodes are wanted, 2 are there: {why}",
        ]
        await reason(lab, "a load of 6 is 75 % of 8 cores, above the target of 50 %; max_replicas is 4")
        found = (await lab.get("/deploy"))["autoscaling"]
        last = found.pop("last_step")
        assert found.pop("sentences")["reason"]["code"] == "{what}; {why}"
        assert (last["before"], last["replicas"], last["reason"]) == (2, 4, why)
        assert found == {
            "mode": "measured",
            "min_replicas": 2,
            "max_replicas": 4,
            "target_load": 50.0,
            "load": 75.0,
            "reason": "a load of 6 is 75 % of 8 cores, above the target of 50 %; max_replicas is 4",
        }
        report(lab, root=0)  # and it ends before any of them has come
        await wanted(lab, 2)


async def test_what_autoscaling_would_undo_at_once_is_refused_with_the_way_out() -> None:
    async with bench(tree(1), run_nodes=False, **ON) as lab:
        report(lab, root=2, root0=0)
        await wanted(lab, 2)
        for replicas in (1, 5):
            refused = await lab.http.post("/deploy", json={"replicas": replicas})
            assert refused.status_code == 409
            assert refused.json()["detail"] == (
                f"autoscale is measured, and keeps 2 to 4 nodes, so {replicas} would not stay: change "
                "min_replicas or max_replicas, or set autoscale to off"
            )
        full: dict[str, Any] = ON | {"max_replicas": 2}
        async with bench(tree(1), run_nodes=False, **full) as other:
            refused = await other.http.post("/nodes", json={"name": "dill"})
            assert (refused.status_code, "so 3 would not stay" in refused.json()["detail"]) == (409, True)


async def test_while_it_is_off_nothing_is_read_or_wanted_and_any_number_may_be() -> None:
    async with bench(tree(1), run_nodes=False, max_replicas=2) as lab:
        report(lab, root=9, root0=9)
        lab.balancer.autoscaling.check(1000)
        lab.balancer.autoscaling.configured()
        lab.orchestrator.say(kind="config", settings={"autoscale": "measured"})
        await wanted(lab, 2)
        assert await reason(lab, "max_replicas is 2")
        lab.orchestrator.say(kind="config", settings={"autoscale": "off"})
        await eventually(lambda: lab.balancer.autoscaling.now is None)
        assert lab.balancer.autoscaling.load is None


async def test_a_goal_that_is_not_kept_is_tried_again_and_why_is_said() -> None:
    async with bench(tree(1), run_nodes=False, **ON) as lab:
        report(lab, root=1, root0=0)
        request = await lab.orchestrator.asked()
        lab.orchestrator.say(kind="refused", id=request["id"], problems=["the lab is stopping"])
        assert await reason(lab, "to want that failed: the lab is stopping")
        await wanted(lab, 2)
        assert len(told(lab)) == 1


async def test_it_goes_by_what_is_predicted_as_long_as_that_is_of_now() -> None:
    settings: dict[str, Any] = ON | {"autoscale": "forecast", "forecast": "last-value"}
    async with bench(tree(1), run_nodes=False, **settings) as lab:
        report(lab, root=2, root0=0)
        await wanted(lab, 2)
        assert await reason(lab, "50 % (measured, since the forecast has learnt too little)")
        forecasts = lab.balancer.rebalancer.forecasts
        root, other = (node.port for node in lab.topology.nodes)
        readings = tuple(Reading(port, 2, 2.0) for port in (root, other, 1))  # the last one has left
        said = Prediction(3.0, 2.0, 4.0, 1.0, cold=False)
        outlook = Outlook(readings, (said,) * 3, ())
        forecasts.report = replace(forecasts.report, outlook=outlook, learnt_s=time.monotonic() - 60)
        assert await reason(lab, "(measured, since the forecast is old)")
        lab.orchestrator.say(kind="config", settings={"rebalance_interval": 3600.0})
        await wanted(lab, 4)
        assert told(lab)[-1].endswith(
            "a load of 6 is 150 % of 4 cores, above the target of 50 %; it takes 6 nodes, and max_replicas "
            "is 4 (predicted by last-value; 2 are measured)"
        )
