"""The limit on what a request may carry: a longer body is answered with 413 before it fills any memory.

FastAPI has such a limit too, but answers in plain text; every error of ours is a problem.
"""

from __future__ import annotations

from fastapi import HTTPException
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from topowave.web.problem_details import Problem, problem_response
from topowave.wire.limits import BODY_BYTES

_TITLE = "Body too large"
_DETAIL = f"a request may carry {BODY_BYTES} bytes at most"


class BodyLimit:
    """ASGI middleware that lets BODY_BYTES of a request's body through, whether or not it told its length."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 413."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        length = Headers(scope=scope).get("content-length", "0")
        if not length.isdigit() or int(length) > BODY_BYTES:
            await problem_response(Problem(413, _TITLE, _DETAIL))(scope, receive, send)
            return
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > BODY_BYTES:
                raise HTTPException(413, _DETAIL)
            return message

        await self._app(scope, counted, send)
