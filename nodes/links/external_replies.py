"""Answers to those who are no neighbours: the balancer, a student's script, another lab."""

from __future__ import annotations

import asyncio
import logging
from weakref import WeakValueDictionary

from topowave.nodes.links.peers import Failed, nothing
from topowave.web.owned_tasks import OwnedTasks
from topowave.wire import limits
from topowave.wire.addresses import Address
from topowave.wire.allowed_targets import AllowedTargets, plain_address
from topowave.wire.delivery import deliver
from topowave.wire.link import Link

_log = logging.getLogger(__name__)


class ExternalReplies:
    """Sends each answer to the URL that asked for it: `ws://` or `http://`.

    The link to the lab's own balancer stays, since it asks again and again. Everybody else gets a connection
    for each answer: whose program returns after a frame would not hear what comes on a connection that stays.

    Args:
        allowed_targets: to whom this lab answers.
        balancer: the WebSocket of the lab's own balancer; None where there is none.
    """

    def __init__(self, allowed_targets: AllowedTargets, balancer: str | None = None) -> None:
        self._allowed_targets = allowed_targets
        self._balancer = None if balancer is None else Link(balancer)
        self._balancer_at = None if balancer is None else plain_address(balancer)
        self._sending = OwnedTasks(_log)
        self._turns = asyncio.Semaphore(limits.EXTERNAL_REPLIES)
        # One that hangs holds up nobody but itself.
        self._one_each: WeakValueDictionary[Address | None, asyncio.Lock] = WeakValueDictionary()

    @property
    def sending(self) -> int:
        """How many answers are on their way to others than the balancer, or wait for that."""
        return len(self._sending)

    def answer(self, url: str, text: bytes, *, names_wave: bool = False, failed: Failed = nothing) -> None:
        """Send a frame to `url`.

        Args:
            url: the address that asked.
            text: the frame.
            names_wave: whether it names its wave, as only our own balancer's do.
            failed: called where it is not accepted; what goes over a link that stays is sent again by nobody.
        """
        allowed = self._allowed_targets.allows(url)
        url = self._as_reached(url)
        if not allowed:
            failed("this lab does not answer there")
        elif names_wave and self._balancer is not None and url == self._balancer.url:
            self._balancer.send(text)
        elif len(self._sending) >= limits.ANSWERS_WAITING:
            failed(f"{limits.ANSWERS_WAITING} answers wait already")
        else:
            shown = url.partition("?")[0]  # without the token, if there is one
            self._sending.start(f"Answering {shown}", self._send(url, text, failed))

    def _as_reached(self, url: str) -> str:
        """Return the URL with the address by which this node reaches the balancer, where it means that.

        The balancer may call itself as only its own machine does, 127.0.0.1, and this node be on another.
        """
        at, found = self._balancer_at, plain_address(url)
        if at is None or found is None or found.port != at.port:
            return url
        if found.host == at.host or found.host not in self._allowed_targets.own_hosts:
            return url
        scheme, _, rest = url.partition("://")
        start = min((rest.index(mark) for mark in "/?" if mark in rest), default=len(rest))
        return at.websocket(rest[start:]) if scheme == "ws" else at.http(rest[start:])

    async def close(self) -> None:
        """Close the link; what has not been sent yet never will be."""
        await self._sending.close()
        if self._balancer is not None:
            await self._balancer.close()

    async def _send(self, url: str, text: bytes, failed: Failed) -> None:
        turn = self._one_each.setdefault(plain_address(url), asyncio.Lock())
        async with turn, self._turns:
            try:
                await deliver(url, text)
            except OSError as error:
                failed(str(error) or type(error).__name__)
