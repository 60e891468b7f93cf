"""`GET /sd`: whose metrics Prometheus may read, as its HTTP service discovery asks."""

from __future__ import annotations

import pytest

from tests.unit.balancer.lab import bench
from tests.unit.balancer.reported_waves import tree
from topowave.balancer.api.metrics import TargetGroup
from topowave.topology.node import Place

pytestmark = pytest.mark.anyio


WITH_FOREIGN = {
    "name": "root",
    "children": [{"name": "ours", "role": "gpu"}, {"name": "theirs", "launch": False}],
}


async def test_the_balancer_and_its_nodes_are_targets_with_labels() -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        answer = await lab.http.get("/sd")
        assert answer.headers["content-type"] == "application/json"
        found = [TargetGroup.model_validate(group) for group in answer.json()]
        title = {"__meta_topowave_lab": lab.balancer.lab.title}
        ports = [node.port for node in lab.topology.nodes]
        assert found == [
            TargetGroup(
                targets=[f"127.0.0.1:{lab.config.balancer_port}"], labels=title | {"component": "balancer"}
            ),
            TargetGroup(
                targets=[f"127.0.0.1:{ports[0]}"],
                labels=title | {"component": "node", "node": "root", "role": "root"},
            ),
            TargetGroup(
                targets=[f"127.0.0.1:{ports[1]}"],
                labels=title | {"component": "node", "node": "root0", "role": "leaf"},
            ),
        ]


async def test_programs_of_others_are_no_targets() -> None:
    async with bench(WITH_FOREIGN, run_nodes=False) as lab:
        labels = [group["labels"] for group in await lab.get("/sd")]
        assert [each.get("node") for each in labels] == [None, "root", "ours"]
        assert labels[2]["role"] == "gpu"


async def test_who_runs_a_node_on_another_host_is_a_label() -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        place = Place("east", "192.0.2.7", 8123)
        lab.balancer.lab.replace(lab.topology.with_places({"root0": place}), 2)
        group = (await lab.get("/sd"))[2]
        assert group["targets"] == ["192.0.2.7:8123"]
        assert group["labels"]["agent"] == "east"


async def test_a_lab_on_all_addresses_is_read_at_the_one_that_prometheus_reaches() -> None:
    async with bench(tree(1), run_nodes=False, host="0.0.0.0") as lab:
        headers = {"host": f"localhost:{lab.config.balancer_port}"}
        groups = (await lab.http.get("/sd", headers=headers)).json()
        assert [group["targets"][0].partition(":")[0] for group in groups] == ["localhost"] * 3
