"""Parameters of a request without a value, such as `?receiver=`: they are as good as left out."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send


class NoEmptyParameters:
    """ASGI middleware that leaves parameters without a value out of an address.

    Forms and other people's programs write a parameter for which they have nothing to say. Every parameter
    that must be there is missing then, and is told as missing.

    Args:
        app: the application that reads the parameters.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        query: bytes = scope.get("query_string", b"")
        if b"=&" in query or query.endswith(b"="):
            said = [each for each in query.split(b"&") if each.partition(b"=")[2]]
            scope = {**scope, "query_string": b"&".join(said)}
        await self._app(scope, receive, send)
