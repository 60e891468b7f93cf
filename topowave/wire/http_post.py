"""Sends one frame over HTTP, to a program that wants its answers there."""

from __future__ import annotations

import asyncio
import ssl

import httpx

from topowave.wire import limits

NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For clients that speak plain HTTP only: the machine's certificates take some 15 ms and 1 MB to load."""


class NotAcceptedError(OSError):
    """A POST that was answered with anything but success; `status` says with what."""

    def __init__(self, status: int) -> None:
        super().__init__(f"answered {status}, which is no success")
        self.status = status


async def post(url: str, text: bytes) -> None:
    """POST `text` to `url`.

    Raises:
        NotAcceptedError: the answer is no success; a redirection is none, since it may lead anywhere.
        OSError: nobody answers within CONNECT_TIMEOUT.
    """
    headers = {"content-type": "application/json"}
    try:
        async with (
            asyncio.timeout(limits.CONNECT_TIMEOUT),
            httpx.AsyncClient(verify=NO_CERTIFICATES, trust_env=False) as client,
        ):
            answer = await client.post(url, content=text, headers=headers)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise OSError(f"{url} does not take a frame: {error}") from error
    if not answer.is_success:
        raise NotAcceptedError(answer.status_code)
