import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.unit.balancer.lab import bench
from tests.unit.balancer.reported_waves import tree

pytestmark = pytest.mark.anyio


async def test_the_figures_are_those_of_the_lab() -> None:
    async with bench(tree(1)) as lab:
        await lab.get("/finn_ws")
        await lab.over("root-1")
        await lab.post("/rebalance")
        await lab.over("root-2")
        lab.balancer.lab.set_state("root", "up", 1, 0, None)
        answer = await lab.http.get("/metrics")
        assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
        found = {
            (sample.name, *sorted(sample.labels.values())): sample.value
            for family in text_string_to_metric_families(answer.text)
            for sample in family.samples
        }
        assert found["topowave_waves_total", "complete", "finn-lab"] == 1
        assert found["topowave_wave_messages_total", "finn-lab"] == 1
        assert found["topowave_wave_messages_total", "echo"] == 2
        assert found["topowave_nodes", "up"] == 1
        assert found["topowave_nodes", "starting"] == 1
        assert found["topowave_rebalance_rounds_total",] == 1
        assert found["topowave_waves_running",] == 0
        assert found["topowave_topology_version",] == 1
