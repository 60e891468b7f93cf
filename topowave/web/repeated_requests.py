"""Requests that may come twice: one whose answer was lost is repeated under its key, and is not done again.

Theory of operation. A request with the header `Idempotency-Key` is remembered by its key from the moment when
it comes: first as running, then with its answer. A repetition waits for that answer, or gets it at once; what
it asks for happens once. A key belongs to one request: with another method, address or body it is refused.
Answers are kept for a while and in a bounded memory; the oldest go first, those that run never. They are kept
by this process: whoever repeats a request to a server that was started again asks for it anew. An answer with
`Retry-After` says that nothing was done, and is not kept: only those get it that wait for it already, and
whoever repeats the request after it asks for it anew. One that leaves open what was done is kept.
(Kept to the IETF's draft "The Idempotency-Key HTTP Header Field", where a repetition that comes too early may
be refused; here it waits.)
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from topowave.translation import text
from topowave.web.problem_details import RETRY_SOON, Problem, problem_response

HEADER = "idempotency-key"
REPLAYED = (b"idempotency-replayed", b"true")
"""The header of an answer that was given before."""
_KEY = re.compile(r"[!-~]{1,200}")
_KEY_WORDS = f"{HEADER}: expected 1 to 200 printable ASCII characters without spaces"


@dataclass(frozen=True)
class Kept:
    """How much is kept: `requests` at most, of them `answer_bytes` in all, each for `seconds`."""

    requests: int
    answer_bytes: int
    seconds: float


@dataclass
class _Request:
    """A request that has come: what it asked for, since when it is kept, its answer once that is whole."""

    asked: bytes
    began_s: float
    over: asyncio.Event = field(default_factory=asyncio.Event)
    answer: list[Message] | None = None
    size: int = 0


class RepeatedRequests:
    """ASGI middleware that does what is asked under one key once, and answers repetitions alike.

    Args:
        app: the application to whom a request goes the first time.
        kept: how much is kept, and for how long.
        clock: seconds on a clock that never goes back.
    """

    def __init__(self, app: ASGIApp, kept: Kept, clock: Callable[[], float] = time.monotonic) -> None:
        self._app = app
        self._kept = kept
        self._clock = clock
        self._requests: dict[str, _Request] = {}
        self._bytes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer what was answered before."""
        key = Headers(scope=scope).get(HEADER) if scope["type"] == "http" else None
        if key is None:
            await self._app(scope, receive, send)
            return
        try:
            await self._keyed(key, scope, receive, send)
        except Problem as problem:
            await problem_response(problem)(scope, receive, send)
        except HTTPException as error:  # the body is too long, or there is no room for it
            refused = Problem(error.status_code, error.detail, error.detail, headers=error.headers)
            await problem_response(refused)(scope, receive, send)

    async def _keyed(self, key: str, scope: Scope, receive: Receive, send: Send) -> None:
        if not _KEY.fullmatch(key):
            raise Problem(400, text("Bad key"), _KEY_WORDS)
        messages = await _whole(receive)
        if messages is None:
            return
        asked = _fingerprint(scope, messages)
        self._forget_old()
        known = self._requests.get(key)
        if known is None:
            await self._first(key, asked, scope, _again(messages, receive), send)
            return
        if known.asked != asked:
            raise Problem(
                422,
                text("Key of another request"),
                text("{header} {key} was sent with another request before", header=HEADER, key=key),
            )
        try:
            async with asyncio.timeout(self._kept.seconds):
                await known.over.wait()
        except TimeoutError:
            why = text("the first request with {header} {key} is not answered yet", header=HEADER, key=key)
            raise Problem(409, text("No answer yet"), why) from None
        if known.answer is None:
            why = text(
                "the first request with {header} {key} ended without an answer; what it did is not known",
                header=HEADER,
                key=key,
            )
            raise Problem(409, text("No answer is known"), why)
        for message in known.answer:
            await send(message)

    async def _first(self, key: str, asked: bytes, scope: Scope, receive: Receive, send: Send) -> None:
        self._make_room()
        request = self._requests[key] = _Request(asked, self._clock())
        answer: list[Message] = []

        async def noted(message: Message) -> None:
            answer.append(_replayed(message))
            if message["type"] == "http.response.body" and not message.get("more_body", False):
                self._answered(request, answer)
                if _is_for_now(answer[0]) and self._requests.get(key) is request:
                    self._drop(key)
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            request.over.set()

    def _answered(self, request: _Request, answer: list[Message]) -> None:
        request.size = sum(len(message.get("body", b"")) for message in answer)
        request.answer = answer
        self._bytes += request.size
        request.over.set()
        self._drop_while(lambda: self._bytes > self._kept.answer_bytes)

    def _make_room(self) -> None:
        self._drop_while(lambda: len(self._requests) >= self._kept.requests)
        if len(self._requests) >= self._kept.requests:
            why = text(
                "{requests} requests with a key are not answered yet; repeat this one later",
                requests=self._kept.requests,
            )
            raise Problem(429, text("Too many requests"), why, headers=RETRY_SOON)

    def _forget_old(self) -> None:
        before_s = self._clock() - self._kept.seconds
        while self._requests:
            oldest = next(iter(self._requests))
            request = self._requests[oldest]
            if request.began_s > before_s or not request.over.is_set():
                return
            self._drop(oldest)

    def _drop_while(self, full: Callable[[], bool]) -> None:
        """Drop the oldest requests that are over while there are too many."""
        if not full():
            return
        for key in [key for key, request in self._requests.items() if request.over.is_set()]:
            self._drop(key)
            if not full():
                return

    def _drop(self, key: str) -> None:
        self._bytes -= self._requests.pop(key).size


async def _whole(receive: Receive) -> list[Message] | None:
    """Return the messages of a whole body; None where the client is gone before."""
    messages: list[Message] = []
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        messages.append(message)
        if not message.get("more_body", False):
            return messages


def _fingerprint(scope: Scope, messages: list[Message]) -> bytes:
    said = hashlib.sha256()
    target: bytes = scope.get("raw_path") or scope["path"].encode()
    for part in (scope["method"].encode(), target, scope.get("query_string", b"")):
        said.update(b"%d:%b" % (len(part), part))
    for message in messages:
        said.update(message.get("body", b""))
    return said.digest()


def _again(messages: list[Message], receive: Receive) -> Receive:
    """Give the messages that were read already, then what comes."""
    left = iter(messages)

    async def given() -> Message:
        message = next(left, None)
        return await receive() if message is None else message

    return given


def _is_for_now(start: Message) -> bool:
    return any(name.lower() == b"retry-after" for name, _ in start.get("headers", []))


def _replayed(message: Message) -> Message:
    if message["type"] != "http.response.start":
        return message
    return {**message, "headers": [*message.get("headers", []), REPLAYED]}
