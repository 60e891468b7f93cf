"""Sends one frame over HTTP, to a program that wants its answers there."""

from __future__ import annotations

import httpx

from topowave.wire import limits
from topowave.wire.http_client import bounded_client


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
            bounded_client(limits.CONNECT_TIMEOUT) as client,
            # What it says, and how much, is of no interest.
            client.stream("POST", url, content=text, headers=headers) as answer,
        ):
            pass
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise OSError(f"{url} does not take a frame: {error}") from error
    if not answer.is_success:
        raise NotAcceptedError(answer.status_code)
