import asyncio
from typing import Any

import pytest
from fastapi import FastAPI, Request

from tests.support.waiting import PATIENCE_S, eventually
from tests.unit.balancer.lab import PAGE_PORT, bench, listener, told
from tests.unit.balancer.reported_waves import tree
from topowave.balancer.waves import receivers
from topowave.web.uvicorn_adapter.server import serving
from topowave.wire import limits as wire_limits

pytestmark = pytest.mark.anyio
SEVEN = tree(2, 2)


async def test_an_echo_wave_answers_with_the_tree() -> None:
    async with bench(SEVEN) as lab:
        found = await lab.get("/echo")
        assert [child["name"] for child in found["children"]] == ["root0", "root1"]
        assert found["children"][1]["children"][1] == {
            "name": "root11",
            "port": lab.topology.node("root11").port,
            "cpu": 2,
            "load": 0,
            "children": [],
        }
        assert "missing" not in found


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_trigger_answers_with_the_id_and_how_to_ask_after_it(method: str) -> None:
    async with bench(SEVEN) as lab:
        answer = await lab.http.request(method, "/echo_ws")
        assert answer.status_code == 202
        started = answer.json()
        assert started["wave"] == "root-1"
        assert started["status_url"] == answer.headers["location"] == "/waves/root-1"
        await lab.over("root-1")
        wave = await lab.get(started["status_url"])
        expected = {"state": "complete", "messages": 12, "bound": 12, "bound_kind": "exactly"}
        assert {key: wave[key] for key in expected} == expected
        assert (wave["deciders"], wave["missing"], wave["nodes"]) == (["root"], [], 7)
        assert wave["duration_ms"] > 0


@pytest.mark.parametrize(
    ("query", "algorithm", "messages"),
    [("", "finn-lab", 6), ("?algorithm=finn-lab", "finn-lab", 6), ("?algorithm=finn-full", "finn-full", 77)],
)
async def test_either_finn_is_started_by_its_name(query: str, algorithm: str, messages: int) -> None:
    async with bench(SEVEN) as lab:
        started = await lab.get(f"/finn_ws{query}")
        wave = await lab.over(started["wave"])
        assert (wave["algorithm"], wave["state"], len(wave["deciders"])) == (algorithm, "complete", 7)
        # Textbook Finn's number depends on the order of delivery; 77 is what FIFO in lockstep gives.
        assert wave["messages"] == messages or (algorithm == "finn-full" and wave["messages"] <= 168)
        await eventually(lambda: lab.balancer.lab.load == 7)


async def test_an_optional_field_without_content_is_as_good_as_left_out() -> None:
    async with bench(SEVEN) as lab:
        for path in ("/echo_ws?receiver=&initiator=", "/finn_ws?algorithm="):
            assert (await lab.http.get(path)).status_code == 202
        for nothing in ("", None):
            answer = await lab.http.post("/waves", json={"algorithm": "echo", "initiators": nothing})
            assert answer.json()["initiators"] == ["root"]


async def test_fifty_waves_at_once_are_all_exact() -> None:
    async with bench(SEVEN) as lab:
        answers = await asyncio.gather(*(lab.get("/echo") for _ in range(50)))
        assert all(answer == answers[0] for answer in answers)
        waves = [await lab.over(f"root-{number}") for number in range(1, 51)]
        assert {(wave["state"], wave["messages"], wave["nodes"]) for wave in waves} == {("complete", 12, 7)}


async def test_a_wave_may_start_anywhere_and_have_several_initiators() -> None:
    async with bench(SEVEN) as lab:
        assert (await lab.get("/echo?initiator=root11"))["name"] == "root11"
        order = {"algorithm": "finn-full", "initiators": ["root0", "root11"]}
        started = await lab.post("/waves", order)
        wave = await lab.over(started["wave"])
        assert started["wave"].startswith("root0-")
        assert (wave["initiators"], wave["state"]) == (["root0", "root11"], "complete")


@pytest.mark.parametrize(
    ("order", "status", "reason"),
    [
        ({"algorithm": "gossip"}, 422, "no algorithm 'gossip'"),
        ({"algorithm": "echo", "initiators": ["nobody"]}, 404, "nobody"),
        ({"algorithm": "echo", "initiators": ["root", "root0"]}, 409, "exactly one initiator"),
        ({"algorithm": "finn-lab", "initiators": ["root0"]}, 409, "not the root"),
        ({"algorithm": "echo", "initiators": []}, 422, "initiators"),
        ({"algorithm": "echo", "from": "root"}, 422, "from"),
        ([], 422, "body"),
    ],
)
async def test_what_cannot_run_is_refused_with_the_reason(order: Any, status: int, reason: str) -> None:
    async with bench(SEVEN, run_nodes=False) as lab:
        answer = await lab.http.post("/waves", json=order)
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"
        assert reason in answer.json()["detail"]
        assert (await lab.get("/waves"))["waves"] == []


