"""Waves over real nodes: exact, never mixed, and over at their deadline whatever happens to a neighbour."""

from __future__ import annotations

import asyncio
import gc
import signal
from functools import partial
from typing import Any

import pytest

from tests.support.waiting import eventually
from tests.unit.nodes.lab import Lab, client, count_nodes, names, running_lab, tree
from tests.unit.wire.loop import on_uvloop
from topowave.algorithms.waves.echo import Echo
from topowave.algorithms.waves.finn import Finn
from topowave.algorithms.waves.finn_lab import FinnLab
from topowave.nodes.waves.wave import RefusedError, Wave, now_ms
from topowave.runtime.network import network_of
from topowave.wire import limits

FIFTEEN = tree(2, 2, 2)
SEVEN = tree(2, 2)
QUICK: dict[str, Any] = {"wave_timeout": 60.0, "probe_after": 0.1, "probe_timeout": 2.0}
"""Deadlines of a lab in which something goes wrong: no wave ends by its own, and no busy node is lost."""
RING_WITH_CHORDS = tree(2, 1) | {"links": [["root00", "root10"], ["root0", "root1"], ["root", "root00"]]}


def decided(lab: Lab, wave: str, nodes: int) -> bool:
    """Whether that many nodes have decided."""
    return lab.count(wave, "decide") == nodes


def idle(lab: Lab) -> bool:
    """Whether no node takes part in any wave."""
    return not any(len(running.node.waves) for running in lab.nodes.values())


@on_uvloop
async def test_an_echo_wave_brings_the_tree_of_all_nodes_with_two_messages_a_link() -> None:
    async with running_lab(FIFTEEN) as lab:
        await lab.tell("root", lab.request("w-1", purpose="rebalance"))
        await lab.until(lambda: lab.exact("w-1", 28) and bool(lab.answers))
        frame = lab.answers[0]
        assert frame["route"] == "echo_back"
        assert frame["wave"] == "w-1"
        assert frame["purpose"] == "rebalance"
        assert frame["sender"] == lab.ws("root")
        assert names(frame["payload"]) == sorted(node.name for node in lab.topology.nodes)
        top = frame["payload"]
        assert [child["name"] for child in top["children"]] == ["root0", "root1"]
        assert (top["port"], top["cpu"], top["load"]) == (lab.port("root"), 2, 0)


@on_uvloop
async def test_fifty_waves_at_once_all_come_back_exact() -> None:
    async with running_lab(FIFTEEN) as lab:
        everybody = sorted(node.name for node in lab.topology.nodes)
        waves = {f"w-{number}": everybody[number % 15] for number in range(50)}
        await asyncio.gather(*(lab.tell(start, lab.request(wave)) for wave, start in waves.items()))
        await lab.until(lambda: len(lab.answers) == 50)
        for wave, start in waves.items():
            await lab.until_exact(wave, 28)
            payload = await lab.brought(wave)
            assert payload["name"] == start
            assert names(payload) == everybody
        assert sorted(answer["wave"] for answer in lab.answers) == sorted(waves)


@on_uvloop
async def test_waves_of_three_kinds_at_once_do_not_mix() -> None:
    async with running_lab(SEVEN, task_time=60) as lab:
        kinds = {"e": "echo", "f": "finn", "w": "wave"}
        frames = [lab.request(f"{key}-{n}", route) for n in range(10) for key, route in kinds.items()]
        await lab.tell("root", *frames)
        # The lab course's Finn and textbook Finn each add one task a node and wave.
        await eventually(lambda: lab.tasks() == 7 * 10 * 2)
        await lab.until(lambda: all(lab.exact(f"e-{n}", 12) for n in range(10)))
        await lab.until(lambda: all(lab.exact(f"f-{n}", 6) for n in range(10)))
        for n in range(10):
            await lab.until(partial(decided, lab, f"w-{n}", 7))
            kinds_seen = {event.kind for _, event in lab.events[f"w-{n}"] if event.event == "send"}
            assert kinds_seen == {"wave"}


