"""A program that is none of ours takes a task where it says so, by POST or by GET; else there is a reason."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from tests.unit.wire.loop import on_uvloop
from topowave.wire.addresses import Address
from topowave.wire.foreign_tasks import ForeignTasks, refusal

THERE = Address("127.0.0.1", 8100)


@pytest.mark.parametrize(
    ("status", "body", "why"),
    [
        (200, b'{"status": "error"}', "answered with the status error"),
        (200, b'\xef\xbb\xbf{"status": "Error"}', "answered with the status error"),
        (302, b"", "answered 302"),
        (503, b'{"status": "ok"}', "answered 503"),
        (200, b'{"status": "ok"}', None),
        (201, b"added", None),
        (204, b"", None),
        (200, b"[]", None),
        (200, b'{"ok": true}', None),
        (200, b'{"status": "\xff"}', None),
        (200, b"[" * 100_000, None),
    ],
)
def test_what_a_program_says_decides(status: int, body: bytes, why: str | None) -> None:
    assert refusal(httpx.Response(status, content=body)) == why


class Program:
    """A program that answers each method in its way."""

    def __init__(self, say: Callable[[str], int]) -> None:
        self.say = say
        self.asked: list[str] = []
        self.client = httpx.AsyncClient(transport=httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(f"{request.method} {request.url}")
        return httpx.Response(self.say(request.method))


@on_uvloop
async def test_one_that_knows_only_get_is_asked_so_from_then_on_until_it_refuses() -> None:
    program, tasks = Program({"POST": 405, "GET": 200}.__getitem__), ForeignTasks()
    assert [await tasks.give(program.client, THERE) for _ in range(2)] == [None, None]
    url = "http://127.0.0.1:8100/add_task"
    assert program.asked == [f"POST {url}", f"GET {url}", f"GET {url}"]
    program.say = {"POST": 200, "GET": 410}.__getitem__
    assert [await tasks.give(program.client, THERE) for _ in range(2)] == ["answered 410", None]
    assert program.asked[3:] == [f"GET {url}", f"POST {url}"]


@on_uvloop
async def test_one_that_is_not_there_is_a_reason() -> None:
    def nobody(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("nobody listens", request=request)

    async with httpx.AsyncClient(transport=httpx.MockTransport(nobody)) as client:
        assert await ForeignTasks().give(client, THERE) == "nobody listens"
