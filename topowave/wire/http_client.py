"""HTTP clients for asking programs that are not ours: an answer has a size and a deadline, as a whole.

httpx bounds the time of each single read only, so an answer that drips in would never end, and it keeps all
of it, unpacked, whatever it becomes. Here both are looked at while the answer comes in.

A server that stalls, or is stopped, while its time for an idle connection runs out drops unread what has
come there meanwhile, and nobody knows then whether that was done. So a connection is used again for
IDLE_CONNECTION only: between that and KEEP_ALIVE there is more than the longest deadline of a request.
"""

from __future__ import annotations

import asyncio
import codecs
import ssl
from collections.abc import AsyncIterator, Mapping
from typing import cast

import httpx

from topowave.wire.limits import ANSWER_BYTES, IDLE_CONNECTION

NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For clients that speak plain HTTP only: the machine's certificates take some 15 ms and 1 MB to load."""


def bounded_client(
    seconds: float,
    *,
    headers: Mapping[str, str] | None = None,
    connections: httpx.Limits | None = None,
    https: bool = False,
) -> httpx.AsyncClient:
    """Return a client each of whose requests ends, with all of its answer, within `seconds`.

    With `https` it knows the certificates that this machine trusts (those of OpenSSL, which SSL_CERT_FILE and
    SSL_CERT_DIR replace), and whom it asks by `https://` has to have one for the name in the URL.

    An answer above ANSWER_BYTES, a packed one, and one that is not whole in time is an httpx.TransportError.
    """
    certificates = ssl.create_default_context() if https else NO_CERTIFICATES
    connections = connections or httpx.Limits(keepalive_expiry=IDLE_CONNECTION)
    transport = _BoundedTransport(seconds, connections, certificates)
    return httpx.AsyncClient(
        transport=transport,
        timeout=seconds,
        trust_env=False,
        headers={"accept-encoding": "identity", **(headers or {})},
    )


def json_of(answer: httpx.Response) -> bytes:
    """Return the JSON text of an answer; some programs write a mark before it."""
    return answer.content.removeprefix(codecs.BOM_UTF8)


class _BoundedTransport(httpx.AsyncBaseTransport):
    def __init__(self, seconds: float, connections: httpx.Limits, certificates: ssl.SSLContext) -> None:
        self._seconds = seconds
        self._inner = httpx.AsyncHTTPTransport(verify=certificates, trust_env=False, limits=connections)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Ask; the answer's body is read by who wants it, within what is left of the time."""
        deadline_s = asyncio.get_running_loop().time() + self._seconds
        try:
            async with asyncio.timeout_at(deadline_s):
                found = await self._inner.handle_async_request(request)
        except TimeoutError:
            raise httpx.ReadTimeout(f"no answer within {self._seconds:g} s", request=request) from None
        if found.headers.get("content-encoding", "identity") != "identity":
            await found.aclose()
            raise httpx.RemoteProtocolError("the answer is packed, which nobody asked for", request=request)
        body = _BoundedBody(cast("httpx.AsyncByteStream", found.stream), deadline_s, request)
        return httpx.Response(
            found.status_code, headers=found.headers, stream=body, extensions=found.extensions
        )

    async def aclose(self) -> None:
        """Close what is open."""
        await self._inner.aclose()


class _BoundedBody(httpx.AsyncByteStream):
    """The body of an answer, up to its limits."""

    def __init__(self, body: httpx.AsyncByteStream, deadline_s: float, request: httpx.Request) -> None:
        self._body = body
        self._deadline_s = deadline_s
        self._request = request

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left, parts = ANSWER_BYTES, aiter(self._body)
        while True:
            try:
                async with asyncio.timeout_at(self._deadline_s):
                    part = await anext(parts)
            except StopAsyncIteration:
                return
            except TimeoutError:
                raise httpx.ReadTimeout("the answer is not whole in time", request=self._request) from None
            left -= len(part)
            if left < 0:
                text = f"the answer has more than {ANSWER_BYTES} bytes"
                raise httpx.ReadError(text, request=self._request)
            yield part

    async def aclose(self) -> None:
        """Give up what is left."""
        await self._body.aclose()
