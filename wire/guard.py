"""The guard before every server: only this lab's own addresses and pages get in, WebSockets included.

A browser sends `Host` and `Origin` truthfully, whatever page is open in it; so a page of another site can
neither talk to a lab on the same machine nor reach it under a name of its own (DNS rebinding). Programs that
send no `Origin` are let in.
"""

from __future__ import annotations

from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from wire.addresses import LOOPBACK, host_and_port
from wire.problems import Problem, problem_response


class Guard:
    """ASGI middleware that answers 403 to strangers before a request or WebSocket gets any further.

    Args:
        app: the application to guard.
        hosts: names under which this server may be addressed.
        origin_ports: ports of pages that may talk to this server, besides its own.
    """

    def __init__(
        self, app: ASGIApp, hosts: Collection[str] = LOOPBACK, origin_ports: Collection[int] = ()
    ) -> None:
        self._app = app
        self._hosts = frozenset(hosts)
        self._origin_ports = frozenset(origin_ports)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 403."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        reason = self._stranger(Headers(scope=scope))
        if reason is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": reason})
        else:
            await problem_response(Problem(403, "Forbidden", reason))(scope, receive, send)

    def _stranger(self, headers: Headers) -> str | None:
        host = headers.get("host", "")
        name, port = host_and_port(f"//{host}")
        if name not in self._hosts:
            return f"this server is not called {name!r}"
        origin = headers.get("origin")
        if origin is None:
            site = headers.get("sec-fetch-site")
            return f"a request from another site ({site})" if site == "cross-site" else None
        from_name, from_port = host_and_port(origin)
        if from_name in self._hosts and (from_port == port or from_port in self._origin_ports):
            return None
        return f"pages of {origin!r} may not talk to this lab"
