"""What foreign neighbours do wrong, told where people look for it: in the log, and in the wave."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator

from topowave.nodes.links.peers import Peer
from topowave.nodes.reporting import EventBuffer, Reporter
from topowave.wire import limits
from topowave.wire.frames import EchoBack

_log = logging.getLogger(__name__)

KNOWN_PURPOSES = frozenset({None, "rebalance"})
"""Purposes with which a lab starts waves by itself."""


def is_late(frame: EchoBack, purpose: str | None) -> bool:
    """Return whether an answer is to a request of an earlier wave, and not to the one with this purpose."""
    return frame.purpose not in {None, purpose} and frame.purpose in KNOWN_PURPOSES


def wrong_in(frame: EchoBack, name: str, purpose: str | None) -> str | None:
    """Return what is wrong with an answer of the foreign node `name`; None where nothing is.

    A program may leave the purpose out of its answer, but it does not make one up.
    """
    if frame.purpose not in {None, purpose}:
        return f"answered with the purpose {frame.purpose!r}; it was asked with {purpose!r}"
    if frame.payload["name"] != name:
        return f"answered with a report in the name of {frame.payload['name']!r}"
    return None


class Troubles:
    """What one node has to tell of programs that are none of ours.

    Args:
        node: its name.
        reporter: reports to the balancer.
        numbers: running numbers for waves that begin here.
    """

    def __init__(self, node: str, reporter: Reporter, numbers: Iterator[int]) -> None:
        self._node = node
        self._reporter = reporter
        self._numbers = numbers
        self._last: dict[str, str] = {}
        self._quiet_until: dict[str, float] = {}

    def log(self, who: str, text: str) -> None:
        """Write a sentence into the log, once and not in every round of rebalancing anew."""
        if self._last.get(who) != text:
            if len(self._last) >= limits.SENDERS:
                self._last.clear()
            self._last[who] = text
            _log.warning("%s: %s", self._node, text)

    def not_accepted(self, who: str, reason: str) -> str:
        """Write into the log that `who` did not accept a frame; returns the sentence."""
        text = f"{who} did not accept what {self._node} sent: {reason}"
        self.log(who, text)
        return text

    def warn(self, peer: Peer, reason: str) -> str:
        """Write what a peer did wrong into the log; returns the sentence."""
        text = f"{peer.name} {reason}"
        self.log(peer.name, text)
        return text

    def unreadable(self, reason: str, awaited: list[str]) -> None:
        """Write into the log that a frame came of nobody knows whom, while peers were awaited."""
        now = asyncio.get_running_loop().time()
        if awaited and self._quiet_until.get("", 0.0) <= now:
            self._quiet_until[""] = now + limits.BAD_FRAME_PAUSE
            self.log("", f"somebody sent what is no frame: {reason}; awaited was {', '.join(awaited)}")

    def wrong_request(self, peer: Peer, algorithm: str, reason: str) -> None:
        """Tell of a frame of a foreign peer that would have brought a wave here, had it been right.

        The balancer knows to which wave it belongs, as with any part that comes through a foreign node.
        """
        now = asyncio.get_running_loop().time()
        if peer.knows_waves or self._quiet_until.get(peer.name, 0.0) > now:
            return
        self._quiet_until[peer.name] = now + limits.BAD_FRAME_PAUSE
        text = self.warn(peer, reason)
        wave = f"{self._node}-{next(self._numbers)}"
        log = EventBuffer(self._node, wave, algorithm, None, peer.name)
        self._reporter.record(log, "down", peer.name, message=text)