@on_uvloop
async def test_in_a_network_with_links_an_echo_wave_takes_two_messages_a_link() -> None:
    async with running_lab(RING_WITH_CHORDS) as lab:
        links = len(lab.topology.links)
        assert links == 7
        for number in range(20):
            await lab.tell("root1", lab.request(f"w-{number}"))
            await lab.until_exact(f"w-{number}", 2 * links)
            payload = await lab.brought(f"w-{number}")
            assert names(payload) == sorted(node.name for node in lab.topology.nodes)


@on_uvloop
async def test_the_lab_courses_finn_takes_a_message_a_link_and_every_node_adds_one_task() -> None:
    async with running_lab(FIFTEEN, task_time=60) as lab:
        await lab.tell("root", lab.request("f-1", "finn"))
        await lab.until(lambda: lab.exact("f-1", 14) and lab.count("f-1", "decide") == 15)
        once = dict.fromkeys(lab.nodes, 1)
        await eventually(
            lambda: {name: each.node.queue.load for name, each in lab.nodes.items()}, once.__eq__
        )


@on_uvloop
async def test_in_textbook_finn_every_node_decides_once_within_the_proven_bound() -> None:
    async with running_lab(FIFTEEN, task_time=60) as lab:
        network = network_of(lab.topology, "links")
        assert Finn.bounds.messages is not None
        bound = Finn.bounds.messages(network)
        assert bound == 2 * 15 * 28
        await lab.tell("root", lab.request("w-1", "wave"))
        await lab.until(lambda: lab.count("w-1", "decide") == 15)
        await lab.until(lambda: lab.count("w-1", "send") == lab.count("w-1", "receive"))
        assert 28 <= lab.count("w-1", "send") <= bound
        assert sorted(name for name, event in lab.events["w-1"] if event.event == "decide") == sorted(
            lab.nodes
        )
        assert [event.message for _, event in lab.events["w-1"] if event.event == "decide"] == [15] * 15
        await eventually(lambda: lab.tasks() == 15)


@on_uvloop
async def test_textbook_finn_may_begin_at_several_nodes_one_of_which_the_wave_has_reached() -> None:
    async with running_lab(SEVEN, task_time=60, probe_after=60.0) as lab:  # so long a wave that is over stays
        await lab.tell("root", lab.request("w-1", "wave"))
        await lab.until(lambda: lab.count("w-1", "decide") == 7)
        # Too late to begin anything new, but no mistake.
        assert await lab.tell("root1", lab.request("w-1", "wave")) == []
        await lab.until(lambda: lab.count("w-1", "start") == 2)
        await eventually(lambda: lab.tasks() == 7)


@on_uvloop
async def test_a_wave_that_is_begun_twice_runs_once() -> None:
    async with running_lab(SEVEN, task_time=60, probe_after=60.0) as lab:  # so long a wave that is over stays
        for route, messages in (("echo", 12), ("finn", 6)):
            frame = lab.request(f"{route}-1", route)
            assert await lab.tell("root", frame, frame) == []
            await lab.until_exact(f"{route}-1", messages)
            assert await lab.tell("root", frame) == []
            assert lab.count(f"{route}-1", "start") == 1
        await eventually(lambda: lab.tasks() == 7)
        assert [answer["wave"] for answer in lab.answers] == ["echo-1"]


@on_uvloop
async def test_an_echo_wave_has_one_initiator_and_one_algorithm() -> None:
    async with running_lab(SEVEN, task_time=60, probe_after=60.0) as lab:  # so long a wave that is over stays
        await lab.tell("root", lab.request("w-1"))
        await lab.until_exact("w-1", 12)
        second = await lab.tell("root0", lab.request("w-1"), lab.request("w-1", "finn"))
        assert [error["code"] for error in second] == ["wrong_wave", "wrong_wave"]
        assert "initiator already" in second[0]["message"]
        assert "a wave of echo" in second[1]["message"]
        assert lab.tasks() == 0


