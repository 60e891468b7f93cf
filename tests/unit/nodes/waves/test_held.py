"""A held wave on real nodes: messages wait until they are let through, in any order that the links allow."""

from __future__ import annotations

from typing import Any

from tests.unit.nodes.lab import Lab, names, running_lab, tree
from tests.unit.wire.loop import on_uvloop
from topowave.nodes.waves.wave import now_ms
from topowave.wire import limits
from topowave.wire.observations import Deliver

THREE = {"name": "root", "port": 8000, "cpu": 1, "children": [
    {"name": "amber", "port": 8001, "cpu": 1}, {"name": "beryl", "port": 8002, "cpu": 1},
]}  # fmt: skip
SEVEN = tree(2, 2)
PATIENT: dict[str, Any] = {"wave_timeout": 60.0, "probe_after": 0.1, "probe_timeout": 30.0}
HOUR_MS = 3_600_000


def held_request(lab: Lab, wave: str, hold_ms: int = HOUR_MS, **fields: Any) -> dict[str, Any]:
    """Return a frame that asks for a wave whose messages wait for so long."""
    until = now_ms() + hold_ms
    return lab.request(wave, hold_until=until, expires=until + 60_000, **fields)


def kinds(lab: Lab, wave: str) -> dict[str, list[tuple[str, str | None]]]:
    """Return who has sent what to each node that waits there."""
    return {node: [(each.peer, each.kind) for each in held] for node, held in lab.waiting(wave).items()}


async def deliver(lab: Lab, wave: str, node: str, number: int) -> None:
    """Let one message through, and wait until it is told that it waits no longer."""
    await lab.order(Deliver(wave, node, [number]))
    await lab.until(lambda: all(each.number != number for each in lab.waiting(wave).get(node, [])))


@on_uvloop
async def test_the_messages_of_a_held_wave_are_handled_one_by_one_in_any_order() -> None:
    async with running_lab(THREE, **PATIENT) as lab:
        await lab.tell("root", held_request(lab, "w-1"))
        tokens = {"amber": [("root", "echo")], "beryl": [("root", "echo")]}
        await lab.until(lambda: kinds(lab, "w-1") == tokens)
        assert lab.count("w-1", "receive") == 0
        await deliver(lab, "w-1", "beryl", 1)
        await lab.until(
            lambda: kinds(lab, "w-1") == {"amber": tokens["amber"], "root": [("beryl", "echo_back")]}
        )
        await deliver(lab, "w-1", "amber", 1)
        answers = [("beryl", "echo_back"), ("amber", "echo_back")]
        await lab.until(lambda: kinds(lab, "w-1") == {"root": answers})
        await deliver(lab, "w-1", "root", 2)  # of another link, so it may overtake
        assert not lab.answers
        await deliver(lab, "w-1", "root", 1)
        await lab.until(lambda: lab.exact("w-1", 4) and bool(lab.answers))
        assert [child["name"] for child in lab.answers[0]["payload"]["children"]] == ["amber", "beryl"]
        received = [(node, event.peer) for node, event in lab.events["w-1"] if event.event == "receive"]
        assert received == [("beryl", "root"), ("amber", "root"), ("root", "amber"), ("root", "beryl")]


@on_uvloop
async def test_a_message_does_not_overtake_another_of_its_link() -> None:
    async with running_lab(THREE, **PATIENT) as lab:
        await lab.tell("root", held_request(lab, "w-1", route="wave"))
        await lab.until(lambda: set(lab.waiting("w-1")) == {"amber", "beryl"})
        await deliver(lab, "w-1", "amber", 1)
        await deliver(lab, "w-1", "beryl", 1)
        await lab.until(lambda: len(lab.waiting("w-1").get("root", [])) >= 2)
        await deliver(lab, "w-1", "root", 1)  # the root tells both of it: each then has two from the root
        await deliver(lab, "w-1", "root", 2)
        await lab.until(lambda: len(lab.waiting("w-1").get("amber", [])) >= 2)
        first, second = (each.number for each in lab.waiting("w-1")["amber"][:2])
        await lab.order(Deliver("w-1", "amber", [second]))
        await deliver(lab, "w-1", "amber", first)
        assert second in [each.number for each in lab.waiting("w-1")["amber"]]
        await deliver(lab, "w-1", "amber", second)


