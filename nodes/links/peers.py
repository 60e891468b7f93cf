"""The neighbours of a node, and how a frame reaches each of them."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Protocol

from topowave.nodes.links.delayed_frames import DelayedFrames
from topowave.nodes.links.openings import Openings
from topowave.web.owned_tasks import OwnedTasks
from topowave.wire import limits
from topowave.wire.connection import Connection
from topowave.wire.delivery import deliver
from topowave.wire.link import Link

DownHandler = Callable[[int], None]
Failed = Callable[[str], None]
"""Called with the reason where a frame was not accepted."""

_log = logging.getLogger(__name__)


def nothing(_: str) -> None:
    """Do nothing."""


class Peer(Protocol):
    """A neighbour.

    Attributes:
        index: its number in the topology.
        name: its name.
        knows_waves: whether it names the wave in its answers.
    """

    index: int
    name: str
    knows_waves: bool

    @property
    def asked(self) -> str | None:
        """The wave to which an answer without a wave belongs."""
        ...

    def send(
        self,
        text: bytes,
        wave: str,
        *,
        awaits_answer: bool = False,
        to: str | None = None,
        failed: Failed = nothing,
    ) -> None:
        """Send a frame of `wave`, after the link's delay.

        Args:
            text: the frame.
            wave: id of the wave.
            awaits_answer: whether the peer will answer to it.
            to: the URL that the peer gave for this answer, if it is somebody else's program.
            failed: called with the reason where such a program does not accept the frame.
        """
        ...

    def answered(self) -> None:
        """Count the wave in `asked` as answered."""
        ...

    def release(self, wave: str) -> None:
        """Stop waiting for the peer's answer in `wave`, which is over."""
        ...

    async def alive(self, timeout: float) -> bool:  # noqa: ASYNC109 - the answer is a fact, not an exception
        """Return whether the peer answers a ping within `timeout` seconds."""
        ...

    def set_delay(self, delay_s: float) -> None:
        """Let each frame that is sent from now on take so many seconds longer; they keep their order."""
        ...

    def partition(self) -> None:
        """Break what is open, and let nothing through until `repair`."""
        ...

    def repair(self) -> None:
        """Let frames through again."""
        ...

    async def close(self) -> None:
        """Close what is open."""
        ...


class OwnPeer:
    """A neighbour of this lab: one link that stays.

    Args:
        index, name: the neighbour.
        url: its WebSocket.
        delay: seconds that each frame takes longer than it must, at first; frames keep their order.
        on_down: called with the index when the link breaks or cannot be opened.
        openings: counts the links that are being opened.

    Attributes:
        shares_process: whether it lives in this process, so that nobody need ask it whether it does.
    """

    knows_waves = True
    asked = None  # such a peer names the wave itself

    def __init__(
        self,
        index: int,
        name: str,
        url: str,
        delay: float,
        on_down: DownHandler,
        openings: Openings,
    ) -> None:
        self.index = index
        self.name = name
        self._on_down = on_down
        self._first_opening = openings.begin()
        self._link = Link(url, on_open=self._first_opening.end, on_down=self._down)
        self._delayed = DelayedFrames(delay, self._link.send)
        self._probes = OwnedTasks(_log)
        self._probe: asyncio.Task[bool] | None = None
        self._is_partitioned = False
        self.shares_process = False

    def open(self) -> None:
        """Begin to open the link."""
        self._link.open()

    def send(
        self,
        text: bytes,
        wave: str,  # noqa: ARG002 - see Peer
        *,
        awaits_answer: bool = False,  # noqa: ARG002
        to: str | None = None,  # noqa: ARG002
        failed: Failed = nothing,  # noqa: ARG002
    ) -> None:
        """Send a frame, after the link's delay."""
        if self._is_partitioned:
            asyncio.get_running_loop().call_soon(self._on_down, self.index)
        elif self._delayed.delay_s or self._delayed.waiting:
            self._delayed.add(text)
        else:
            self._link.send(text)

    def answered(self) -> None:
        """Do nothing: such a peer names the wave itself."""

    def release(self, wave: str) -> None:
        """Do nothing: such a peer takes part in any number of waves."""

    async def alive(self, timeout: float) -> bool:  # noqa: ASYNC109 - see Peer
        """Return whether the peer answers a ping; all who ask at the same time share one.

        While the link waits for its turn to be opened, behind thousands, nothing speaks against the peer.
        """
        if self._link.waits_for_turn:
            return True
        if self.shares_process:
            return self._link.is_open
        if self._probe is None or self._probe.done():
            self._probe = self._probes.start(f"A ping to {self.name}", self._link.ping(timeout))
        return await asyncio.shield(self._probe)

    def set_delay(self, delay_s: float) -> None:
        """Let each frame that is sent from now on take so many seconds longer."""
        self._delayed.delay_s = delay_s

    def partition(self) -> None:
        """Break the link, and keep it down until `repair`."""
        self._is_partitioned = True
        self._link.hold()
        self._down()

    def repair(self) -> None:
        """Open the link again."""
        self._is_partitioned = False
        self._link.release()

    async def close(self) -> None:
        """Close the link."""
        self._first_opening.end()
        self._delayed.clear()
        await self._probes.close()
        await self._link.close()

    def _down(self) -> None:
        self._first_opening.end()
        # What waits was meant for waves that now go on without this neighbour.
        self._delayed.clear()
        self._link.forget_waiting()
        self._on_down(self.index)


