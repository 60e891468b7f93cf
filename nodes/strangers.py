"""Answers to those who are no neighbours: the balancer, a student's script, another lab."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import suppress

from wire import limits
from wire.link import Link
from wire.posting import post


class Strangers:
    """Sends each answer to the URL that asked for it: `ws://` or `http://`.

    The last few WebSocket addresses keep their link, since who asks once asks again.
    """

    def __init__(self) -> None:
        self._links: dict[str, Link] = {}
        self._posting: set[asyncio.Task[None]] = set()

    def answer(self, url: str, text: bytes) -> None:
        """Send a frame to `url`; whether it arrives is the stranger's business."""
        if url.startswith("ws://"):
            link = self._links.pop(url, None) or Link(url, on_down=lambda: self._forget(url))
            self._links[url] = link
            link.send(text)
            if len(self._links) > limits.STRANGERS:
                self._forget(next(iter(self._links)))
        elif len(self._posting) < limits.STRANGERS:
            self._start(_post(url, text))

    async def close(self) -> None:
        """Close what is open."""
        for url in list(self._links):
            self._forget(url)
        await asyncio.gather(*self._posting, return_exceptions=True)

    def _forget(self, url: str) -> None:
        link = self._links.pop(url, None)
        if link is not None:
            self._start(link.close())

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._posting.add(task)
        task.add_done_callback(self._posting.discard)


async def _post(url: str, text: bytes) -> None:
    with suppress(OSError):
        await post(url, text)
