"""A node that is cut off takes part in nothing, answers people, and takes part again by itself."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from starlette.websockets import WebSocket
from websockets.exceptions import ConnectionClosed

from tests.support.waiting import eventually
from tests.unit.nodes.foreign import joining
from tests.unit.nodes.lab import client, names, running_lab, tree
from tests.unit.wire.loop import failures_of, on_uvloop
from topowave.nodes.links import partition
from topowave.wire import limits

QUICK: dict[str, Any] = {"wave_timeout": 30.0, "probe_after": 0.1, "probe_timeout": 2.0}


@on_uvloop
async def test_waves_go_on_without_a_node_that_is_cut_off_until_its_links_mend() -> None:
    async with running_lab(tree(2, 1), **QUICK) as lab:
        await lab.tell("root", lab.request("w-1"))
        await lab.brought("w-1")
        lab.node("root0").partition.begin(limits.CUT_MOST)
        await lab.tell("root", lab.request("w-2"))
        assert names(await lab.brought("w-2")) == ["root", "root1", "root10"]
        lab.node("root0").partition.end()
        await lab.tell("root", lab.request("w-3"))
        assert names(await lab.brought("w-3")) == ["root", "root0", "root00", "root1", "root10"]
        await lab.until_exact("w-3", 8)


@on_uvloop
async def test_a_wave_that_is_under_way_gives_the_node_up_at_once_and_not_at_its_deadline() -> None:
    async with running_lab(tree(1, 1), absent=["root00"], wave_timeout=60.0, probe_after=50.0) as lab:
        await lab.tell("root", lab.request("w-1"))
        await lab.until(lambda: lab.count("w-1", "receive") == 1)  # root0 waits for its child
        lab.node("root0").partition.begin(limits.CUT_MOST)
        assert names(await lab.brought("w-1")) == ["root"]


@on_uvloop
async def test_people_are_answered_all_the_while_and_the_time_passes_by_itself() -> None:
    async with running_lab(tree(1)) as lab, client() as http:
        cut = {"seconds": limits.CUT_MOST}
        answer = await http.post(lab.url("root0", "/cut"), params=cut)
        assert answer.json() == {"status": "ok"} | cut
        assert lab.node("root0").partition.active
        await eventually(lambda: lab.loads["root0"].cut)
        assert (await http.get(lab.url("root0", "/health"))).is_success
        await http.post(lab.url("root0", "/cut"), params={"seconds": limits.CUT_LEAST})
        await eventually(lambda: not lab.node("root0").partition.active)
        await eventually(lambda: not lab.loads["root0"].cut)


@pytest.mark.parametrize("seconds", [0, limits.CUT_LEAST / 2, limits.CUT_MOST + 1, "nan", "long"])
def test_a_time_that_is_none_or_too_long_is_refused(seconds: float | str) -> None:
    @on_uvloop
    async def ask() -> None:
        async with running_lab(tree(1)) as lab, client() as http:
            answer = await http.post(lab.url("root0", "/cut"), params={"seconds": seconds})
            assert answer.status_code == 422
            assert not lab.node("root0").partition.active

    ask()


@on_uvloop
async def test_a_second_cut_counts_from_now_and_who_speaks_as_a_neighbour_is_hung_up_on() -> None:
    async with running_lab(tree(1)) as lab:
        cut = lab.node("root0").partition
        cut.begin(limits.CUT_LEAST)
        cut.begin(limits.CUT_MOST)
        await asyncio.sleep(2 * limits.CUT_LEAST)
        assert cut.active
        async with lab.visit("root0") as neighbour:
            await neighbour.send(json.dumps({"route": "echo", "sender": lab.ws("root"), "wave": "w-1"}))
            with pytest.raises(ConnectionClosed, match="cut off"):
                await neighbour.recv()


@on_uvloop
async def test_a_foreign_neighbour_is_neither_asked_nor_waited_for() -> None:
    nested = {"name": "root", "children": [{"name": "theirs", "launch": False}]}
    async with running_lab(nested, **QUICK) as lab, joining(lab, "theirs") as theirs:
        lab.node("root").partition.begin(limits.CUT_MOST)
        await lab.tell("root", lab.request("w-1"))
        assert names(await lab.brought("w-1")) == ["root"]
        lab.node("root").partition.end()
        assert theirs.heard == []
        await lab.tell("root", lab.request("w-2"))
        assert names(await lab.brought("w-2")) == ["root", "theirs"]


@on_uvloop
async def test_that_a_connection_could_not_be_closed_is_heard() -> None:
    class Broken(WebSocket):
        def __init__(self) -> None:
            """Be no connection at all."""

        async def close(self, code: int = 1000, reason: str | None = None) -> None:
            raise ZeroDivisionError(f"{code} {reason}")

    changes: list[bool] = []
    cut = partition.Partition([], lambda: changes.append(cut.active))
    cut.heard.add(Broken())
    with failures_of(partition) as failures:
        cut.begin(limits.CUT_MOST)
        await cut.close()
    assert changes == [True]
    assert failures == ["Closing a neighbour's connection failed: ZeroDivisionError('1001 cut off')"]
