"""What a lab says of itself: the page takes lists, formulas and limits from here."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.balancer.lab import bench
from tests.unit.balancer.reported_waves import topology, tree
from topowave.balancer.api.descriptions import described
from topowave.balancer.limits import GENERATED_NODES
from topowave.balancer.placements.registry import PLACEMENTS
from topowave.balancer.policies.registry import POLICIES
from topowave.balancer.waves.algorithm_catalog import AlgorithmCatalog
from topowave.examples import examples
from topowave.tasks.disciplines.registry import DISCIPLINES
from topowave.topology import SHAPES, Problems, generate
from topowave.wire.limits import ADD_TASKS, CUT_USUAL

pytestmark = pytest.mark.anyio


async def test_every_algorithm_is_described_in_words() -> None:
    found = {each.name: each for each in described(AlgorithmCatalog(topology(tree(2, 2))))}
    assert {"echo", "finn-lab", "finn-full"} <= set(found)
    echo = found["echo"]
    assert (echo.bound, echo.bound_kind, echo.bound_text) == (12, "exactly", "2|E|")
    assert echo.summary.startswith("Echo wave over any connected network")
    assert echo.refused == []


async def test_the_algorithms_are_told_with_what_they_promise_here() -> None:
    async with bench(tree(2, 2), run_nodes=False) as lab:
        found = {each["name"]: each for each in (await lab.get("/algorithms"))["algorithms"]}
        assert (found["finn-lab"]["bound"], found["finn-full"]["bound_kind"]) == (6, "at most")


async def test_every_shape_says_which_sizes_it_can_have_and_has_them() -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        shapes: list[dict[str, Any]] = await lab.get("/shapes")
    assert [shape["name"] for shape in shapes] == list(SHAPES)
    for shape in shapes:
        assert shape["summary"] == SHAPES[shape["name"]].summary
        (nodes,) = shape["parameters"]
        most = min(SHAPES[shape["name"]].nodes.maximum, GENERATED_NODES)
        assert (nodes["name"], nodes["maximum"]) == ("nodes", most)
        smallest = generate(shape["name"], nodes=nodes["minimum"], seed=1)
        assert len(smallest.nodes) == nodes["minimum"]
        with pytest.raises(Problems):
            generate(shape["name"], nodes=nodes["minimum"] - 1, seed=1)
        if nodes["default"] is not None:
            assert len(generate(shape["name"], seed=1).nodes) == nodes["default"]
        if nodes["power_of_two"]:
            with pytest.raises(Problems):
                generate(shape["name"], nodes=3 * nodes["minimum"], seed=1)
        else:
            generate(shape["name"], nodes=3 * nodes["minimum"], seed=1)


async def test_a_shape_is_seeded_if_and_only_if_a_seed_decides_its_links() -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        shapes: list[dict[str, Any]] = await lab.get("/shapes")
    for shape in shapes:
        size = 16 if shape["parameters"][0]["power_of_two"] else 15

        def links(seed: int, name: str = shape["name"], nodes: int = size) -> set[tuple[int, int]]:
            made = generate(name, nodes=nodes, seed=seed)
            number = {node.name: at for at, node in enumerate(made.nodes)}
            tree_links = [(node.parent, node.name) for node in made.nodes if node.parent is not None]
            return {(number[a], number[b]) for a, b in [*made.links, *tree_links]}

        assert (len({frozenset(links(seed)) for seed in range(6)}) > 1) == shape["seeded"], shape["name"]


async def test_the_policies_are_named_and_one_of_them_runs() -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        policies: list[dict[str, Any]] = await lab.get("/policies")
        assert [policy["name"] for policy in policies] == list(POLICIES)
        heap = POLICIES["max-load-heap"]
        assert {
            "name": "max-load-heap",
            "title": "Max-load heap",
            "summary": heap.summary,
            "source": heap.source,
            "settings": ["max_cpu"],
            "knows": heap.knows,
            "messages": heap.messages,
            "bound": heap.bound,
            "wins": heap.wins,
        } in policies
        assert (await lab.get("/status"))["policy"] == "max-load-heap"


async def test_the_shipped_scripts_are_named_where_tasks_may_run_them() -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        scripts: list[dict[str, str]] = await lab.get("/scripts")
        assert [script["name"] for script in scripts] == list(examples())
        assert all(script["summary"] and script["params"] for script in scripts)
    async with bench(tree(1), run_nodes=False, script_dirs=["/srv/scripts"]) as lab:
        assert await lab.get("/scripts") == []


async def test_the_limits_are_those_that_requests_are_held_to() -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        limits = await lab.get("/limits")
        assert limits["tasks_per_request"] == ADD_TASKS
        assert limits["cut_default_seconds"] == CUT_USUAL
        most = {"shape": "path", "nodes": limits["generated_nodes"] + 1}
        assert (await lab.http.post("/topology", json=most)).status_code == 422
        wanted = {"replicas": limits["deploy_nodes"] + 1}
        assert (await lab.http.post("/deploy", json=wanted)).status_code == 422
        more = {"node": "root", "count": limits["tasks_per_request"] + 1}
        assert (await lab.http.post("/tasks", json=more)).status_code == 422


async def test_the_placements_and_disciplines_are_named_and_the_settings_say_which_ones_hold() -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        for path, known, setting in (
            ("/placements", PLACEMENTS, "placement"),
            ("/disciplines", DISCIPLINES, "discipline"),
        ):
            found: list[dict[str, Any]] = await lab.get(path)
            assert [each["name"] for each in found] == list(known)
            assert all(each["summary"] and each["knows"] and each["wins"] for each in found)
            assert (await lab.get("/status"))[setting] in known
    assert {each["name"]: each["settings"] for each in found}["sjf"] == ["task_time"]


@pytest.mark.parametrize(
    "path",
    [
        "/algorithms",
        "/shapes",
        "/policies",
        "/placements",
        "/disciplines",
        "/forecasts",
        "/scripts",
        "/limits",
    ],
)
async def test_a_description_is_read_and_never_changed(path: str) -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        assert (await lab.http.get(path)).status_code == 200
        assert (await lab.http.post(path, json={})).status_code == 405
        # A page of another site may link here, but not read it.
        cross = {"origin": "http://evil.example"}
        answer = await lab.http.get(path, headers=cross)
        assert "access-control-allow-origin" not in answer.headers
