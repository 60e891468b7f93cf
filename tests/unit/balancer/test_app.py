import asyncio
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from tests.support.waiting import eventually
from tests.unit.balancer.lab import PAGE_PORT, bench
from tests.unit.balancer.reported_waves import tree
from topowave.balancer import inbox as module
from topowave.balancer import limits
from topowave.balancer.app import READS
from topowave.web.body_limit import held
from topowave.wire import limits as wire_limits
from topowave.wire.frames import encode_frame
from topowave.wire.limits import BODY_BYTES
from topowave.wire.observations import Event, Events, Load, Report

pytestmark = pytest.mark.anyio


def text(**found: Any) -> str:
    return encode_frame(Report(**found)).decode()


async def test_reports_of_nodes_are_taken() -> None:
    async with bench(tree(1), run_nodes=False) as lab, lab.connect("/observe") as node:
        await node.send(text(loads=[Load("root", 3, 2, 0, 7, 12)]))
        await eventually(lambda: lab.balancer.lab.status["root"].completed == 7)
        await node.send(text(events=[Events("root", "root-9", "echo", [Event(1, "start")])]))
        await eventually(lambda: lab.balancer.waves.get("root-9") is not None)


async def test_a_report_that_is_not_understood_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BAD_FRAMES", 4)
    async with bench(tree(1), run_nodes=False) as lab, lab.connect("/observe") as node:
        for bad in ("nonsense", "[" * 100_000, '{"about": "load"}'):
            await node.send(bad)
        await node.send(text(loads=[Load("root", 1, 0, 0, 0, 1)]))
        await eventually(lambda: lab.balancer.lab.load == 1)
        await node.send("once too often")
        await node.wait_closed()
        assert node.close_code == 1008


@pytest.mark.parametrize("path", ["/stream", "/ws", "/observe"])
async def test_a_page_of_another_site_gets_no_websocket(path: str) -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        with pytest.raises(InvalidStatus) as refused:
            async with lab.connect(path, origin="http://evil.example"):
                pass
        assert refused.value.response.status_code == 403


async def test_a_page_may_ask_before_it_posts() -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        headers = {
            "origin": f"http://127.0.0.1:{PAGE_PORT}",
            "access-control-request-method": "POST",
            "access-control-request-headers": "content-type, idempotency-key",
        }
        answer = await lab.http.options("/waves", headers=headers)
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == headers["origin"]


async def test_a_body_beyond_the_limit_is_refused() -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        answer = await lab.http.post("/waves", content=b"x" * (BODY_BYTES + 1))
        assert answer.status_code == 413
        assert answer.headers["content-type"] == "application/problem+json"


async def test_bodies_that_many_requests_hold_back_leave_room_for_small_ones_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(wire_limits, "BODIES_BYTES", 100_000)
    part = 40_000 + wire_limits.SMALL_BODY_BYTES
    head = f"POST /waves HTTP/1.1\r\nhost: localhost\r\ncontent-length: {part + 1}\r\n\r\n"
    async with bench(tree(1), run_nodes=False) as lab:
        slow = [await asyncio.open_connection("127.0.0.1", lab.config.balancer_port) for _ in range(2)]
        for _, writer in slow:
            writer.write(head.encode() + b"x" * part)
        await eventually(lambda: held() == 80_000)
        refused = await lab.http.post("/waves", content=b"x" * part)
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
        assert refused.headers["content-type"] == "application/problem+json"
        assert (await lab.http.post("/waves", json={"algorithm": "echo"})).status_code == 202
        for _, writer in slow:
            writer.transport.abort()
        await eventually(lambda: held() == 0)
        assert (await lab.http.post("/waves", content=b"x" * part)).status_code == 422


@pytest.mark.parametrize("path", ["/nowhere", "/waves/"])
async def test_every_error_is_a_problem(path: str) -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        answer = await lab.http.get(path, follow_redirects=True)
        if answer.is_error:
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["status"] == answer.status_code


async def test_the_operations_are_described() -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        described = (await lab.get("/openapi.json"))["paths"]
        assert {"/waves", "/echo_ws", "/finn_ws", "/tasks", "/topology", "/status"} <= set(described)
        assert (await lab.http.get("/docs")).status_code == 200


async def test_what_answers_get_answers_head() -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        for path in READS:
            got, head = await lab.http.get(path), await lab.http.head(path)
            assert (head.status_code, head.content) == (got.status_code, b"")


async def test_tasks_that_are_asked_for_twice_under_one_key_are_added_once() -> None:
    async with bench(tree(1)) as lab:
        order, headers = {"node": "root", "count": 3}, {"idempotency-key": "press-1"}
        first, second = [await lab.http.post("/tasks", json=order, headers=headers) for _ in range(2)]
        assert first.json() == second.json()
        assert len((await lab.http.get("/tasks")).json()["tasks"]) == 3


@pytest.mark.parametrize(("limit", "most"), [("REQUESTS_KEPT", 2), ("ANSWERS_BYTES", 100), ("ANSWERS_S", 0)])
async def test_answers_are_kept_within_the_limits_only(
    monkeypatch: pytest.MonkeyPatch, limit: str, most: int
) -> None:
    monkeypatch.setattr(limits, limit, most)
    async with bench(tree(1)) as lab:
        for key in ("first", "second", "third", "first"):
            order, headers = {"node": "root"}, {"idempotency-key": key}
            assert (await lab.http.post("/tasks", json=order, headers=headers)).status_code == 200
        assert len((await lab.http.get("/tasks")).json()["tasks"]) == 4
