"""A node's figures, as Prometheus reads them."""

from __future__ import annotations

import httpx
from prometheus_client.parser import text_string_to_metric_families

from tests.support.metrics import ACCEPT, openmetrics
from tests.support.waiting import eventually
from tests.unit.nodes.lab import client, running_lab, tree
from tests.unit.wire.loop import on_uvloop
from topowave.nodes.metrics import ENGINE_GAUGES, METRICS
from topowave.web.metrics_answer import PROCESS

Figures = dict[tuple[str, ...], float]


async def figures(http: httpx.AsyncClient, url: str) -> Figures:
    answer = await http.get(url)
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


@on_uvloop
async def test_the_figures_are_those_of_the_moment() -> None:
    async with running_lab(tree(1), task_time=60, probe_after=60.0) as lab, client() as http:
        await http.post(lab.url("root", "/add_task?count=5"))
        await lab.tell("root", lab.request("w-1"), lab.request("gone-1", sender=lab.ws("root0"), expires=1))
        await lab.until_exact("w-1", 2)
        await eventually(lambda: lab.task_counts().running == 2)  # of which the journal is the last to hear
        found = await figures(http, lab.url("root", "/metrics"))
        commits = found.pop(("topowave_node_journal_transactions_total",))
        assert commits == lab.node("root").tasks.journal.commits > 0
        own = {key: value for key, value in found.items() if key[0].startswith("topowave_node")}
        assert own == {
            ("topowave_node_info", "root", "root"): 1,
            ("topowave_node_load_cores",): 5,
            ("topowave_node_tasks", "assigned"): 3,
            ("topowave_node_tasks", "running"): 2,
            ("topowave_node_tasks", "moving"): 0,
            ("topowave_node_capacity_cores",): 2,
            ("topowave_node_tasks_completed_total",): 0,
            ("topowave_node_tasks_failed_total",): 0,
            ("topowave_node_tasks_cancelled_total",): 0,
            ("topowave_node_tasks_submitted_total",): 5,
            ("topowave_node_waves",): 1,
            ("topowave_node_late_frames_total",): 1,
        }


@on_uvloop
async def test_a_node_tells_only_what_its_table_says_and_as_openmetrics_to_who_asks_for_it() -> None:
    async with running_lab(tree(1)) as lab, client() as http:
        url = lab.url("root", "/metrics")
        answer = await http.get(url, headers={"accept": ACCEPT})
        assert answer.headers["content-type"].startswith("application/openmetrics-text; version=1.0.0")
        families = {family.name: family for family in openmetrics(answer.text)}
        described = {form.name.removesuffix("_total"): form for form in (*METRICS, *PROCESS)}
        assert set(families) <= set(described)
        for name, family in families.items():
            assert family.type == described[name].kind
            for sample in family.samples:
                assert set(sample.labels) <= set(described[name].all_labels)


@on_uvloop
async def test_the_engines_that_run_scripts_have_figures_and_a_health_once_they_are_needed() -> None:
    async with running_lab(tree(1)) as lab, client() as http:
        url = lab.url("root", "/metrics")
        assert not any(name.startswith("topowave_engine") for name, *_ in await figures(http, url))
        tasks = [
            {"script": "faulty", "params": {"value": 1}},
            {"script": "faulty", "params": {"reason": "killed"}},
            {"script": "faulty", "type": "io", "params": {"value": 2}},
        ]
        (await http.post(lab.url("root", "/tasks"), json={"tasks": tasks})).raise_for_status()

        counts = lab.node("root").queue.counts
        await lab.until(lambda: (counts().completed, counts().failed) == (2, 1))
        found = await figures(http, url)
        ends = {name[1:]: value for name, value in found.items() if name[0] == "topowave_engine_tasks_total"}
        assert {each: value for each, value in ends.items() if value} == {
            ("completed", "cpu"): 1,
            ("failed", "cpu"): 1,
            ("completed", "io"): 1,
        }
        assert found["topowave_engine_restarts_total", "cpu"] == 1
        for name in ENGINE_GAUGES:
            assert (f"topowave_engine_{name}", "cpu") in found
            assert (f"topowave_engine_{name}", "io") in found
        assert found["topowave_engine_workers", "io"] == 1
        engines = (await http.get(lab.url("root", "/health"))).json()["engines"]
        assert set(engines) == {"cpu", "io"}
        assert set(engines.values()) <= {"healthy", "degraded"}  # a worker may still be replaced