@on_uvloop
async def test_a_stopped_server_is_missing_from_the_tree_and_the_wave_ends() -> None:
    async with running_lab(SEVEN, **QUICK) as lab:
        await lab.stop("root0")
        await lab.tell("root", lab.request("w-1"))
        await lab.until(lambda: bool(lab.answers))
        payload = await lab.brought("w-1")
        assert names(payload) == ["root", "root1", "root10", "root11"]
        await lab.until(lambda: down(lab, "w-1") == [("root", "root0")])


@pytest.mark.slow
@on_uvloop
async def test_a_node_under_sigstop_is_missing_and_what_it_says_later_changes_nothing() -> None:
    async with running_lab(SEVEN, apart=["root0"], **QUICK) as lab:
        for number in range(20):  # on a busy machine the first one may be too early for it
            await lab.tell("root", lab.request(f"before-{number}"))
            if count_nodes(await lab.brought(f"before-{number}")) == 7:
                break
        before = len(lab.answers)
        lab.processes["root0"].send_signal(signal.SIGSTOP)
        await lab.tell("root", lab.request("w-1"))
        payload = await lab.brought("w-1")
        assert names(payload) == ["root", "root1", "root10", "root11"]
        await lab.until(lambda: down(lab, "w-1") == [("root", "root0")])
        # It wakes up before the wave expires: it takes part late, with its children, and nobody listens.
        lab.processes["root0"].send_signal(signal.SIGCONT)
        await lab.until(lambda: ("root", "root0") in received(lab, "w-1"))
        assert len(lab.answers) == before + 1
        # It wakes up after the wave has expired: it drops the frame.
        lab.processes["root0"].send_signal(signal.SIGSTOP)
        expires = now_ms() + 6_000  # time enough to find that it does not answer
        await lab.tell("root", lab.request("w-2", expires=expires))
        await lab.brought("w-2")
        await eventually(lambda: now_ms() > expires)
        lab.processes["root0"].send_signal(signal.SIGCONT)
        await lab.tell("root", lab.request("w-3"))
        await lab.until_exact("w-3", 12)
        assert "root0" not in {name for name, _ in lab.events["w-2"]}
        last = await lab.brought("w-3")
        assert count_nodes(last) == 7


def down(lab: Lab, wave: str) -> list[tuple[str, str | None]]:
    """Return who gave whom up in a wave."""
    return [(name, event.peer) for name, event in lab.events.get(wave, []) if event.event == "down"]


def received(lab: Lab, wave: str) -> set[tuple[str, str | None]]:
    """Return who received from whom in a wave."""
    return {(name, event.peer) for name, event in lab.events.get(wave, []) if event.event == "receive"}


@on_uvloop
async def test_a_node_that_accepts_connections_and_never_answers_is_missing() -> None:
    silent = {"name": "root", "children": [{"name": "silent"}, {"name": "leaf"}]}
    async with running_lab(silent, absent=["silent"], **QUICK) as lab:
        # Its port is bound, so connections are made, and wait in the kernel.
        for wave in ("w-1", "w-2"):
            await lab.tell("root", lab.request(wave))
            payload = await lab.brought(wave)
            assert names(payload) == ["leaf", "root"]


@pytest.mark.slow
@on_uvloop
async def test_a_node_killed_in_mid_wave_is_missing_and_one_restarted_takes_part_again() -> None:
    async with running_lab(tree(1, 1, 1), apart=["root0"], **QUICK) as lab:
        # The wave cannot come back from the last node, so it is in the middle when root0 dies.
        await lab.stop("root000")
        await lab.tell("root", lab.request("w-1", expires=now_ms() + 8_000))
        await eventually(lambda: len(lab.node("root00").waves) == 1)
        await lab.kill("root0")
        payload = await lab.brought("w-1")
        assert names(payload) == ["root"]
        await lab.start("root000")
        await lab.spawn("root0")
        await eventually(lambda: not len(lab.node("root00").waves))
        for number in range(2, 22):  # on a busy machine it may be too late for a probe at first
            await lab.tell("root", lab.request(f"w-{number}", expires=now_ms() + 20_000))
            if count_nodes(await lab.brought(f"w-{number}")) == 4:
                await lab.until_exact(f"w-{number}", 6)
                return
    pytest.fail("root0 takes no part in any wave")


