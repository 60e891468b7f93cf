"""What a lab tells of its forecast: the models, their scores, and what is predicted of each node."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from tests.support.waiting import eventually
from tests.unit.balancer.api.test_config import changed
from tests.unit.balancer.lab import bench
from tests.unit.balancer.reported_waves import tree
from topowave.balancer.policies.base import LoadView, Move
from topowave.balancer.policies.predictive import Predictive
from topowave.balancer.policy_rounds import PolicyRounds
from topowave.forecasts import FORECASTS
from topowave.forecasts.limits import COLD_INTERVALS, COVERAGE
from topowave.forecasts.moving_average import MovingAverage

pytestmark = pytest.mark.anyio


async def test_the_forecasts_are_named_and_none_predicts_unless_one_is_chosen() -> None:
    async with bench(tree(2), run_nodes=False) as lab:
        told = await lab.get("/forecasts")
        assert [model["name"] for model in told["models"]] == list(FORECASTS)
        assert all(model["summary"] and model["source"] and model["wins"] for model in told["models"])
        assert all(model["missing"] is None and model["score"] is None for model in told["models"][:3])
        assert (told["forecast"], told["rounds"], told["nodes"]) == ("none", 0, [])
        assert (await lab.get("/status"))["forecast"] == "none"


async def test_a_round_predicts_and_the_policy_and_its_record_have_it() -> None:
    seen: list[Sequence[float] | None] = []

    class Sees(Predictive):
        def plan(self, view: LoadView) -> list[Move]:
            seen.append(view.forecast)
            return super().plan(view)

    async with bench(tree(2), task_time=1000.0, forecast="last-value", policy="predictive") as lab:
        lab.balancer.rebalancer.rounds = PolicyRounds(lab.balancer.lab.config, {Sees.name: Sees})
        await lab.post("/tasks", {"node": "root1", "count": 12})
        await eventually(lambda: lab.balancer.lab.status["root1"].load == 12)
        assert (await lab.post("/rebalance"))["moved"] == 8
        told = await lab.get("/forecasts")
        assert (told["forecast"], told["rounds"], told["coverage"]) == ("last-value", 1, COVERAGE)
        by_name = {node["node"]: node for node in told["nodes"]}
        assert (by_name["root1"]["load"], by_name["root1"]["mean"], by_name["root"]["mean"]) == (12, 12, 0)
        assert by_name["root1"]["low"] <= 12 <= by_name["root1"]["high"]
        assert (by_name["root1"]["cold"], by_name["root1"]["bottleneck"]) == (True, False)
        assert seen == [(0, 0, 12)]
        (kept,) = (await lab.get("/rebalancing/rounds"))["rounds"]
        assert kept["forecast"] == kept["loads"] == [0, 0, 12]
        one = await lab.get("/forecasts?node=root1")
        assert one == told | {"nodes": [by_name["root1"]]}
        assert (await lab.http.get("/forecasts?node=nobody")).status_code == 404


async def test_models_are_scored_beside_each_other_and_what_moved_is_no_error_of_theirs() -> None:
    async with bench(tree(2), task_time=1000.0, forecast="moving-average") as lab:
        await lab.post("/tasks", {"node": "root1", "count": 12})
        await eventually(lambda: lab.balancer.lab.status["root1"].load == 12)
        for _ in range(COLD_INTERVALS + 3):
            await lab.post("/rebalance")
        told = await lab.get("/forecasts")
        scores = {model["name"]: model["score"] for model in told["models"]}
        assert scores["moving-average"]["values"] == scores["last-value"]["values"] > 0
        assert (scores["last-value"]["error"], scores["last-value"]["coverage"]) == (0, 1)
        assert scores["last-value"]["better"] is None


async def test_a_forecast_is_chosen_while_the_lab_runs_and_refused_by_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with bench(tree(1), forecast="last-value") as lab:
        await lab.post("/rebalance")
        await changed(lab, forecast="moving-average")
        told = await lab.get("/forecasts")
        assert (told["forecast"], told["rounds"]) == ("moving-average", 0)
        await lab.post("/rebalance")
        assert (await lab.get("/status"))["forecast"] == "moving-average"
        assert (await lab.get("/forecasts"))["rounds"] == 1
        text = "it needs what is not installed"

        def missing(_: type[MovingAverage]) -> str:
            return text

        monkeypatch.setattr(MovingAverage, "missing", classmethod(missing))
        refusals: dict[str, Any] = {
            "movin-average": 'there is no forecast "movin-average"; did you mean "moving-average"?',
            "moving-average": f"body: forecast: {text}",
        }
        for name, words in refusals.items():
            refused = await lab.http.patch("/config", json={"forecast": name})
            assert (refused.status_code, words in refused.json()["detail"]) == (422, True)
        assert (await lab.get("/forecasts"))["models"][1]["missing"] == text
        await changed(lab, forecast="none")
        assert (await lab.get("/forecasts"))["nodes"] == []
