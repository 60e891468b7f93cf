"""The guard before every server: who may ask this lab for something, and from which pages.

A browser says truthfully whom it asks (`Host`) and which page made it ask (`Origin`, `Sec-Fetch-Site`,
`Referer`), whatever page is open in it. So three questions decide, for WebSockets as for requests:

1. Is this server called so? A page that reaches it under a name of its own (DNS rebinding) is refused. A lab
   with a token need not ask: a browser keeps the token for the name under which the lab was opened.
2. Did a page of another site make the browser ask? Only a visit, to an address that changes nothing, may come
   from there. A request that says nothing of a page is a program's.
3. Does it know the token, if there is one? A program says it in a header or in the address. A browser keeps
   it in a cookie, which goes to every port of a machine; so the cookie alone, without a word about the page,
   lets nobody change anything.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum, auto
from html import escape
from urllib.parse import parse_qsl, quote, urlencode

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from topowave.translation import text
from topowave.web.problem_details import Problem, problem_response
from topowave.wire.addresses import LOOPBACK, host_and_port
from topowave.wire.token import PARAMETER, Token

LOCKED = text(
    "this lab asks for a token: open the link that `topowave up` printed, or send the header "
    "`Authorization: Bearer TOKEN`"
)
_NO_HOST = "localhost"
"""Whom a request asks that has no `Host`: HTTP/1.0 lets programs leave it out, and every browser has it."""
_ENTER = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Topowave</title>
<meta http-equiv="refresh" content="0; url={path}">
<p><a href="{path}">Enter the lab</a></p></html>
"""
"""Not a redirect: that would belong to the page with the link, and a strict cookie would not go with it."""


class _Asker(Enum):
    """Whose page made the browser ask."""

    OURS = auto()
    ANOTHER = auto()
    UNKNOWN = auto()


class Guard:
    """ASGI middleware that answers strangers before a request or WebSocket gets any further: 403, or 401.

    Args:
        app: the application to guard.
        hosts: names under which this server may be addressed; with a token, any.
        origin_ports: ports of pages that may talk to this server, besides its own.
        origins: further such pages, by their origins: `http://localhost:3000`, in lower case.
        reads: addresses that change nothing, each with all that is below it.
        parts: such addresses of which any page may make use as a part of its own, such as scripts.
        token: what one must know; None for a lab that only its own machine can reach.
        cookie: the name under which a browser keeps the token.
    """

    def __init__(
        self,
        app: ASGIApp,
        hosts: Collection[str] = LOOPBACK,
        origin_ports: Collection[int] = (),
        reads: Collection[str] = (),
        token: Token | None = None,
        cookie: str = "topowave",
        parts: Collection[str] = (),
        origins: Collection[str] = (),
    ) -> None:
        self._app = app
        self._parts = tuple(parts)
        self._hosts = frozenset(hosts)
        self._origin_ports = frozenset(origin_ports)
        self._origins = frozenset(origins)
        self._reads = tuple(path.rstrip("/") for path in reads)
        self._token = token
        self._cookie = cookie

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 401 or 403."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        problem = self._problem(scope, headers)
        if problem is None:
            if self._enters(scope, headers):
                await self._enter(scope, receive, send)
            else:
                await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": str(problem.detail)})
        else:
            await problem_response(problem)(scope, receive, send)

    def _problem(self, scope: Scope, headers: Headers) -> Problem | None:
        called = headers.get("host")
        name, port = host_and_port(f"//{_NO_HOST if called is None else called}")
        name = name.removesuffix(".")
        known = called is None or self._token is not None or name in self._hosts
        if not name or not known:
            return Problem(
                403,
                text("Forbidden"),
                text("this server is not called {name!r}", name=(name or called or "")[:200]),
            )
        asker, said = self._asker(headers, name, port)
        reads = self._changes_nothing(scope)
        may_show = _is_visit(headers) or scope["path"].startswith(self._parts or ("//",))
        if asker is _Asker.ANOTHER and not (reads and may_show):
            return Problem(403, text("Forbidden"), text("{said} may not talk to this lab", said=said))
        if self._token is None or _is_preflight(scope, headers) or self._says_token(scope, headers):
            return None
        if not self._token.in_cookie(headers.get("cookie", ""), self._cookie):
            return Problem(401, text("Unauthorized"), LOCKED)
        if asker is _Asker.OURS or reads:
            return None
        return Problem(
            403, text("Forbidden"), text("what changes the lab is asked for on its page, or with the token")
        )

    def _asker(self, headers: Headers, name: str, port: int | None) -> tuple[_Asker, str]:
        """Return whose page made the browser ask, and how that page is called."""
        origin = headers.get("origin")
        if origin is None:
            site = headers.get("sec-fetch-site")
            if site is not None:
                ours = site in {"same-origin", "none"}
                return (
                    _Asker.OURS if ours else _Asker.ANOTHER,
                    text("a page of another site ({site})", site=site),
                )
            origin = headers.get("referer")
            if origin is None:
                return (_Asker.UNKNOWN, "")
        scheme, _, rest = origin.lower().partition("://")
        if f"{scheme}://{rest.partition('/')[0]}" in self._origins:
            return (_Asker.OURS, "")
        from_name, from_port = host_and_port(origin)
        known = from_name == name or (self._token is None and from_name in self._hosts)
        ours = known and (from_port == port or from_port in self._origin_ports)
        return (_Asker.OURS if ours else _Asker.ANOTHER, text("pages of {origin!r}", origin=origin[:200]))

    def _changes_nothing(self, scope: Scope) -> bool:
        path: str = scope["path"]
        return scope.get("method") in {"GET", "HEAD"} and any(
            path == reads or path.startswith(f"{reads}/") for reads in self._reads
        )

    def _says_token(self, scope: Scope, headers: Headers) -> bool:
        assert self._token is not None
        query: bytes = scope["query_string"]
        return self._token.in_header(headers.get("authorization", "")) or self._token.in_query(
            query.decode("latin-1")
        )

    def _enters(self, scope: Scope, headers: Headers) -> bool:
        """Whether a browser opens a link with the token, which it shall keep from now on."""
        return (
            self._token is not None
            and self._changes_nothing(scope)
            and "text/html" in headers.get("accept", "")
            and self._token.in_query(scope["query_string"].decode("latin-1"))
        )

    async def _enter(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Give a browser the token, and send it to the same address, but for the token."""
        assert self._token is not None
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        rest = urlencode([(name, value) for name, value in query if name != PARAMETER])
        path = escape("/" + quote(scope["path"]).lstrip("/") + (f"?{rest}" if rest else ""))
        headers = {
            "set-cookie": self._token.cookie(self._cookie),
            "cache-control": "no-store",
            "referrer-policy": "no-referrer",
        }
        await HTMLResponse(_ENTER.format(path=path), headers=headers)(scope, receive, send)


def cookie_name(page_port: int) -> str:
    """Return the name of a lab's cookie, since browsers do not tell the ports of a machine apart."""
    return f"topowave-{page_port}"


def _is_visit(headers: Headers) -> bool:
    """Whether somebody followed a link, and will see the answer as a page of its own."""
    return headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"


def _is_preflight(scope: Scope, headers: Headers) -> bool:
    """Whether a browser asks beforehand what a page may ask: without the token, and nothing is changed."""
    asks = "origin" in headers and "access-control-request-method" in headers
    return scope.get("method") == "OPTIONS" and asks
