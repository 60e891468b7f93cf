import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI, Request

from tests.support.waiting import eventually
from topowave.web.body_limit import BodyLimit, held
from topowave.wire import limits
from topowave.wire.limits import BODY_BYTES, SMALL_BODY_BYTES

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def client() -> httpx.AsyncClient:
    app = FastAPI()
    app.add_middleware(BodyLimit)

    @app.post("/size")
    async def size(request: Request) -> int:
        return len(await request.body())

    @app.post("/fail")
    async def fail(request: Request) -> None:
        await request.body()
        raise ZeroDivisionError

    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost")


async def in_pieces(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // 65536):
        yield b"x" * 65536


async def test_a_body_up_to_the_limit_passes(client: httpx.AsyncClient) -> None:
    assert (await client.post("/size", content=b"x" * BODY_BYTES)).json() == BODY_BYTES
    assert (await client.post("/size", content=in_pieces(BODY_BYTES))).json() == BODY_BYTES


async def test_a_body_that_says_it_is_longer_is_refused_unread(client: httpx.AsyncClient) -> None:
    answer = await client.post("/size", content=b"x" * (BODY_BYTES + 1))
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_body_that_does_not_say_its_length_is_cut_at_the_limit(client: httpx.AsyncClient) -> None:
    answer = await client.post("/size", content=in_pieces(BODY_BYTES + 65536))
    assert answer.status_code == 413


async def unfinished(size: int, end: asyncio.Event) -> AsyncIterator[bytes]:
    """A body of so many bytes, whose end is still to come."""
    yield b"x" * size
    await end.wait()


async def test_the_bodies_of_all_requests_have_one_limit_and_small_ones_are_taken_beyond_it(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "BODIES_BYTES", 100_000)
    end = asyncio.Event()
    slow = [
        asyncio.ensure_future(client.post("/size", content=unfinished(SMALL_BODY_BYTES + 40_000, end)))
        for _ in range(2)
    ]
    await eventually(lambda: held() == 80_000)
    said, untold = b"x" * (SMALL_BODY_BYTES + 30_000), unfinished(SMALL_BODY_BYTES + 30_000, end)
    for refused in (await client.post("/size", content=said), await client.post("/size", content=untold)):
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
    assert held() == 80_000
    assert (await client.post("/size", content=b"x" * SMALL_BODY_BYTES)).json() == SMALL_BODY_BYTES
    assert (await client.post("/size", content=b"x" * (SMALL_BODY_BYTES + 20_000))).status_code == 200
    end.set()
    assert [(await answer).json() for answer in slow] == 2 * [SMALL_BODY_BYTES + 40_000]
    assert held() == 0
    assert (await client.post("/size", content=said)).status_code == 200


async def test_a_request_that_fails_or_is_left_keeps_no_bytes(client: httpx.AsyncClient) -> None:
    size = SMALL_BODY_BYTES + 50_000
    with pytest.raises(ZeroDivisionError):
        await client.post("/fail", content=b"x" * size)
    left = asyncio.ensure_future(client.post("/size", content=unfinished(size, asyncio.Event())))
    await eventually(lambda: held() == 50_000)
    left.cancel()
    await asyncio.gather(left, return_exceptions=True)
    assert (await client.post("/size", content=in_pieces(BODY_BYTES + 65536))).status_code == 413
    assert held() == 0