@on_uvloop
async def test_a_node_restarted_in_mid_wave_does_not_begin_it_again() -> None:
    async with running_lab(tree(1, 1, 1), **QUICK) as lab:
        await lab.stop("root000")
        await lab.tell("root", lab.request("w-1"))
        await eventually(lambda: len(lab.node("root00").waves) == 1)
        await lab.stop("root0")
        again = await lab.start("root0")
        # Its child answers to the wave that the new life does not know.
        await eventually(lambda: again.waves.late == 1)
        assert len(again.waves) == 0
        payload = await lab.brought("w-1")
        assert names(payload) == ["root"]


@on_uvloop
async def test_links_open_again_after_a_break() -> None:
    async with running_lab(SEVEN) as lab:
        for number in range(3):
            await lab.stop("root0")
            await lab.start("root0")
            await lab.tell("root", lab.request(f"w-{number}"))
            await lab.until_exact(f"w-{number}", 12)


@on_uvloop
async def test_frames_of_a_wave_that_is_over_change_nothing() -> None:
    async with running_lab(SEVEN, task_time=60) as lab:
        root0 = lab.node("root0")
        late: list[dict[str, Any]] = [
            lab.request("gone-1", sender=lab.ws("root"), expires=now_ms()),
            lab.request("gone-1", "finn", sender=lab.ws("root"), expires=now_ms() - 5000),
            lab.request("gone-1", "wave", sender=lab.ws("root"), start=False, message=1, expires=1),
            back(lab, "root00", wave="gone-1"),
            back(lab, "root00"),
        ]
        for number, frame in enumerate(late, 1):
            assert await lab.tell("root0", frame) == []
            assert root0.waves.late == number
        # One who is no neighbour is told.
        expired = await lab.tell("root0", lab.request("gone-1", expires=now_ms()))
        assert [error["code"] for error in expired] == ["expired"]
        assert len(root0.waves) == 0
        assert lab.tasks() == 0
        assert lab.events == {}


def back(lab: Lab, name: str, **fields: Any) -> dict[str, Any]:
    """Return an `echo_back` frame of a node without children."""
    payload: dict[str, Any] = {"name": name, "port": lab.port(name), "cpu": 2, "load": 7, "children": []}
    return {"route": "echo_back", "payload": payload, "sender": lab.ws(name)} | fields


@on_uvloop
async def test_a_frame_that_comes_twice_counts_once() -> None:
    async with running_lab(tree(1, 1), **QUICK) as lab:
        await lab.stop("root0")
        await lab.tell("root", lab.request("w-1", expires=now_ms() + 5000))
        answer = back(lab, "root0", wave="w-1")
        await lab.tell("root", answer, answer, answer | {"id": 1})
        await lab.until(lambda: lab.count("w-1", "decide") == 1 and bool(lab.answers))
        await lab.tell("root", answer)
        assert len(lab.answers) == 1
        payload = await lab.brought("w-1")
        assert payload["children"][0]["load"] == 7


@pytest.mark.slow
@on_uvloop
async def test_a_node_forgets_a_wave_when_it_expires() -> None:
    async with running_lab(SEVEN, wave_timeout=3.0) as lab:
        await lab.tell("root", *(lab.request(f"w-{number}") for number in range(30)))
        await lab.until(lambda: len(lab.answers) == 30)
        assert max(len(running.node.waves) for running in lab.nodes.values()) > 0
        await eventually(partial(idle, lab))


