"""The links between the nodes while they are opened for the first time: a wave waits until they are.

A lab with tens of thousands of links is at their handshakes for many seconds after its nodes are up, and
after each change of its network. A wave that began meanwhile would wait at every link for its turn, run out
of time, and nobody would know why. So it begins when they are open, and its time counts from then on; where
that would take longer than LINKS_WAIT it is refused, with how far they are. Each process of nodes reports its
own links (`nodes.links.openings`); one that leaves takes them with it.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable

from topowave.balancer import limits
from topowave.translation import Text, text
from topowave.web.problem_details import RETRY_SOON, Problem
from topowave.wire.observations import LinksOpening


class LinkOpenings:
    """What the processes reported of their links, and who waits for them.

    Args:
        tell: called with a sentence for people, where the opening takes them more than a moment.
    """

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._told = False
        self._by_process: dict[object, LinksOpening] = {}
        self._began_s = 0.0
        self._first: tuple[float, int] | None = None  # when the first were open, and how many
        self._over = asyncio.Event()
        self._ending = False

    @property
    def left(self) -> int:
        """How many are still to be opened; 0 most of the time."""
        return sum(each.left for each in self._by_process.values())

    @property
    def links(self) -> int:
        """How many there are, of the processes that report; 0 while none is being opened."""
        return sum(each.links for each in self._by_process.values())

    @property
    def seconds_left(self) -> float | None:
        """In how many seconds all are open if they go on like this; None where nobody can know yet."""
        left = self.left
        if not left:
            return 0.0
        if self._first is None:
            return None
        first_s, already = self._first
        took_s, opened = asyncio.get_running_loop().time() - first_s, self.links - left - already
        return None if took_s < limits.OPENING_KNOWN or opened <= 0 else took_s * left / opened

    def progress(self) -> Text:
        """Return how far they are, in words."""
        links, seconds = self.links, self.seconds_left
        if seconds is None:
            return text(
                "{open:,} of {links:,} connections between the nodes are open",
                open=links - self.left,
                links=links,
            )
        return text(
            "{open:,} of {links:,} connections between the nodes are open, about {seconds} s to go",
            open=links - self.left,
            links=links,
            seconds=math.ceil(seconds),
        )

    def note(self, process: object, opening: LinksOpening) -> None:
        """Take the report of a process; each replaces its last one."""
        if not self._by_process:
            if not opening.left:
                return
            self._began_s = asyncio.get_running_loop().time()
            self._told, self._first = False, None
            self._over.clear()
        self._by_process[process] = opening
        opened = self.links - self.left
        if self._first is None and opened:
            self._first = asyncio.get_running_loop().time(), opened
        self._look()

    def forget(self, process: object) -> None:
        """Note that a process has left."""
        if self._by_process.pop(process, None) is not None:
            self._look()

    async def over(self) -> None:
        """Wait until no link is being opened.

        Raises:
            Problem: 503 where that would take longer than LINKS_WAIT, or has.
        """
        if not self._by_process:
            return
        if (self.seconds_left or 0.0) > limits.LINKS_WAIT:
            raise self._refusal()
        try:
            async with asyncio.timeout(limits.LINKS_WAIT):
                await self._over.wait()
        except TimeoutError:
            raise self._refusal() from None
        if self._ending:
            raise Problem(503, text("Ending"), text("the lab stops"), headers=RETRY_SOON)

    def close(self) -> None:
        """Refuse all who wait."""
        self._ending = True
        self._over.set()

    def _look(self) -> None:
        if not self.left:
            if self._told:
                self._tell(
                    text(
                        "All {links:,} connections between the nodes are open, after {seconds:.0f} s",
                        links=self.links,
                        seconds=self._took_s(),
                    )
                )
            self._by_process.clear()
            self._over.set()
        elif not self._told and self._took_s() > limits.OPENING_KNOWN:
            self._told = True
            self._tell(text("{progress}; waves begin then", progress=self.progress()))

    def _took_s(self) -> float:
        return asyncio.get_running_loop().time() - self._began_s

    def _refusal(self) -> Problem:
        seconds = max(1, math.ceil(self.seconds_left or limits.LINKS_WAIT))
        return Problem(
            503,
            text("Links are being opened"),
            text("{progress}; try again in {seconds} s", progress=self.progress(), seconds=seconds),
            headers={"Retry-After": str(seconds)},
        )
