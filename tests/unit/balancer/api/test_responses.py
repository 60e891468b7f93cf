"""What the balancer answers has the form that its description promises."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.balancer.lab import bench
from tests.unit.balancer.reported_waves import tree
from topowave.balancer.api.responses import (
    Health,
    Started,
    TaskCancelled,
    TaskHistory,
    Tasks,
    TasksAdded,
    Tree,
    Waves,
)
from topowave.balancer.round_results import Rebalanced
from topowave.balancer.waves.wave import WaveEvents, WaveResult

pytestmark = pytest.mark.anyio

OTHER_THAN_JSON = {
    "/metrics",
    "/experiments/{name}/files/{file}",
    "/experiments/{name}/pictures/{measure}",
}
"""What answers with texts and pictures."""


async def test_the_answers_have_the_forms_that_are_described() -> None:
    async with bench(tree(2), task_time=1000) as lab:
        Health.model_validate(await lab.get("/health"))
        added = TasksAdded.model_validate(await lab.post("/tasks", {"node": "root0", "count": 9}))
        assert len(Tasks.model_validate(await lab.get("/tasks?limit=5")).tasks) == 5
        history = TaskHistory.model_validate(await lab.get(f"/tasks/{added.tasks[-1]}")).history
        assert [event.node for event in history] == ["root0"]
        cancelled = (await lab.http.delete(f"/tasks/{added.tasks[-1]}")).raise_for_status().json()
        assert TaskCancelled.model_validate(cancelled).was == "assigned"
        Rebalanced.model_validate(await lab.post("/rebalance"))
        Tree.model_validate(await lab.get("/echo"))
        started = Started.model_validate(await lab.get("/finn_ws"))
        await lab.over(started.wave)
        WaveResult.model_validate(await lab.get(started.status_url))
        events = WaveEvents.model_validate(await lab.get(started.events_url))
        assert len(events.t_us) > 0
        assert (events.parents, events.began.state) == ([None, 0, 0], ["starting"] * 3)
        assert len(Waves.model_validate(await lab.get("/waves")).waves) >= 3


async def test_the_description_names_these_forms() -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        described: dict[str, Any] = await lab.get("/openapi.json")
        assert {"Wave", "Started", "Tree", "Snapshot", "Delta"} <= set(described["components"]["schemas"])
        for path, operations in described["paths"].items():
            if path == "/stream":
                continue  # a WebSocket: its frames stand there as what comes before an answer
            for operation in operations.values():
                assert {"4XX", "5XX"} <= set(operation["responses"])
                answers = [said for status, said in operation["responses"].items() if status[0] == "2"]
                assert answers
                for answer in answers:
                    if path in OTHER_THAN_JSON:
                        assert "application/json" not in answer["content"]
                        continue
                    (content,) = answer["content"].values()
                    named = content["schema"].get("items", content["schema"])
                    forms = named.get("anyOf", [named])
                    assert all("$ref" in form for form in forms), f"{path} does not say what it answers"
