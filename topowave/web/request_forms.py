"""Forms of a request that HTTP has and frameworks do not take: HEAD, and addresses with a server's name."""

from __future__ import annotations

from urllib.parse import unquote

from starlette.types import ASGIApp, Receive, Scope, Send


class RequestForms:
    """ASGI middleware that makes every request one for a path, and HEAD a GET; to be the outermost.

    A server has to answer HEAD wherever it answers GET (RFC 9110, 9.3.2); uvicorn leaves the body out. And it
    has to take `GET http://localhost:7999/status`, as clients behind a proxy write it; that name counts then,
    and not the one in `Host` (RFC 9112, 3.2.2).

    Args:
        app: the application.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] in {"http", "websocket"}:
            if scope.get("method") == "HEAD":
                scope = {**scope, "method": "GET"}
            if "://" in scope["path"] and not scope["path"].startswith("/"):
                scope = _for_a_path(scope)
        await self._app(scope, receive, send)


def _for_a_path(scope: Scope) -> Scope:
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    name, _, path = raw.partition(b"://")[2].partition(b"/")
    headers = [each for each in scope["headers"] if each[0] != b"host"]
    return {
        **scope,
        "headers": [(b"host", name), *headers],
        "raw_path": b"/" + path,
        "path": "/" + unquote(path.decode("latin-1")),
    }
