"""A node's figures, as Prometheus reads them."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from tests.unit.nodes.lab import client, running_lab, tree
from tests.unit.wire.loop import on_uvloop


@on_uvloop
async def test_the_figures_are_those_of_the_moment() -> None:
    async with running_lab(tree(1), task_time=60) as lab, client() as http:
        await http.post(lab.url("root", "/add_task?count=5"))
        await lab.tell("root", lab.request("w-1"), lab.request("gone-1", sender=lab.ws("root0"), expires=1))
        await lab.until_exact("w-1", 2)
        answer = await http.get(lab.url("root", "/metrics"))
        assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
        found = {
            (sample.name, *sample.labels.values()): sample.value
            for family in text_string_to_metric_families(answer.text)
            for sample in family.samples
        }
        assert found == {
            ("topowave_node_tasks", "assigned"): 3,
            ("topowave_node_tasks", "running"): 2,
            ("topowave_node_tasks", "moving"): 0,
            ("topowave_node_cpu",): 2,
            ("topowave_node_tasks_completed_total",): 0,
            ("topowave_node_tasks_failed_total",): 0,
            ("topowave_node_tasks_cancelled_total",): 0,
            ("topowave_node_tasks_submitted_total",): 5,
            ("topowave_node_waves",): 1,
            ("topowave_node_late_frames_total",): 1,
        }
