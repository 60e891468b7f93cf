"""A parameter without a value is as good as left out."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from fastapi import FastAPI

from topowave.web.empty_parameters import NoEmptyParameters

app = FastAPI()
app.add_middleware(NoEmptyParameters)


@app.get("/")
async def read(count: int = 1, name: str | None = None) -> list[object]:
    return [count, name]


@app.get("/must")
async def must(target: int) -> int:
    return target


def get(path: str) -> httpx.Response:
    """Return what the app answers."""

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
            return await client.get(path)

    return asyncio.run(ask())


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [1, None]),
        ("?count=&name=", [1, None]),
        ("?count=&name=a", [1, "a"]),
        ("?count=2&name=", [2, None]),
        ("?count=2&name=%20", [2, " "]),
        ("?name=a=", [1, "a="]),
        ("?name=a=&count=", [1, "a="]),
        ("?=&&count=3&", [3, None]),
    ],
)
def test_an_empty_parameter_has_its_default(query: str, found: list[object]) -> None:
    assert get(f"/{query}").json() == found


def test_a_parameter_that_must_be_there_is_missing() -> None:
    answer = get("/must?target=")
    assert (answer.status_code, answer.json()["detail"][0]["type"]) == (422, "missing")
