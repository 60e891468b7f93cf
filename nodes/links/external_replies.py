"""Answers to those who are no neighbours: the balancer, a student's script, another lab."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

from topowave.web.owned_tasks import OwnedTasks
from topowave.wire import limits
from topowave.wire.allowed_targets import AllowedTargets
from topowave.wire.http_post import post
from topowave.wire.link import Link

_log = logging.getLogger(__name__)


class ExternalReplies:
    """Sends each answer to the URL that asked for it: `ws://` or `http://`.

    The last few WebSocket addresses keep their link, since who asks once asks again; one over which a frame
    has still to leave is kept until then.

    Args:
        allowed_targets: to whom this lab answers.
    """

    def __init__(self, allowed_targets: AllowedTargets) -> None:
        self._allowed_targets = allowed_targets
        self._links: dict[str, Link] = {}
        self._closing = OwnedTasks(_log)
        self._posting = OwnedTasks(_log)
        self._turns = asyncio.Semaphore(limits.EXTERNAL_REPLIES)

    @property
    def open_links(self) -> int:
        """How many WebSocket addresses keep their link."""
        return len(self._links)

    @property
    def posting(self) -> int:
        """How many answers are on their way to an HTTP address, or wait for that."""
        return len(self._posting)

    def answer(self, url: str, text: bytes) -> None:
        """Send a frame to `url`; whether it arrives is not this node's concern."""
        if not self._allowed_targets.allows(url):
            return
        if url.startswith("ws://"):
            link = self._links.pop(url, None)
            if link is None:
                if len(self._links) >= limits.ANSWERS_WAITING:
                    return
                link = Link(url, on_down=lambda: self._forget(url))
            self._links[url] = link
            link.send(text)
            idle = [each for each, other in self._links.items() if other.is_idle]
            for each in idle[: max(0, len(self._links) - limits.EXTERNAL_REPLIES)]:
                self._forget(each)
        elif len(self._posting) < limits.ANSWERS_WAITING:
            self._posting.start(f"Answering {url}", self._post(url, text))

    async def close(self) -> None:
        """Close what is open; what has not been posted yet never will be."""
        for url in list(self._links):
            self._forget(url)
        await asyncio.gather(self._closing.finish(), self._posting.close())

    def _forget(self, url: str) -> None:
        link = self._links.pop(url, None)
        if link is not None:
            self._closing.start(f"Closing the link to {url}", link.close())

    async def _post(self, url: str, text: bytes) -> None:
        async with self._turns:
            with suppress(OSError):
                await post(url, text)
