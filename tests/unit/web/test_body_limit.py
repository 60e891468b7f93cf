from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI, Request

from topowave.web.body_limit import BodyLimit
from topowave.wire.limits import BODY_BYTES

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
