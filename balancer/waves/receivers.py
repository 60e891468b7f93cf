"""Hands a wave's tree to the receiver that somebody named: an `echo_back` frame, over WebSocket or HTTP."""

from __future__ import annotations

import asyncio

from topowave.balancer.limits import RECEIVER_TIMEOUT, RECEIVERS
from topowave.balancer.state.feed import Feed
from topowave.translation import text
from topowave.web.owned_tasks import OwnedTasks
from topowave.web.problem_details import Problem
from topowave.wire import frames
from topowave.wire.allowed_targets import AllowedTargets, is_plain
from topowave.wire.delivery import deliver


def check_receiver(url: str, allowed_targets: AllowedTargets) -> None:
    """Raise Problem where `url` is no receiver: another scheme, or a host that is out of reach."""
    if not is_plain(url):
        raise Problem(422, text("Bad receiver"), text("{url!r} is no plain ws:// or http:// URL", url=url))
    if not allowed_targets.allows(url):
        detail = text(
            "{url!r} is not within this lab's reach ({allowed_targets}); "
            "`answer_to` in config.json adds to it",
            url=url,
            allowed_targets=str(allowed_targets),
        )
        raise Problem(403, text("Receiver refused"), detail)


class Receivers:
    """The trees on their way to receivers; each has RECEIVER_TIMEOUT, and none is waited for.

    Args:
        feed: where people read of a tree that did not arrive.
        tasks: own the trees on their way.
    """

    def __init__(self, feed: Feed, tasks: OwnedTasks) -> None:
        self._feed = feed
        self._tasks = tasks

    def __len__(self) -> int:
        return len(self._tasks)

    def hand(self, url: str, frame: frames.EchoBack) -> None:
        """Begin to hand `frame` to `url`."""
        if len(self._tasks) >= RECEIVERS:
            self._feed.notify(
                "wave", text("{url} got no tree: too many are on their way", url=url), wave=frame.wave
            )
            return
        self._tasks.start(f"Handing a tree to {url}", self._hand(url, frame))

    async def close(self) -> None:
        """Give up what is on its way."""
        await self._tasks.close()

    async def _hand(self, url: str, frame: frames.EchoBack) -> None:
        encoded = frames.encode_frame(frame)
        try:
            async with asyncio.timeout(RECEIVER_TIMEOUT):
                await deliver(url, encoded)
        except OSError as error:
            reason = str(error) or type(error).__name__
            self._feed.notify(
                "wave", text("{url} got no tree: {why}", url=url, why=reason[:200]), wave=frame.wave
            )
