"""A process tells how many of its links are still to be opened: first, now and then, and after the last."""

from __future__ import annotations

import pytest

from tests.support.waiting import eventually
from tests.unit.wire.loop import on_uvloop
from topowave.nodes.links import openings as openings_module
from topowave.nodes.links.openings import Openings
from topowave.wire.observations import LinksOpening


@on_uvloop
async def test_it_is_told_when_links_are_to_be_opened_and_at_once_when_the_last_is() -> None:
    told: list[LinksOpening] = []
    openings = Openings(told.append)
    links = [openings.begin() for _ in range(3)]
    await eventually(lambda: told == [LinksOpening(links=3, left=3)])
    for link in links:
        link.end()
        link.end()  # an attempt ends once, however often it is said
    assert told[1:] == [LinksOpening(links=3, left=0)]
    assert openings.now == told[-1]


@on_uvloop
async def test_meanwhile_it_is_told_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openings_module, "OPENINGS_INTERVAL", 0.01)
    told: list[LinksOpening] = []
    openings = Openings(told.append)
    links = [openings.begin() for _ in range(5)]
    await eventually(lambda: len(told) == 1)
    for link in links[:3]:
        link.end()
    await eventually(lambda: told[1:] == [LinksOpening(links=5, left=2)])
    for link in links[3:]:
        link.end()
    assert told[2:] == [LinksOpening(links=5, left=0)]


@on_uvloop
async def test_what_waits_for_the_last_link_is_done_once() -> None:
    done: list[str] = []
    openings = Openings(lambda _: None)
    openings.when_over(lambda: done.append("nothing to open"))
    links = [openings.begin() for _ in range(2)]
    openings.when_over(lambda: done.append("both"))
    links[0].end()
    assert done == ["nothing to open"]
    links[1].end()
    openings.begin().end()
    assert done == ["nothing to open", "both"]


@on_uvloop
async def test_a_node_that_comes_later_opens_links_anew() -> None:
    told: list[LinksOpening] = []
    openings = Openings(told.append)
    openings.begin().end()
    openings.begin()
    await eventually(lambda: told[-1:] == [LinksOpening(links=2, left=1)])