@on_uvloop
async def test_what_is_let_go_is_handled_in_the_order_of_arrival_and_the_rest_is_no_longer_held() -> None:
    async with running_lab(SEVEN, **PATIENT) as lab:
        await lab.tell("root", held_request(lab, "w-1"))
        await lab.until(lambda: len(lab.waiting("w-1")) == 2)
        for inner in ("root0", "root1"):
            await deliver(lab, "w-1", inner, 1)
        await lab.until(lambda: len(lab.waiting("w-1")) == 4)  # all take part
        await lab.order(Deliver("w-1", release=True))
        await lab.brought("w-1")
        await lab.until_exact("w-1", 12)
        assert names(lab.answers[0]["payload"]) == sorted(node.name for node in lab.topology.nodes)


@on_uvloop
async def test_the_deadline_lets_all_go() -> None:
    async with running_lab(SEVEN, **PATIENT) as lab:
        await lab.tell("root", held_request(lab, "w-1", hold_ms=300))
        await lab.until_exact("w-1", 12)
        assert names(await lab.brought("w-1")) == sorted(node.name for node in lab.topology.nodes)
        await lab.until(lambda: all(held.until_ms is None for held in lab.held.values()))


@on_uvloop
async def test_other_waves_go_on_beside_a_held_one() -> None:
    async with running_lab(SEVEN, **PATIENT) as lab:
        await lab.tell("root", held_request(lab, "w-1"))
        await lab.until(lambda: len(lab.waiting("w-1")) == 2)
        await lab.tell("root", lab.request("w-2"))
        await lab.until_exact("w-2", 12)
        assert len(lab.waiting("w-1")) == 2


@on_uvloop
async def test_a_node_that_dies_with_what_it_holds_is_missing_and_the_others_go_on() -> None:
    async with running_lab(THREE, **PATIENT) as lab:
        await lab.stop("amber")
        await lab.spawn("amber")
        await lab.tell("root", lab.request("w-0"))
        await lab.until_exact("w-0", 4)
        await lab.tell("root", held_request(lab, "w-1"))
        await lab.until(lambda: len(lab.waiting("w-1")) == 2)
        await lab.kill("amber")
        await lab.until(lambda: lab.count("w-1", "down") == 1)
        await deliver(lab, "w-1", "beryl", 1)
        await lab.until(lambda: "root" in lab.waiting("w-1"))
        await deliver(lab, "w-1", "root", 1)
        assert [child["name"] for child in (await lab.brought("w-1"))["children"]] == ["beryl"]


@on_uvloop
async def test_a_full_queue_lets_the_oldest_go(monkeypatch: Any) -> None:
    monkeypatch.setattr(limits, "HELD_MESSAGES", 1)
    async with running_lab(THREE, **PATIENT) as lab:
        await lab.tell("root", held_request(lab, "w-1"))
        await lab.until(lambda: len(lab.waiting("w-1")) == 2)
        await deliver(lab, "w-1", "amber", 1)
        await lab.until(lambda: "root" in lab.waiting("w-1"))
        await deliver(lab, "w-1", "beryl", 1)
        await lab.until(lambda: [each.peer for each in lab.waiting("w-1").get("root", [])] == ["beryl"])
        assert lab.count("w-1", "receive") == 3


@on_uvloop
async def test_of_a_long_message_that_waits_it_is_said_how_long_it_is(monkeypatch: Any) -> None:
    monkeypatch.setattr(limits, "HELD_BYTES", 3)
    async with running_lab(THREE, **PATIENT) as lab:
        await lab.tell("root", held_request(lab, "w-1"))
        await lab.until(lambda: len(lab.waiting("w-1")) == 2)
        [waiting] = lab.waiting("w-1")["amber"]
        assert waiting.message == "13 bytes, too long to be shown"
