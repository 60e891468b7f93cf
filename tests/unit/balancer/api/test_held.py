"""Waves that are held, over HTTP and real nodes: what waits, in which order it goes through, and refusals."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.waiting import eventually
from tests.unit.balancer.lab import Bench, bench
from tests.unit.balancer.reported_waves import tree

pytestmark = pytest.mark.anyio
THREE = tree(2)
PATIENT: dict[str, Any] = {"wave_timeout": 60.0, "probe_after": 0.1, "probe_timeout": 30.0}


async def held_echo(lab: Bench, path: str = "/echo_ws?hold=true") -> str:
    """Start a held wave and wait until two messages of it wait; returns its id."""
    wave: str = (await lab.http.post(path)).json()["wave"]
    await until_waiting(lab, wave, 2)
    return wave


async def until_waiting(lab: Bench, wave: str, number: int) -> list[dict[str, Any]]:
    """Wait until that many messages wait; returns them."""
    record = lab.balancer.waves.get(wave)
    assert record is not None
    await eventually(lambda: record.waiting == number)
    found: list[dict[str, Any]] = (await lab.get(f"/waves/{wave}/held"))["messages"]
    return found


async def deliver(lab: Bench, wave: str, **order: Any) -> dict[str, Any]:
    answer = await lab.http.post(f"/waves/{wave}/deliver", json=order)
    assert answer.is_success, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_held_wave_is_delivered_by_hand_in_another_order_than_that_of_arrival() -> None:
    async with bench(THREE, **PATIENT) as lab:
        wave = await held_echo(lab)
        held = await lab.get(f"/waves/{wave}/held")
        assert (held["state"], held["held"]) == ("running", True)
        assert 0 < held["left_s"] <= 300
        first, second = held["messages"]
        assert {first["node"], second["node"]} == {"root0", "root1"}
        assert (first["peer"], first["kind"], first["behind"]) == ("root", "echo", None)
        done = await deliver(lab, wave, message=second["number"])
        assert done["delivered"] == [second["number"]]
        [_, answer] = await until_waiting(lab, wave, 2)
        assert (answer["node"], answer["peer"], answer["kind"]) == ("root", second["node"], "echo_back")
        await deliver(lab, wave, message=answer["number"])
        await deliver(lab, wave, message=first["number"])
        [last] = await until_waiting(lab, wave, 1)
        assert (await lab.get(f"/waves/{wave}"))["state"] == "running"
        await deliver(lab, wave, message=last["number"])
        over = await lab.over(wave)
        assert (over["state"], over["messages"], over["held_until"], over["waiting"]) == (
            "complete",
            4,
            None,
            0,
        )


@pytest.mark.parametrize("how", ["release", "all"])
async def test_what_waits_is_let_go_together(how: str) -> None:
    async with bench(THREE, **PATIENT) as lab:
        wave = await held_echo(lab)
        done = await deliver(lab, wave, **{how: True})
        assert done["delivered"] == [1, 2]
        if how == "all":
            assert done["held"]
            await until_waiting(lab, wave, 2)
            await deliver(lab, wave, all=True)
        assert (await lab.over(wave))["state"] == "complete"


@pytest.mark.parametrize("path", ["/finn_ws?hold=true", "/echo_ws?hold=true&initiator=root1"])
async def test_every_trigger_can_hold(path: str) -> None:
    async with bench(THREE, **PATIENT) as lab:
        wave = (await lab.http.get(path)).json()["wave"]
        record = lab.balancer.waves.get(wave)
        assert record is not None
        await eventually(lambda: record.waiting > 0)
        await deliver(lab, wave, release=True)
        assert (await lab.over(wave))["state"] == "complete"


async def test_a_wave_of_any_algorithm_is_held_where_its_order_says_so() -> None:
    async with bench(THREE, **PATIENT) as lab:
        answer = await lab.http.post("/waves", json={"algorithm": "finn-full", "hold": True})
        wave = answer.json()["wave"]
        record = lab.balancer.waves.get(wave)
        assert record is not None
        await until_waiting(lab, wave, 2)
        assert record.held_until is not None
        while not any(each["behind"] for each in (await lab.get(f"/waves/{wave}/held"))["messages"]):
            waiting = (await lab.get(f"/waves/{wave}/held"))["messages"]
            at_root = [each for each in waiting if each["node"] == "root"]
            await deliver(lab, wave, message=(at_root or waiting)[0]["number"])
            await eventually(lambda: record.waiting > 0)
        behind = next(each for each in (await lab.get(f"/waves/{wave}/held"))["messages"] if each["behind"])
        refused = await lab.http.post(f"/waves/{wave}/deliver", json={"message": behind["number"]})
        assert refused.status_code == 409
        assert f"waits behind message {behind['behind']}" in refused.json()["detail"]
        await deliver(lab, wave, release=True)
        assert (await lab.over(wave))["state"] == "complete"


async def test_the_deadline_lets_all_go() -> None:
    settings: dict[str, Any] = PATIENT | {"hold_timeout": 1.0}
    async with bench(THREE, **settings) as lab:
        wave = (await lab.http.post("/echo_ws?hold=true")).json()["wave"]
        over = await lab.over(wave)
        assert (over["state"], over["messages"]) == ("complete", 4)


async def test_what_waited_at_a_node_that_is_gone_waits_no_more() -> None:
    async with bench(THREE, **PATIENT) as lab:
        wave = await held_echo(lab)
        await lab.stop("root0")
        lab.orchestrator.say(
            kind="node",
            name="root0",
            others=[],
            state="dead",
            pid=None,
            restarts=0,
            reason="",
            ran=None,
            started_at=None,
            numbers=[],
        )
        [left] = await until_waiting(lab, wave, 1)
        assert left["node"] == "root1"
        await deliver(lab, wave, message=left["number"])
        [answer] = await until_waiting(lab, wave, 1)
        await deliver(lab, wave, message=answer["number"])
        over = await lab.over(wave)
        assert (over["state"], over["missing"]) == ("incomplete", ["root0"])


@pytest.mark.parametrize(
    ("order", "status", "detail"),
    [
        ({}, 422, "and one of them"),
        ({"all": True, "release": True}, 422, "and one of them"),
        ({"message": 0}, 422, "greater than or equal to 1"),
        ({"message": 99}, 404, "there is no message 99"),
        ({"massage": 1}, 422, "massage"),
    ],
)
async def test_an_order_that_makes_no_sense_is_refused_in_one_sentence(
    order: dict[str, Any], status: int, detail: str
) -> None:
    async with bench(THREE, **PATIENT) as lab:
        wave = await held_echo(lab)
        refused = await lab.http.post(f"/waves/{wave}/deliver", json=order)
        assert refused.status_code == status
        assert detail in refused.text


async def test_only_a_wave_that_is_held_delivers_and_a_message_only_once() -> None:
    async with bench(THREE, **PATIENT) as lab:
        await lab.get("/echo")
        assert (await lab.http.get("/waves/nobody-1/held")).status_code == 404
        assert (await lab.http.post("/waves/nobody-1/deliver", json={"all": True})).status_code == 404
        refused = await lab.http.post("/waves/root-1/deliver", json={"all": True})
        assert (refused.status_code, refused.json()["detail"]) == (409, "root-1 is not held, or no longer")
        assert (await lab.get("/waves/root-1/held"))["messages"] == []
        wave = await held_echo(lab)
        await deliver(lab, wave, message=1)
        again = await lab.http.post(f"/waves/{wave}/deliver", json={"message": 1})
        assert (again.status_code, again.json()["detail"]) == (409, "message 1 does not wait any more")


async def test_the_stream_says_how_many_messages_wait() -> None:
    async with bench(THREE, **PATIENT) as lab:
        wave = await held_echo(lab)
        found = next(each for each in (await lab.get("/waves"))["waves"] if each["id"] == wave)
        assert found["waiting"] == 2
        assert found["held_until"] is not None
