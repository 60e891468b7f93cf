"""Sends one frame over HTTP, to a program that wants its answers there."""

from __future__ import annotations

import asyncio
import ssl

import httpx

from topowave.wire import limits

NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For clients that speak plain HTTP only: the machine's certificates take some 15 ms and 1 MB to load."""


async def post(url: str, text: bytes) -> None:
    """POST `text` to `url`. Raises OSError where nobody takes it within CONNECT_TIMEOUT."""
    headers = {"content-type": "application/json"}
    try:
        async with (
            asyncio.timeout(limits.CONNECT_TIMEOUT),
            httpx.AsyncClient(verify=NO_CERTIFICATES, trust_env=False) as client,
        ):
            await client.post(url, content=text, headers=headers)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise OSError(f"{url} does not take a frame: {error}") from error
