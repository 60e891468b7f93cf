"""Programs that know only the plain frames take part, wherever they stand, and hold nobody up."""

from __future__ import annotations

import asyncio
import json
from functools import partial
from typing import Any

import pytest

from tests.support.waiting import PATIENCE_S, eventually
from tests.unit.nodes.foreign import ForeignNode, Frame, SilentNode, SlowNode, joining
from tests.unit.nodes.lab import Lab, client, names, running_lab
from tests.unit.wire.loop import on_uvloop
from topowave.nodes.waves.wave import now_ms
from topowave.wire import limits

LEAF: dict[str, Any] = {
    "name": "root",
    "children": [{"name": "ours"}, {"name": "theirs", "launch": False, "cpu": 4}],
}
INNER: dict[str, Any] = {
    "name": "root",
    "children": [
        {"name": "theirs", "launch": False, "children": [{"name": "below", "children": [{"name": "leaf"}]}]},
        {"name": "ours"},
    ],
}
TOP: dict[str, Any] = {
    "name": "theirs",
    "launch": False,
    "children": [{"name": "ours", "children": [{"name": "leaf"}]}],
}
QUICK: dict[str, Any] = {"wave_timeout": 1.0, "probe_after": 0.1, "probe_timeout": 2.0}
PATIENT: dict[str, Any] = {**QUICK, "wave_timeout": 30.0}