@on_uvloop
async def test_of_a_wave_that_has_ended_only_the_id_stays_until_it_expires() -> None:
    async with running_lab(SEVEN, wave_timeout=8.0, probe_after=0.05) as lab:
        for kind, deciders in (("echo", 1), ("finn", 7)):
            wave = f"{kind}-1"
            asked = lab.request(wave, kind)
            await lab.tell("root", asked)
            await lab.until(partial(decided, lab, wave, deciders))
            await eventually(partial(gone, wave))
            assert lab.node("root0").waves.remembered > 0
            again = await lab.tell("root", asked)
            assert [error["code"] for error in again] == ["expired"]
        late = {"route": "echo", "sender": lab.ws("root"), "wave": "echo-1", "expires": now_ms() + 5000}
        before = lab.node("root0").waves.late
        assert await lab.tell("root0", late, late | {"route": "finn", "inc": [], "ninc": []}) == []
        assert lab.node("root0").waves.late == before + 2
        assert gone("echo-1")


@on_uvloop
async def test_only_so_many_ended_waves_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WAVES_REMEMBERED", 3)
    async with running_lab(tree(1), wave_timeout=8.0, probe_after=0.05) as lab:
        await lab.tell("root", *(lab.request(f"w-{number}") for number in range(5)))
        await lab.until(lambda: len(lab.answers) == 5)
        waves = lab.node("root").waves
        await eventually(lambda: len(waves) == 0)
        assert waves.remembered == 3
        assert [each["code"] for each in await lab.tell("root", lab.request("w-4"))] == ["expired"]


def gone(wave: str) -> bool:
    """Whether no node of this process keeps its part in a wave."""
    return not any(type(found) is Wave and found.id == wave for found in gc.get_objects())


@on_uvloop
async def test_a_wave_may_live_no_longer_than_the_longest_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WAVE_LIFE", 1)
    async with running_lab(tree(1)) as lab:
        await lab.tell("root", lab.request("w-1", expires=now_ms() + 10_000_000))
        await lab.until(lambda: bool(lab.answers))
        await eventually(partial(idle, lab))


@on_uvloop
async def test_a_node_in_too_many_waves_refuses_a_further_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WAVES", 3)
    async with running_lab(tree(1), probe_after=60.0) as lab, client() as http:  # and so long they stay
        answers = await lab.tell("root", *(lab.request(f"w-{number}") for number in range(4)))
        assert [error["code"] for error in answers] == ["too_many_waves"]
        problem = await http.get(lab.url("root", "/echo"))
        assert problem.status_code == 503
        assert problem.json()["title"] == "Too many waves"


@on_uvloop
async def test_a_full_queue_does_not_stop_the_lab_courses_finn(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running_lab(tree(1, 1), task_time=60) as lab:
        lab.node("root0").queue.capacity = 0
        await lab.tell("root", lab.request("f-1", "finn"))
        await lab.until(lambda: lab.exact("f-1", 2) and lab.count("f-1", "decide") == 3)
        line = "root", "root0", "root00"
        await eventually(lambda: [lab.node(name).queue.load for name in line], [1, 0, 1].__eq__)


@on_uvloop
async def test_the_links_delay_slows_a_wave_and_keeps_it_exact() -> None:
    async with running_lab(tree(1, 2), link_delay=40.0) as lab:
        loop = asyncio.get_running_loop()
        before = loop.time()
        await lab.tell("root", *(lab.request(f"w-{number}") for number in range(20)))
        await lab.until(lambda: len(lab.answers) == 20)
        assert loop.time() - before >= 4 * 0.04
        for number in range(20):
            await lab.until_exact(f"w-{number}", 6)


@on_uvloop
async def test_the_initiator_gets_the_decision_and_a_second_start_is_the_same_wave() -> None:
    async with running_lab(tree(1)) as lab:
        waves = lab.node("root").waves
        found: list[object] = []
        wave = waves.start(Echo, wave="mine-1", answer=lambda _, value: found.append(value))
        assert waves.start(Echo, wave="mine-1") is wave
        with pytest.raises(RefusedError, match="a wave of echo"):
            waves.start(FinnLab, wave="mine-1")
        await eventually(lambda: bool(found))
        assert (
            waves.start(Echo).id == f"root-{limits.WAVES_PER_INCARNATION * lab.node('root').incarnation + 1}"
        )