async def test_a_wave_that_does_not_come_back_tells_who_is_missing() -> None:
    async with bench(tree(1), run_nodes=False, wave_timeout=0.2) as lab:
        answer = await lab.http.get("/echo")
        assert answer.status_code == 504
        assert answer.json()["detail"].endswith(
            "did not come back within 0.2 s; 2 nodes are missing: root, root0"
        )
        assert answer.json()["missing"] == ["root", "root0"]
        wave = await lab.get(f"/waves/{answer.json()['wave']}")
        assert (wave["state"], wave["missing"], wave["messages"]) == ("incomplete", ["root", "root0"], 0)


async def test_a_tree_with_a_hole_says_who_is_not_in_it() -> None:
    async with bench(SEVEN, run_nodes=False, probe_after=0.1, wave_timeout=60.0) as lab:
        await lab.start("root", "root0", "root00", "root01")
        found = await lab.get("/echo")
        assert found["missing"] == ["root1", "root10", "root11"]
        assert [child["name"] for child in found["children"]] == ["root0"]
        wave = await lab.over("root-1")
        assert (wave["state"], wave["missing"]) == ("incomplete", ["root1", "root10", "root11"])


async def test_the_tree_goes_to_the_receiver_over_http(monkeypatch: pytest.MonkeyPatch) -> None:
    # A tree is handed on once, and its usual time is not enough where the machine stands still.
    monkeypatch.setattr(wire_limits, "CONNECT_TIMEOUT", PATIENCE_S)
    monkeypatch.setattr(receivers, "RECEIVER_TIMEOUT", PATIENCE_S)
    got: asyncio.Queue[Any] = asyncio.Queue()
    app = FastAPI()

    @app.post("/tree")
    async def take(request: Request) -> None:
        got.put_nowait(await request.json())

    held = listener()
    async with bench(tree(1)) as lab, serving(app, held):
        url = f"http://127.0.0.1:{held.getsockname()[1]}/tree"
        started = (await lab.http.get("/echo_ws", params={"receiver": url})).json()
        async with asyncio.timeout(PATIENCE_S):
            frame = await got.get()
        assert (frame["route"], frame["wave"]) == ("echo_back", started["wave"])
        assert frame["payload"]["children"][0]["name"] == "root0"


@pytest.mark.parametrize(
    ("receiver", "status"),
    [("http://example.org/x", 403), ("ftp://localhost/x", 422), ("localhost:80", 422), ("ws://", 422)],
)
async def test_a_receiver_elsewhere_is_refused_and_no_wave_starts(receiver: str, status: int) -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        answer = await lab.http.get("/echo_ws", params={"receiver": receiver})
        assert answer.status_code == status
        assert lab.balancer.waves.running == 0


async def test_listeners_get_the_trees_of_waves_but_not_those_of_the_rebalancer() -> None:
    async with bench(tree(1)) as lab, lab.connect("/ws") as websocket:
        await lab.post("/rebalance")
        started = await lab.get("/echo_ws")
        frame = await told(websocket)
        assert (frame["route"], frame["wave"]) == ("echo_back", started["wave"])


async def test_the_events_of_a_wave_are_columns_in_the_order_of_time() -> None:
    async with bench(SEVEN) as lab:
        await lab.get("/echo")
        await lab.over("root-1")
        events = await lab.get("/waves/root-1/events")
        lengths = {len(events[c]) for c in ("t_us", "event", "node", "peer", "message", "kind")}
        assert lengths == {26}
        assert events["nodes"][0] == "root"
        assert events["links"][0] == ["root", "root0"]
        assert (events["event"][0], events["event"][-1]) == ("start", "decide")
        assert set(events["kind"]) == {None, "echo", "echo_back"}


async def test_a_wave_that_nobody_knows_is_not_found() -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        for path in ("/waves/root-9", "/waves/root-9/events"):
            assert (await lab.http.get(path)).status_code == 404


async def test_a_wave_that_a_node_began_is_in_the_book_too() -> None:
    async with bench(SEVEN) as lab:
        answer = await lab.http.get(f"http://127.0.0.1:{lab.topology.node('root1').port}/echo")
        wave_id = answer.headers["x-wave"]
        await eventually(lambda: lab.balancer.waves.get(wave_id) is not None)
        wave = await lab.over(wave_id)
        assert (wave["state"], wave["messages"], wave["bound"]) == ("complete", 4, 4)
        assert wave["initiators"] == ["root1"]


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"sec-fetch-site": "cross-site"},
        {"host": "evil.example"},
        {"origin": f"http://localhost:{PAGE_PORT + 1}"},
    ],
)
async def test_a_page_of_another_site_starts_nothing(headers: dict[str, str]) -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        assert (await lab.http.get("/echo_ws", headers=headers)).status_code == 403
        assert lab.balancer.waves.running == 0


async def test_the_lab_s_own_page_may_read_the_answers() -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        origin = f"http://localhost:{PAGE_PORT}"
        answer = await lab.http.get("/waves", headers={"origin": origin})
        assert answer.headers["access-control-allow-origin"] == origin