@pytest.fixture(autouse=True)
def _time_to_connect(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    """A frame is sent once; where the machine has other things to do, its usual time is not enough."""
    monkeypatch.setattr(limits, "CONNECT_TIMEOUT", PATIENCE_S)


@on_uvloop
async def test_a_foreign_leaf_takes_part_in_several_waves_in_a_row() -> None:
    async with running_lab(LEAF) as lab, joining(lab, "theirs") as theirs:
        for number in range(5):
            await lab.tell("root", lab.request(f"w-{number}"))
            payload = await lab.brought(f"w-{number}")
            assert names(payload) == ["ours", "root", "theirs"]
            assert payload["children"][1] == {
                "name": "theirs",
                "port": theirs.port,
                "cpu": 4,
                "load": 3,
                "children": [],
            }
        # It is spoken to in plain frames only.
        assert theirs.heard == [{"route": "echo", "sender": lab.ws("root")}] * 5


@on_uvloop
async def test_a_foreign_node_may_run_on_another_host() -> None:
    theirs_is, ours_is = INNER["children"]
    elsewhere = INNER | {"children": [theirs_is | {"host": "127.0.0.2"}, ours_is]}
    async with running_lab(elsewhere, answer_to=["127.0.0.2"]) as lab, joining(lab, "theirs") as theirs:
        await lab.tell("root", lab.request("w-1"))
        assert names(await lab.brought("w-1")) == ["below", "leaf", "ours", "root", "theirs"]
        assert [frame["sender"] for frame in theirs.heard] == [lab.ws("root"), lab.ws("below")]
        # Its neighbours know it by that host only.
        assert lab.node("below").neighbor_at(theirs.url) == lab.topology.index("theirs")
        assert lab.node("below").neighbor_at(f"ws://127.0.0.1:{theirs.port}/ws") is None


@on_uvloop
async def test_many_waves_at_once_go_to_a_foreign_leaf_one_at_a_time() -> None:
    async with running_lab(LEAF) as lab, joining(lab, "theirs", SlowNode) as theirs:
        assert isinstance(theirs, SlowNode)
        await lab.tell("root", *(lab.request(f"w-{number}") for number in range(10)))
        for number in range(10):
            await eventually(partial(has_heard, theirs, number + 1))
            assert len(lab.answers) == number
            theirs.may_answer.release()
            await lab.until(partial(has_brought, lab, number + 1))
        assert all(names(answer["payload"]) == ["ours", "root", "theirs"] for answer in lab.answers)
        assert [answer["wave"] for answer in lab.answers] == [f"w-{number}" for number in range(10)]


def has_heard(node: ForeignNode, count: int) -> bool:
    return len(node.heard) == count


def has_brought(lab: Lab, count: int) -> bool:
    return len(lab.answers) == count


@on_uvloop
async def test_waves_of_two_purposes_at_once_are_both_exact() -> None:
    async with running_lab(INNER) as lab, joining(lab, "theirs") as theirs:
        for number in range(5):
            await lab.tell(
                "root", lab.request(f"a-{number}"), lab.request(f"b-{number}", purpose="rebalance")
            )
            for wave in (f"a-{number}", f"b-{number}"):
                assert names(await lab.brought(wave)) == ["below", "leaf", "ours", "root", "theirs"]
        purposes = {answer["wave"][0]: answer.get("purpose") for answer in lab.answers}
        assert purposes == {"a": None, "b": "rebalance"}
        assert {frame.get("purpose") for frame in theirs.heard} == {None, "rebalance"}


@on_uvloop
async def test_a_foreign_node_between_ours_passes_the_wave_on_without_its_id() -> None:
    async with running_lab(INNER) as lab, joining(lab, "theirs") as theirs:
        await lab.tell("root", lab.request("w-1"))
        payload = await lab.brought("w-1")
        assert names(payload) == ["below", "leaf", "ours", "root", "theirs"]
        assert payload["children"][0]["children"][0]["children"][0]["name"] == "leaf"
        # Our node below it gave the wave a name of its own, and answered without it.
        assert [frame["route"] for frame in theirs.heard] == ["echo", "echo_back"]
        assert set(theirs.heard[1]) == {"route", "payload", "sender"}
        own = f"below-{limits.WAVES_PER_INCARNATION * lab.node('below').incarnation + 1}"
        await lab.until(
            lambda: (lab.count(own, "send"), lab.count(own, "receive")) == (3, 3) and "w-1" in lab.events
        )
        assert set(lab.events) == {"w-1", own}


@on_uvloop
async def test_the_lab_courses_finn_passes_through_a_foreign_node() -> None:
    async with running_lab(INNER, task_time=60) as lab, joining(lab, "theirs") as theirs:
        await lab.tell("root", lab.request("f-1", "finn"))
        await eventually(lambda: lab.tasks() == 4)
        assert [set(frame) for frame in theirs.heard] == [{"route", "inc", "ninc", "sender"}]
        assert theirs.heard[0]["inc"] == [lab.port("root")]
        # Below it the sets are closed, as if it were one of ours: every node there decides.
        await lab.until(lambda: sum(lab.count(wave, "decide") for wave in lab.events) == 4)
        decided = [e.message for events in lab.events.values() for _, e in events if e.event == "decide"]
        assert sorted(decided, key=str) == [1, 2, 3, 4]


@on_uvloop
async def test_a_foreign_root_starts_waves_in_our_tree() -> None:
    async with running_lab(TOP) as lab, joining(lab, "theirs") as theirs:
        for number in range(1, 4):
            for purpose in (None, "rebalance"):
                frame = {"route": "echo", "sender": theirs.url}
                theirs.replies[purpose] = []
                theirs.parent[purpose] = lab.ear
                await theirs.send(lab.ws("ours"), frame, purpose)
            await lab.until(partial(has_brought, lab, 2 * number))
        assert all(names(answer["payload"]) == ["leaf", "ours", "theirs"] for answer in lab.answers)


@on_uvloop
async def test_a_foreign_parent_is_answered_where_it_wants_to_be() -> None:
    async with running_lab(TOP) as lab:
        port = lab.port("theirs")
        heard: list[str] = []

        async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            heard.append((await reader.readuntil(b"\r\n")).decode().split()[1])
            writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
            await writer.drain()
            writer.close()

        lab.listeners["theirs"].close()
        server = await asyncio.start_server(take, "127.0.0.1", port)
        await lab.tell("ours", {"route": "echo", "sender": f"http://127.0.0.1:{port}/answers"})
        await eventually(lambda: "/answers" in heard)
        server.close()
        await server.wait_closed()


@on_uvloop
async def test_an_answer_that_a_foreign_parent_does_not_accept_is_told_with_the_reason() -> None:
    async with running_lab(TOP) as lab:
        port = lab.port("theirs")

        async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()
            writer.close()

        lab.listeners["theirs"].close()
        server = await asyncio.start_server(refuse, "127.0.0.1", port)
        for sender in (f"http://127.0.0.1:{port}/answers", f"http://localhost:{port}/ws"):
            await lab.tell("ours", {"route": "echo", "sender": sender})
        await lab.until(lambda: len(drops(lab)) == 2)
        server.close()
        await server.wait_closed()
        told = "theirs did not accept what ours sent: answered 500, which is no success"
        assert drops(lab) == [("ours", "theirs", told)] * 2


def drops(lab: Lab) -> list[tuple[str, str | None, object]]:
    """Return what was reported as not accepted: by whom, by which peer, and the sentence."""
    events = [each for wave in lab.events.values() for each in wave]
    return [(node, event.peer, event.message) for node, event in events if event.event == "drop"]


@on_uvloop
async def test_what_is_no_json_ends_the_wait_for_the_neighbour_whose_connection_it_comes_on() -> None:
    async with running_lab(LEAF) as lab, joining(lab, "theirs", SilentNode) as theirs:
        report: Frame = {"name": "theirs", "port": theirs.port, "cpu": 4, "load": 3, "children": []}
        back = json.dumps({"route": "echo_back", "payload": report, "sender": theirs.url})
        async with lab.visit("root") as kept:
            for number, answer in enumerate((back, "thank you")):
                await lab.tell("root", lab.request(f"w-{number}"))
                await eventually(lambda: len(theirs.heard) == number + 1)  # noqa: B023
                await kept.send(answer)
            assert names(await lab.brought("w-0")) == ["ours", "root", "theirs"]
            assert names(await lab.brought("w-1")) == ["ours", "root"]
        await lab.until(lambda: lab.count("w-1", "down") == 1)
        [told] = [event.message for _, event in lab.events["w-1"] if event.event == "down"]
        assert isinstance(told, str)
        assert told.startswith("theirs sent what is no frame: JSON is malformed")


@on_uvloop
async def test_what_is_no_json_and_could_be_anybodys_is_in_the_log_with_who_was_awaited(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with running_lab(LEAF) as lab, joining(lab, "theirs", SilentNode) as theirs:
        await lab.tell("root", "nobody is awaited", lab.request("w-1"))
        await eventually(lambda: len(theirs.heard) == 1)
        await lab.tell("root", "thank you", "thank you")
    told = [text for text in caplog.messages if "no frame" in text]
    assert len(told) == 1
    assert told[0].startswith("root: somebody sent what is no frame: JSON is malformed")
    assert told[0].endswith("; awaited was theirs")


@pytest.mark.slow
@on_uvloop
async def test_a_foreign_node_that_never_answers_costs_a_wave_its_deadline_and_no_more() -> None:
    async with running_lab(LEAF, **QUICK) as lab, joining(lab, "theirs", SilentNode) as theirs:
        await lab.tell("root", lab.request("w-1"))
        await eventually(lambda: len(theirs.heard) == 1)
        await lab.tell("root", lab.request("w-2", expires=now_ms() + 60_000))
        root = lab.node("root")
        # The next wave is asked as soon as the one before is over.
        await eventually(lambda: len(theirs.heard) == 2)
        assert len(root.waves) == 1
        assert lab.answers == []


@on_uvloop
async def test_a_foreign_node_that_is_not_there_is_missing_and_does_not_block_the_next_wave() -> None:
    async with running_lab(LEAF, **PATIENT) as lab:
        lab.listeners["theirs"].close()
        await lab.tell("root", *(lab.request(f"w-{number}") for number in range(3)))
        for number in range(3):
            assert names(await lab.brought(f"w-{number}")) == ["ours", "root"]
        async with joining(lab, "theirs"):
            await lab.tell("root", lab.request("w-3"))
            assert names(await lab.brought("w-3")) == ["ours", "root", "theirs"]


@on_uvloop
async def test_a_foreign_node_that_hangs_in_the_kernel_is_given_up() -> None:
    async with running_lab(LEAF, **PATIENT) as lab:
        for number in range(2):
            await lab.tell("root", lab.request(f"w-{number}"))
            assert names(await lab.brought(f"w-{number}")) == ["ours", "root"]


@on_uvloop
async def test_an_answer_of_another_purpose_is_not_taken_for_this_one() -> None:
    async with running_lab(LEAF) as lab, joining(lab, "theirs", SilentNode) as theirs:
        await lab.tell("root", lab.request("w-1"))
        await eventually(lambda: len(theirs.heard) == 1)
        payload: Frame = {"name": "theirs", "port": theirs.port, "cpu": 4, "load": 9, "children": []}
        back = {"route": "echo_back", "payload": payload, "sender": theirs.url}
        await theirs.send(lab.ws("root"), back, "rebalance")
        await eventually(lambda: lab.node("root").waves.late == 1)
        assert lab.answers == []
        await theirs.send(lab.ws("root"), back | {"payload": payload | {"load": 1}})
        found = await lab.brought("w-1")
        assert found["children"][1]["load"] == 1


@on_uvloop
async def test_tokens_that_cross_on_a_link_answer_each_other() -> None:
    triangle = {
        "name": "root",
        "children": [{"name": "ours"}, {"name": "theirs", "launch": False}],
        "links": [["ours", "theirs"]],
    }
    async with running_lab(triangle, wave_timeout=8.0) as lab, joining(lab, "theirs", SilentNode) as theirs:
        await lab.tell("root", lab.request("w-1"))
        await eventually(lambda: len(theirs.heard) == 2)
        # It joined through the root, and passes the token on to our node, which has sent it one too.
        await theirs.send(lab.ws("ours"), {"route": "echo", "sender": theirs.url})
        peer = lab.node("ours").peers[lab.topology.index("theirs")]
        await eventually(lambda: peer.asked is None)
        payload: Frame = {"name": "theirs", "port": theirs.port, "cpu": 4, "load": 9, "children": []}
        await theirs.send(lab.ws("root"), {"route": "echo_back", "payload": payload, "sender": theirs.url})
        assert names(await lab.brought("w-1")) == ["ours", "root", "theirs"]
        assert len(lab.node("ours").waves) == 1


@on_uvloop
async def test_a_student_asks_over_http_and_gets_the_tree_there() -> None:
    async with running_lab(LEAF) as lab, joining(lab, "theirs"), client():
        url = f"http://127.0.0.1:{lab.config.balancer_port}/answer"
        await lab.tell("root", {"route": "echo", "sender": url, "purpose": "mine"})
        await lab.until(lambda: bool(lab.answers))
        frame = lab.answers[0]
        assert (frame["route"], frame["purpose"], "wave" in frame) == ("echo_back", "mine", False)
        assert names(frame["payload"]) == ["ours", "root", "theirs"]


@on_uvloop
async def test_fifty_answers_over_http_all_arrive() -> None:
    async with running_lab({"name": "root", "children": [{"name": "ours"}]}) as lab:
        url = f"http://127.0.0.1:{lab.config.balancer_port}/answer"
        await lab.tell("root", *(lab.request(f"w-{number}", sender=url) for number in range(50)))
        await lab.until(partial(has_brought, lab, 50))
        assert {answer["wave"] for answer in lab.answers} == {f"w-{number}" for number in range(50)}
