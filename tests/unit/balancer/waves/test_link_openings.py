"""A wave waits until the links between the nodes are open, or is refused with how far they are."""

from __future__ import annotations

import asyncio
import json

import pytest

from tests.support.waiting import eventually
from tests.unit.balancer.lab import bench
from tests.unit.balancer.reported_waves import tree
from topowave.balancer import limits
from topowave.balancer.waves.link_openings import LinkOpenings
from topowave.web.problem_details import Problem
from topowave.wire.observations import LinksOpening

pytestmark = pytest.mark.anyio


def waits(openings: LinkOpenings) -> asyncio.Task[None]:
    return asyncio.get_running_loop().create_task(openings.over())


def report(links: int, left: int) -> str:
    return json.dumps({"about": "nodes", "opening": {"links": links, "left": left}})


def known_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "OPENING_KNOWN", 0.0)


async def test_nobody_waits_where_no_link_is_being_opened() -> None:
    openings = LinkOpenings(lambda _: None)
    await openings.over()
    openings.note("a", LinksOpening(links=3, left=0))
    await openings.over()
    assert (openings.links, openings.left) == (0, 0)


async def test_a_wave_waits_for_the_links_of_all_processes() -> None:
    openings = LinkOpenings(lambda _: None)
    openings.note("a", LinksOpening(links=3, left=1))
    openings.note("b", LinksOpening(links=2, left=2))
    waiting = waits(openings)
    openings.note("a", LinksOpening(links=3, left=0))
    await asyncio.sleep(0)
    assert (waiting.done(), openings.links, openings.left) == (False, 5, 2)
    openings.note("b", LinksOpening(links=2, left=0))
    await waiting


async def test_the_links_of_a_process_that_leaves_are_not_waited_for() -> None:
    openings = LinkOpenings(lambda _: None)
    openings.note("a", LinksOpening(links=3, left=1))
    waiting = waits(openings)
    openings.forget("a")
    openings.forget("a")
    await waiting


async def test_how_far_they_are_is_said_and_how_long_it_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    known_at_once(monkeypatch)
    told: list[str] = []
    openings = LinkOpenings(told.append)
    openings.note("a", LinksOpening(links=36_000, left=36_000))
    assert openings.progress() == "0 of 36,000 connections between the nodes are open"
    openings.note("a", LinksOpening(links=36_000, left=35_000))
    await asyncio.sleep(0.01)
    openings.note("a", LinksOpening(links=36_000, left=34_000))
    seconds = openings.seconds_left
    assert seconds is not None
    assert seconds > 0.3  # thirty-four times what a thousand took
    assert openings.progress().startswith("2,000 of 36,000 connections between the nodes are open, about ")
    openings.note("a", LinksOpening(links=36_000, left=0))
    assert told[0].endswith("; waves begin then")
    assert told[-1].startswith("All 36,000 connections between the nodes are open, after ")
    assert len(told) == 2


async def test_a_wave_that_would_wait_too_long_is_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    known_at_once(monkeypatch)
    openings = LinkOpenings(lambda _: None)
    openings.note("a", LinksOpening(links=2_000_000_000, left=1_999_999_999))
    await asyncio.sleep(0.01)
    openings.note("a", LinksOpening(links=2_000_000_000, left=1_999_999_998))
    with pytest.raises(Problem, match=r"connections between the nodes are open, about .* s to go") as refused:
        await openings.over()
    assert refused.value.status == 503
    assert int((refused.value.headers or {})["Retry-After"]) > limits.LINKS_WAIT


async def test_who_waits_is_told_when_the_lab_stops() -> None:
    openings = LinkOpenings(lambda _: None)
    openings.note("a", LinksOpening(links=2, left=1))
    waiting = waits(openings)
    await asyncio.sleep(0)
    openings.close()
    with pytest.raises(Problem, match="the lab stops"):
        await waiting


async def test_the_time_of_a_wave_counts_from_when_the_links_are_open() -> None:
    async with bench(tree(1)) as lab, lab.connect("/observe") as process:
        await process.send(report(8, 6))
        await eventually(lambda: lab.balancer.link_openings.left == 6)
        said = (await lab.get("/status"))["links_opening"]
        assert said["connections"] - said["open"] == 6  # the lab's own may be among both
        assert said["seconds_left"] is None
        assert (await lab.get("/health"))["links_opening"] == said
        asked = asyncio.create_task(lab.get("/echo"))
        started = asyncio.create_task(lab.post("/waves", {"algorithm": "finn-full"}))
        assert (await lab.get("/status"))["waves_running"] == 0
        await process.send(report(8, 0))
        assert (await asked)["name"] == "root"
        assert (await lab.over((await started)["wave"]))["state"] == "complete"
        assert (await lab.get("/status"))["links_opening"] is None


async def test_a_wave_for_which_the_links_are_not_open_in_time_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "LINKS_WAIT", 0.05)
    async with bench(tree(1), run_nodes=False) as lab, lab.connect("/observe") as process:
        await process.send(report(36_028, 23_456))
        await eventually(lambda: lab.balancer.link_openings.left)
        answer = await lab.http.get("/echo")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        assert answer.json()["detail"] == (
            "12,572 of 36,028 connections between the nodes are open; try again in 1 s"
        )
        assert lab.balancer.waves.running == 0
