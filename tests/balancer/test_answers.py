"""What the balancer answers has the form that its description promises."""

from __future__ import annotations

from typing import Any

import pytest

from balancer.answers import Health, Rebalanced, Started, TasksAdded, Tree, Wave, WaveEvents, Waves
from tests.balancer.lab import bench
from tests.balancer.waves import tree

pytestmark = pytest.mark.anyio


async def test_the_answers_have_the_forms_that_are_described() -> None:
    async with bench(tree(2), task_time=1000) as lab:
        Health.model_validate(await lab.get("/health"))
        TasksAdded.model_validate(await lab.post("/tasks", {"node": "root0", "count": 9}))
        Rebalanced.model_validate(await lab.post("/rebalance"))
        Tree.model_validate(await lab.get("/echo"))
        started = Started.model_validate(await lab.get("/finn_ws"))
        await lab.over(started.wave)
        Wave.model_validate(await lab.get(started.status_url))
        events = WaveEvents.model_validate(await lab.get(started.events_url))
        assert len(events.t_us) > 0
        assert len(Waves.model_validate(await lab.get("/waves")).waves) >= 3


async def test_the_description_names_these_forms() -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        described: dict[str, Any] = await lab.get("/openapi.json")
        assert {"Wave", "Started", "Tree"} <= set(described["components"]["schemas"])
        for operations in described["paths"].values():
            for operation in operations.values():
                assert {"4XX", "5XX"} <= set(operation["responses"])
