"""Our balancer and nodes with the lab course's own programs in one lab: what is said of it is true."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.support.course import CourseNode, Frame, send, served
from tests.support.waiting import eventually
from tests.unit.balancer.lab import Bench, bench

pytestmark = pytest.mark.anyio

INNER: dict[str, Any] = {
    "name": "root",
    "children": [
        {
            "name": "theirs",
            "launch": False,
            "cpu": 4,
            "children": [{"name": "below", "children": [{"name": "leaf"}]}, {"name": "beside"}],
        },
        {"name": "ours"},
    ],
}
LEAF: dict[str, Any] = {
    "name": "root",
    "children": [{"name": "ours"}, {"name": "theirs", "launch": False, "cpu": 4}],
}
ALL = ["below", "beside", "leaf", "ours", "root", "theirs"]


class Changed(CourseNode):
    """A course node whose answers are changed before they leave."""

    change: Callable[[Frame], Frame]

    async def send(self, url: str, frame: Frame) -> None:
        """Send a frame, an answer as it has been changed."""
        if frame["route"] != "echo_back":
            await super().send(url, frame)
            return
        frame = self.change(json.loads(json.dumps(frame | {"sender": f"http://localhost:{self.port}/ws"})))
        await send(url, frame)


@asynccontextmanager
async def lab_with(
    nested: dict[str, Any], kind: type[CourseNode] = CourseNode, **settings: Any
) -> AsyncGenerator[tuple[Bench, CourseNode]]:
    """Run a lab in which the course's node stands at its place."""
    async with bench(nested, **settings) as lab:
        spec = lab.topology.node("theirs")
        lab.listeners["theirs"].close()
        ports = [lab.topology.node(child).port for child in spec.children]
        node = kind("theirs", spec.port, spec.cpu, ports)
        async with served(node.app, node.port):
            yield lab, node


def names(tree: Frame) -> list[str]:
    """Return the names in a tree, sorted."""
    return sorted([tree["name"], *(name for child in tree["children"] for name in names(child))])


async def started(lab: Bench, path: str) -> dict[str, Any]:
    """Start a wave, and return it once it is over."""
    return await lab.over((await lab.get(path))["wave"])


@pytest.mark.slow
async def test_waves_through_a_course_node_are_complete_exact_and_the_only_ones() -> None:
    async with lab_with(INNER) as (lab, theirs):
        for number in range(1, 6):
            assert names(await lab.get("/echo")) == ALL
            wave = await lab.over(f"root-{2 * number - 1}")
            assert (wave["state"], wave["messages"], wave["missing"]) == ("complete", 10, [])
            wave = await started(lab, "/finn_ws")
            assert (wave["state"], wave["messages"], wave["mistakes"]) == ("complete", 5, [])
            assert sorted(wave["deciders"]) == [name for name in ALL if name != "theirs"]
        assert theirs.load == 5
        waves = (await lab.get("/waves"))["waves"]
        assert [wave["id"] for wave in waves] == [f"root-{number}" for number in range(1, 11)]


@pytest.mark.slow
async def test_rounds_of_rebalancing_run_through_a_course_node_beside_other_waves() -> None:
    async with lab_with(INNER, task_time=1000.0) as (lab, theirs):
        await lab.post("/tasks", {"node": "leaf", "count": 30})
        told = await lab.post("/rebalance")
        assert (told["status"], told["failed"]) == ("ok", 0)
        assert theirs.load == sum(m["moved"] for m in told["moves"] if m["receiver"] == "theirs") > 0
        found = await asyncio.gather(*(started(lab, "/echo_ws") for _ in range(5)))
        assert [wave["state"] for wave in found] == ["complete"] * 5, [w["witnesses"] for w in found]
        purposes = [wave["purpose"] for wave in (await lab.get("/waves"))["waves"]]
        assert purposes == ["rebalance", *[None] * 5]


async def test_the_load_of_a_foreign_node_is_what_it_last_reported_and_only_what_is_known_counts() -> None:
    async with bench(LEAF) as lab:
        lab.orchestrator.say(kind="node", name="root", state="up")
        lab.orchestrator.say(kind="node", name="ours", state="up")
        await eventually(lambda: lab.balancer.lab.known() == (2, 2))
        spec = lab.topology.node("theirs")
        lab.listeners["theirs"].close()
        node = CourseNode("theirs", spec.port, spec.cpu, load=6)
        async with served(node.app, node.port):
            await lab.get("/echo")
            health = await lab.get("/health")
            assert (health["nodes"], health["nodes_up"]) == (3, 3)
            theirs = (await lab.get("/status"))["nodes"][2]
            assert (theirs["state"], theirs["running"], theirs["assigned"]) == ("foreign", 4, 2)
        await lab.get("/echo")  # it is gone, and what it last said stays
        health = await lab.get("/health")
        assert (health["nodes"], health["nodes_up"]) == (2, 2)
        assert (await lab.get("/status"))["load"] == 6


def changed_payload(**fields: Any) -> Callable[[Frame], Frame]:
    """Return what changes a report."""
    return lambda frame: frame | {"payload": frame["payload"] | fields}


def changed(**fields: Any) -> Callable[[Frame], Frame]:
    """Return what changes an answer."""
    return lambda frame: frame | fields


def without_children(frame: Frame) -> Frame:
    """Leave the children out."""
    del frame["payload"]["children"]
    return frame


def without_sender(frame: Frame) -> Frame:
    """Leave the sender out."""
    del frame["sender"]
    return frame


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (without_children, "missing required field `children`"),
        (changed_payload(load=1.5), "got `float` - at `$.payload.load`"),
        (changed_payload(port="8100"), "got `str` - at `$.payload.port`"),
        (changed_payload(cpu=0), "at `$.payload.cpu`"),
        (changed_payload(name="somebody"), "a report in the name of 'somebody'"),
        (without_sender, "answered with no sender"),
        (changed(sender=""), "answered with no sender"),
        (changed(sender="ws://localhost:9/ws"), "the sender 'ws://localhost:9/ws'"),
        (changed(purpose="tea"), "the purpose 'tea'; it was asked with None"),
        (changed(purpose=7), "at `$.purpose`"),
    ],
)
async def test_a_foreign_node_that_answers_badly_is_named_with_the_reason(
    change: Callable[[Frame], Frame], reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    kind = type("Bad", (Changed,), {"change": staticmethod(change)})
    async with lab_with(LEAF, kind, wave_timeout=60.0) as (lab, _):
        wave = await started(lab, "/echo_ws")
        assert (wave["state"], wave["missing"]) == ("incomplete", ["theirs"])
        (mistake,) = wave["mistakes"]
        assert mistake.startswith("theirs answered with ")
        assert reason in mistake
        assert mistake in caplog.text
        await eventually(lambda: any(mistake in event.text for event in lab.balancer.feed.between(0, 99)))


@pytest.mark.slow
async def test_a_foreign_node_that_sends_a_bad_packet_on_is_named_in_the_wave() -> None:
    class BadFinn(CourseNode):
        async def send(self, url: str, frame: Frame) -> None:
            await super().send(url, frame | {"inc": ["8000"]} if frame["route"] == "finn" else frame)

    async with lab_with(INNER, BadFinn, wave_timeout=4.0) as (lab, _):
        wave = await started(lab, "/finn_ws")
        assert (wave["state"], sorted(wave["missing"])) == ("incomplete", ["below", "beside", "leaf"])
        assert wave["mistakes"] == [
            "theirs sent what is no finn frame: Expected `int`, got `str` - at `$.inc[0]`"
        ]
        assert len((await lab.get("/waves"))["waves"]) == 1
