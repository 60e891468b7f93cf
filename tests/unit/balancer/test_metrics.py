"""The balancer's figures, as Prometheus reads them."""

from __future__ import annotations

import asyncio

import pytest
from prometheus_client.core import Metric
from prometheus_client.parser import text_string_to_metric_families as plain_text

from tests.support.metrics import ACCEPT, openmetrics
from tests.support.waiting import PATIENCE_S
from tests.unit.balancer.lab import Bench, bench
from tests.unit.balancer.reported_waves import topology, tree
from topowave.algorithms.waves.echo import Echo
from topowave.balancer.metric_forms import METRICS
from topowave.balancer.waves.record import WaveRecord
from topowave.balancer.waves.wave_counts import EXEMPLAR_CHARS
from topowave.web.metrics_answer import PROCESS

pytestmark = pytest.mark.anyio

Figures = dict[tuple[str, ...], float]


def figures(families: list[Metric]) -> Figures:
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


async def told(lab: Bench) -> list[Metric]:
    """Return what is told as OpenMetrics, which its parser finds right."""
    answer = await lab.http.get("/metrics", headers={"accept": ACCEPT})
    assert answer.headers["content-type"].startswith("application/openmetrics-text; version=1.0.0")
    return openmetrics(answer.text)


async def test_the_figures_are_those_of_the_lab() -> None:
    async with bench(tree(1)) as lab:
        await lab.get("/finn_ws")
        await lab.over("root-1")
        await lab.post("/rebalance")
        await lab.over("root-2")
        lab.balancer.lab.set_state("root", "up", 1, 0, None)
        answer = await lab.http.get("/metrics")
        assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
        found = figures(list(plain_text(answer.text)))
        assert found["topowave_waves_total", "finn-lab", "complete"] == 1
        assert found["topowave_wave_messages_sum", "finn-lab", "complete"] == 1
        assert found["topowave_wave_messages_sum", "echo", "complete"] == 2
        assert found["topowave_wave_messages_bucket", "echo", "10.0", "complete"] == 1
        assert found["topowave_wave_duration_seconds_count", "echo", "complete"] == 1
        assert found["topowave_nodes", "up"] == 1
        assert found["topowave_nodes", "starting"] == 1
        assert found["topowave_nodes", "inactive"] == 0
        assert found["topowave_alerts", "critical", "firing"] == 0
        assert found["topowave_capacity_cores",] == 4
        assert found["topowave_rebalance_rounds_total",] == 1
        assert found["topowave_waves_running",] == 0
        assert found["topowave_topology_version",] == 1
        assert found["topowave_lab_info", "least-loaded", "max-load-heap", lab.balancer.lab.title] == 1
        assert figures(await told(lab))["topowave_waves_total", "finn-lab", "complete"] == 1


async def test_a_wave_in_a_histogram_is_named_by_its_exemplar_and_one_with_too_long_a_name_is_not() -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        record = WaveRecord("root-1", Echo, topology(tree(1)), 1, bound=2, started=0.0)
        lab.balancer.wave_counts.add(record)
        (messages,) = [family for family in await told(lab) if family.name == "topowave_wave_messages"]
        exemplars = [sample.exemplar.labels for sample in messages.samples if sample.exemplar is not None]
        assert exemplars == [{"wave": record.id}]
        record.id = "x" * (EXEMPLAR_CHARS + 1)
        lab.balancer.wave_counts.add(record)
        await told(lab)


async def test_restarts_are_counted_also_of_nodes_that_have_left() -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        for restarts in (0, 2, 2):
            lab.balancer.lab.set_state("root0", "up", 1, restarts, None)
        lab.balancer.lab.replace(topology(tree()), 2)
        assert figures(await told(lab))["topowave_restarts_total",] == 2


async def test_all_that_is_told_is_in_the_table_with_its_kind_its_text_and_its_labels() -> None:
    async with bench(tree(1)) as lab:
        await lab.get("/finn_ws")
        await lab.over("root-1")
        described = {form.name.removesuffix("_total"): form for form in (*METRICS, *PROCESS)}
        families = {family.name: family for family in await told(lab)}
        assert set(families) == set(described)
        for name, form in described.items():
            family = families[name]
            assert family.type == form.kind
            if form in METRICS:
                assert family.documentation == form.text
            for sample in family.samples:
                assert sample.name in form.series
                assert set(sample.labels) | {"le"} == {*form.labels, "le"}


async def test_tasks_are_told_by_priority_and_by_category_as_the_figures_have_them() -> None:
    async with bench(tree(1), task_time=1000) as lab:
        await lab.post("/tasks", {"node": "root0", "count": 3, "priority": "high", "category": "a"})
        await lab.post("/tasks", {"node": "root0", "count": 2, "category": "b"})
        async with asyncio.timeout(PATIENCE_S):
            requests = (await lab.get("/figures"))["requests"]
            while requests["by_status"]["running"] < 2:  # a reading of some moments ago
                requests = (await lab.get("/figures"))["requests"]
        assert requests["by_status"]["assigned"] == 3
        found = figures(await told(lab))
        for label, groups in (("priority", requests["by_priority"]), ("category", requests["by_category"])):
            told_of = {key[1:]: n for key, n in found.items() if key[0] == f"topowave_{label}_tasks"}
            wanted = {(group, status): n for group, counts in groups.items() for status, n in counts.items()}
            assert told_of == wanted
        held = [found["topowave_category_tasks", "a", status] for status in ("running", "assigned")]
        assert sum(held) == 3


async def test_a_version_of_a_format_that_is_no_number_is_answered_in_the_usual_format() -> None:
    async with bench({"name": "a"}, run_nodes=False) as lab:
        for version in ("abc", "1.x", "-", ".."):
            answer = await lab.http.get(
                "/metrics", headers={"accept": f"application/openmetrics-text; version={version}"}
            )
            assert answer.is_success, version
            assert answer.headers["content-type"].startswith("text/plain"), version
