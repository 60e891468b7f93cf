import asyncio
import socket
from typing import Any

import pytest
from fastapi import FastAPI, WebSocket

from tests.support.waiting import eventually
from tests.unit.balancer.lab import Bench, bench, owned
from tests.unit.balancer.reported_waves import tree
from topowave.topology.node import Place
from topowave.translation.translate import translate
from topowave.web.problem_details import Problem
from topowave.web.uvicorn_adapter.server import serving
from topowave.wire.control import NodeState
from topowave.wire.limits import WAVES_PER_INCARNATION

pytestmark = pytest.mark.anyio


class Ear:
    """Stands in for a node: keeps the frames it gets, and may answer each with an error."""

    def __init__(self, error: str | None = None) -> None:
        self.frames: list[dict[str, Any]] = []
        self.connections = 0
        self.app = FastAPI()

        @self.app.websocket("/ws")
        async def ws(websocket: WebSocket) -> None:
            await websocket.accept()
            self.connections += 1
            async for frame in websocket.iter_json():
                self.frames.append(frame)
                if error is not None:
                    await websocket.send_json({"route": "error", "code": "full", "message": error})


async def heard(lab: Bench, *waves: tuple[str, list[str] | None], ears: int = 1) -> list[dict[str, Any]]:
    ear = Ear()
    for node in lab.topology.nodes[:ears]:
        await lab.play(node.name, ear.app)
    for algorithm, initiators in waves:
        lab.balancer.launcher.start(algorithm, initiators)
    await eventually(lambda: len(ear.frames) >= max(len(waves), ears))
    return ear.frames


async def test_each_algorithm_starts_with_its_own_frame() -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        echo, lab_finn, finn = await heard(lab, ("echo", None), ("finn-lab", None), ("finn-full", None))
        assert (echo["route"], lab_finn["route"], finn["route"]) == ("echo", "finn", "wave")
        assert (lab_finn["inc"], lab_finn["ninc"]) == ([], [])
        assert (finn["algorithm"], finn["start"]) == ("finn-full", True)
        assert {frame["sender"] for frame in (echo, lab_finn, finn)} == {lab.balancer.url}
        assert [frame["wave"] for frame in (echo, lab_finn, finn)] == ["root-1", "root-2", "root-3"]


async def test_a_wave_expires_with_its_timeout_on_the_monotonic_clock() -> None:
    async with bench(tree(1), run_nodes=False, wave_timeout=7.0) as lab:
        before_ms = asyncio.get_running_loop().time() * 1000
        [frame] = await heard(lab, ("echo", None))
        after_ms = asyncio.get_running_loop().time() * 1000
        assert before_ms - 1 <= frame["expires"] - 7000 <= after_ms + 1


async def test_every_initiator_gets_the_frame_of_the_same_wave() -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        frames = await heard(lab, ("finn-full", ["root0", "root", "root0"]), ears=2)
        assert [frame["wave"] for frame in frames] == ["root0-1", "root0-1"]


async def test_the_link_to_an_initiator_stays() -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        ear = Ear()
        await lab.play("root", ear.app)
        for _ in range(3):
            record = lab.balancer.launcher.start("echo")
            await eventually(lambda: bool(ear.frames) and ear.frames[-1]["wave"] == record.id)  # noqa: B023
        assert ear.connections == 1


async def test_waves_are_numbered_in_the_block_of_this_process() -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        balancer = lab.balancer
        later = type(balancer.launcher)(
            balancer.lab,
            balancer.waves,
            balancer.feed,
            owned(),
            lambda: balancer.catalog,
            balancer.link_openings,
            balancer.url,
            3,
            None,
            balancer.launcher.held,
        )
        assert later.start("echo").id == f"root-{3 * WAVES_PER_INCARNATION + 1}"
        await later.close()


async def test_an_initiator_that_refuses_is_told_in_the_feed() -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        await lab.play("root", Ear("too many waves").app)
        lab.balancer.launcher.start("echo")
        feed = lab.balancer.feed
        await eventually(lambda: any("too many waves" in event.text for event in feed.between(0, feed.last)))


@pytest.mark.parametrize("state", ["failed", "foreign"])
async def test_a_node_that_cannot_start_a_wave_is_not_asked(state: NodeState) -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        lab.balancer.lab.set_state("root0", state, None, 0, None)
        with pytest.raises(Problem, match=f"root0 is {state}") as refused:
            lab.balancer.launcher.start("echo", ["root0"])
    said = {
        "failed": "узел root0 больше не запускается",
        "foreign": "на порту узла root0 отвечает чужая программа",
    }
    assert translate(refused.value.detail, "ru") == said[state]


async def test_too_many_waves_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("topowave.balancer.limits.WAVES_RUNNING", 1)
    async with bench(tree(1), run_nodes=False) as lab:
        lab.balancer.launcher.start("echo")
        with pytest.raises(Problem) as refused:
            lab.balancer.launcher.start("echo")
        assert refused.value.status == 429


async def test_a_node_that_moved_to_another_host_hears_of_waves_there_although_it_kept_its_port() -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        port = lab.topology.root.port
        ear, there = Ear(), Ear()
        await lab.play("root", ear.app)
        listener = socket.create_server(("127.0.0.7", port))
        async with serving(there.app, listener):
            lab.balancer.launcher.start("echo", None)
            await eventually(lambda: len(ear.frames) == 1)
            moved = lab.topology.with_places({"root": Place("a1", "127.0.0.7", port)})
            lab.balancer.lab.replace(moved, 2)
            lab.balancer.launcher.replaced()
            lab.balancer.launcher.start("echo", None)
            await eventually(lambda: len(there.frames) == 1)
        assert len(ear.frames) == 1