class ForeignPeer:
    """A neighbour that is somebody else's program: a new connection for every frame.

    Since its answers name no wave, it gets the next request only when it has answered the last one, or when
    that wave is over.
    """

    knows_waves = False

    def __init__(self, index: int, name: str, url: str, delay: float, on_down: DownHandler) -> None:
        self.index = index
        self.name = name
        self.asked: str | None = None
        self._url = url
        self._delay = delay
        self._last_due_s = 0.0
        self._on_down = on_down
        self._is_partitioned = False
        self._is_silent = False
        self._waiting: deque[tuple[bytes, str, Failed]] = deque()
        self._running = OwnedTasks(_log, lambda _: self._lost())

    def send(
        self,
        text: bytes,
        wave: str,
        *,
        awaits_answer: bool = False,
        to: str | None = None,
        failed: Failed = nothing,
    ) -> None:
        """Send a frame on a connection of its own; a request waits until the one before is answered."""
        full = len(self._waiting) >= limits.FOREIGN_WAITING
        if self._is_partitioned or self._is_silent or full or len(self._running) >= limits.FOREIGN_WAITING:
            # Not now: the wave is in the middle of an event.
            asyncio.get_running_loop().call_soon(self._on_down, self.index)
        elif awaits_answer and self.asked is not None:
            self._waiting.append((text, wave, failed))
        elif awaits_answer:
            self._ask(text, wave, failed)
        else:
            self._start(self._send(text, to or self._url, failed, self._due_s()))

    def answered(self) -> None:
        """Send the next request."""
        self.asked = None
        if self._waiting:
            self._ask(*self._waiting.popleft())

    def release(self, wave: str) -> None:
        """Take back what was asked in `wave`."""
        self._waiting = deque(item for item in self._waiting if item[1] != wave)
        if self.asked == wave:
            self.answered()

    async def alive(self, timeout: float) -> bool:  # noqa: ASYNC109 - see Peer
        """Return whether a connection can be opened within `timeout` seconds."""
        try:
            async with asyncio.timeout(timeout):
                connection = await Connection.open(self._url, _ignore, _ignore)
        except OSError:
            return False
        self._running.start(f"Closing a connection to {self.name}", connection.close())
        return True

    def set_delay(self, delay_s: float) -> None:
        """Let each frame that is sent from now on take so many seconds longer."""
        self._delay = delay_s

    def set_silent(self, *, silent: bool) -> None:
        """Ask for nothing while it is said not to be there; waves that wait for it go on without it."""
        self._is_silent = silent
        if silent and (self.asked is not None or self._waiting):
            self._lost()

    def partition(self) -> None:
        """Send nothing, and ask for nothing, until `repair`."""
        self._is_partitioned = True
        self._waiting.clear()
        self.asked = None
        self._running.cancel()
        self._last_due_s = 0.0
        self._on_down(self.index)

    def repair(self) -> None:
        """Send again."""
        self._is_partitioned = False

    async def close(self) -> None:
        """End what is being sent."""
        self._waiting.clear()
        await self._running.close()

    def _ask(self, text: bytes, wave: str, failed: Failed) -> None:
        self.asked = wave

        def unanswered(reason: str) -> None:
            if self.asked == wave:  # who has answered has taken the request, however it ends the connection
                failed(reason)
                self._lost()

        self._start(self._send(text, self._url, unanswered, self._due_s()))

    def _start(self, sending: Coroutine[object, object, None]) -> None:
        self._running.start(f"Sending to {self.name}", sending)

    def _due_s(self) -> float:
        """When a frame that is sent now leaves, in seconds of the loop's clock: after those before it."""
        self._last_due_s = max(self._last_due_s, asyncio.get_running_loop().time() + self._delay)
        return self._last_due_s

    async def _send(self, text: bytes, url: str, failed: Failed, due_s: float) -> None:
        await asyncio.sleep(due_s - asyncio.get_running_loop().time())
        try:
            await deliver(url, text)
        except OSError as error:
            failed(str(error) or type(error).__name__)

    def _lost(self) -> None:
        """What was asked will not be answered, and what waits was meant for waves that go on without it."""
        self.asked = None
        self._waiting.clear()
        self._on_down(self.index)


def _ignore(_: object) -> None:
    """Do nothing with what the peer says, or when it leaves, on a connection that only carries our frame."""
