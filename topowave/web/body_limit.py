"""The limits on what requests may carry, looked at before a body fills any memory.

A body longer than BODY_BYTES is answered with 413. FastAPI has such a limit too, but answers in plain text;
every error of ours is a problem.

A request keeps its body until it is answered, and a thousand requests at once would keep a thousand bodies.
So those of a process have one limit together: where it is reached, a request is answered with 503 and when to
come again. The first SMALL_BODY_BYTES of each do not count: a large body keeps no small one out.
"""

from __future__ import annotations

from fastapi import HTTPException
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from topowave.translation import text
from topowave.web.problem_details import RETRY_SOON, Problem, problem_response
from topowave.wire import limits

_TITLE = text("Body too large")
_FULL = text("Too many bodies")

_held = 0


def held() -> int:
    """Return how many bytes of bodies this process keeps, without the small ones."""
    return _held


def _detail() -> str:
    return text("a request may carry {bytes} bytes at most", bytes=limits.BODY_BYTES)


def _full() -> str:
    return text(
        "requests that are not answered yet carry {bytes} bytes; try again in a second",
        bytes=limits.BODIES_BYTES,
    )


class BodyLimit:
    """ASGI middleware that lets so much of a request's body through, whether or not it told its length."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 413 or 503."""
        global _held  # noqa: PLW0603 - it is the process's
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        length = Headers(scope=scope).get("content-length", "0")
        if not length.isdigit() or int(length) > limits.BODY_BYTES:
            await problem_response(Problem(413, _TITLE, _detail()))(scope, receive, send)
            return
        if not _has_room(int(length)):
            await problem_response(Problem(503, _FULL, _full(), headers=RETRY_SOON))(scope, receive, send)
            return
        read = counts = 0

        async def counted() -> Message:
            global _held  # noqa: PLW0603
            nonlocal read, counts
            message = await receive()
            read += len(message.get("body", b""))
            if read > limits.BODY_BYTES:
                raise HTTPException(413, _detail())
            more = _counting(read) - counts
            counts += more
            _held += more
            if more and _held > limits.BODIES_BYTES:
                raise HTTPException(503, _full(), headers=dict(RETRY_SOON))
            return message

        try:
            await self._app(scope, counted, send)
        finally:
            _held -= counts


def _counting(size: int) -> int:
    """Return how much of a body of so many bytes counts."""
    return max(0, size - limits.SMALL_BODY_BYTES)


def _has_room(size: int) -> bool:
    return not _counting(size) or _held + _counting(size) <= limits.BODIES_BYTES
