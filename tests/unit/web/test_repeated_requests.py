import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI, Request

from tests.support.waiting import eventually
from topowave.web.body_limit import BodyLimit
from topowave.web.problem_details import RETRY_SOON, Problem, install_problems
from topowave.web.repeated_requests import Kept, RepeatedRequests
from topowave.wire.limits import BODY_BYTES

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Lab:
    """An app that counts what it has done, a gate before its answers, and a clock that is set by hand."""

    def __init__(self, kept: Kept) -> None:
        self.done: list[str] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.is_busy = True
        self.now_s = 0.0
        app = FastAPI()
        install_problems(app)
        app.add_middleware(RepeatedRequests, kept=kept, clock=lambda: self.now_s)
        app.add_middleware(BodyLimit)

        @app.post("/tasks")
        async def tasks(request: Request) -> dict[str, int]:
            self.done.append((await request.body()).decode()[:9])
            await self.gate.wait()
            if self.done[-1] == "refused":
                raise Problem(507, "Disk full", "no room")
            if self.done[-1] == "busy" and self.is_busy:
                raise Problem(503, "No journal", "try again", headers=RETRY_SOON)
            if self.done[-1] == "broken":
                raise RuntimeError
            return {"number": len(self.done)}

        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        self.http = httpx.AsyncClient(transport=transport, base_url="http://localhost")

    async def post(self, key: str | None, body: str = "", path: str = "/tasks") -> httpx.Response:
        return await self.http.post(
            path, content=body, headers=None if key is None else {"idempotency-key": key}
        )


@pytest.fixture
async def lab() -> AsyncIterator[Lab]:
    lab = Lab(Kept(requests=3, answer_bytes=100, seconds=60))
    yield lab
    await lab.http.aclose()


async def test_what_is_repeated_under_its_key_is_done_once_and_answered_alike(lab: Lab) -> None:
    first, second = await lab.post("a", "one"), await lab.post("a", "one")
    assert (first.status_code, first.json()) == (second.status_code, second.json()) == (200, {"number": 1})
    assert lab.done == ["one"]
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"


async def test_without_a_key_or_with_another_one_it_is_done_again(lab: Lab) -> None:
    for key in (None, None, "a", "b"):
        await lab.post(key, "one")
    assert lab.done == ["one"] * 4


async def test_a_refusal_is_repeated_too(lab: Lab) -> None:
    answers = [await lab.post("a", "refused") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [507, 507]
    assert answers[0].json() == answers[1].json()
    assert lab.done == ["refused"]


async def test_an_answer_that_says_try_again_is_given_to_no_later_request(lab: Lab) -> None:
    lab.gate.clear()
    both = [asyncio.create_task(lab.post("a", "busy")) for _ in range(2)]
    await eventually(lambda: lab.done == ["busy"])
    lab.gate.set()
    assert [(await each).status_code for each in both] == [503, 503]
    assert lab.done == ["busy"]
    assert (await lab.post("a", "busy")).status_code == 503
    lab.is_busy = False
    answers = [await lab.post("a", "busy") for _ in range(2)]
    assert [answer.json() for answer in answers] == [{"number": 3}] * 2
    assert len(lab.done) == 3


async def test_one_that_says_so_and_is_too_long_to_be_kept_is_no_matter() -> None:
    lab = Lab(Kept(requests=3, answer_bytes=1, seconds=60))
    assert [(await lab.post("a", "busy")).status_code for _ in range(2)] == [503, 503]
    assert len(lab.done) == 2


async def test_a_repetition_that_comes_too_early_waits_for_the_answer(lab: Lab) -> None:
    lab.gate.clear()
    both = [asyncio.create_task(lab.post("a", "one")) for _ in range(2)]
    await eventually(lambda: lab.done == ["one"])
    lab.gate.set()
    assert [(await each).json() for each in both] == [{"number": 1}] * 2
    assert lab.done == ["one"]


async def test_a_key_belongs_to_one_request(lab: Lab) -> None:
    await lab.post("a", "one")
    for body, path in (("two", "/tasks"), ("one", "/tasks?count=2")):
        answer = await lab.post("a", body, path)
        assert answer.status_code == 422
        assert "another request" in answer.json()["detail"]
    assert lab.done == ["one"]


@pytest.mark.parametrize("key", ["", "a b", "x" * 201, "ü"])
async def test_what_is_no_key_is_refused(lab: Lab, key: str) -> None:
    answer = await lab.http.post("/tasks", headers={b"idempotency-key": key.encode("latin-1")})
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("idempotency-key: expected 1 to 200")
    assert lab.done == []


async def test_of_a_request_that_broke_no_answer_is_known(lab: Lab) -> None:
    assert (await lab.post("a", "broken")).status_code == 500
    assert (await lab.post("a", "broken")).status_code == 409
    assert lab.done == ["broken"]


async def test_answers_are_kept_for_a_while(lab: Lab) -> None:
    await lab.post("a", "one")
    lab.now_s = 59
    await lab.post("a", "one")
    assert lab.done == ["one"]
    lab.now_s = 60
    await lab.post("a", "one")
    assert lab.done == ["one"] * 2


async def test_of_too_many_requests_and_bytes_the_oldest_are_forgotten(lab: Lab) -> None:
    for key in "abcd":
        await lab.post(key)
    await lab.post("d")
    assert len(lab.done) == 4
    await lab.post("a")
    assert len(lab.done) == 5

    small = Lab(Kept(requests=9, answer_bytes=25, seconds=60))
    for key in "abcb":  # 12 bytes each
        await small.post(key)
    assert len(small.done) == 3
    await small.post("a")
    assert len(small.done) == 4


async def test_requests_that_run_are_never_forgotten_and_further_ones_wait(lab: Lab) -> None:
    lab.gate.clear()
    running = [asyncio.create_task(lab.post(key)) for key in "abc"]
    await eventually(lambda: len(lab.done) == 3)
    refused = await lab.post("d")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
    lab.gate.set()
    await asyncio.gather(*running)
    assert (await lab.post("d")).status_code == 200


async def test_a_body_that_is_too_long_is_refused_as_without_a_key(lab: Lab) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(BODY_BYTES // 65536 + 1):
            yield b"x" * 65536

    answer = await lab.http.post("/tasks", content=pieces(), headers={"idempotency-key": "a"})
    assert answer.status_code == 413
    assert lab.done == []
