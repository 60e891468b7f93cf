"""What the parts of a chaos run share: the way to the lab, the report, the clock and who listens."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import Any, Protocol
from urllib.parse import quote

import httpx

from topowave.experiments.chaos.report import ChaosReport
from topowave.experiments.chaos.target import ChaosNetwork, ChaosTarget, network_in

ANSWER_TIMEOUT_S = 10.0
"""How long any answer is waited for (s), but a wave's, which has the lab's own deadline besides."""
LOOK_S = 0.1
"""Pause between two readings of the law, and between two looks whether something has come true (s)."""

SERVER_ERROR = 500
"""The status of an answer that no request and no fault explains."""

Json = dict[str, Any]


class ChaosListener(Protocol):
    """Hears how a run goes on."""

    def on_progress(self, elapsed_s: float, total_s: float) -> None:
        """Faults have been done for so long, of so long."""

    def on_event(self, elapsed_s: float, text: str) -> None:
        """Something is done to the lab, or waited for."""

    def on_last_fault(self) -> None:
        """Nothing more is broken; from now on the lab mends."""


class ChaosSession:
    """One run against one lab.

    Args:
        http: a client whose base is the balancer.
        target: how the lab is at the beginning.
        report: where everything is noted.
        listener: who hears how it goes on.
        over: set once nothing more is to be broken; by anybody who wants an early end, too.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        target: ChaosTarget,
        report: ChaosReport,
        listener: ChaosListener,
        over: asyncio.Event,
    ) -> None:
        self._http = http
        self._began_s = time.monotonic()
        self.target = target
        self.report = report
        self.listener = listener
        self.over = over
        self.law = target.law
        """The last reading."""
        self.network = target.network
        """The one that ran when that was last read."""
        self._names = {self.network.version: self.network.names}

    def begin(self) -> None:
        """Count time from now."""
        self._began_s = time.monotonic()

    @property
    def elapsed_s(self) -> float:
        """Time since the beginning (s)."""
        return time.monotonic() - self._began_s

    def notify(self, text: str) -> None:
        """Tell the listener what is done now."""
        self.listener.on_event(self.elapsed_s, text)

    async def read_status(self) -> Json | None:
        """Return how the lab is, and note what network runs; None if it does not answer well."""
        status = await self.json("GET", "/status")
        if status is not None:
            self._note_network(network_in(status, self.network))
        return status

    def _note_network(self, found: ChaosNetwork) -> None:
        if found.version < self.network.version:  # an answer that was overtaken
            return
        self.network = found
        report, own = self.report, len(found.own)
        report.networks += found.version not in self._names
        report.nodes_least, report.nodes_most = min(report.nodes_least, own), max(report.nodes_most, own)
        self._names[found.version] = found.names

    async def names_in(self, wave: Json) -> tuple[str, ...] | None:
        """Return the nodes of the network of a wave; None if nobody says."""
        version: int = wave["version"]
        if version not in self._names:  # one that ran for a moment only
            events = await self.json("GET", f"/waves/{quote(wave['id'], safe='')}/events")
            if events is None:
                return None
            self._names[version] = tuple(events["nodes"])
            self.report.networks += 1
        return self._names[version]

    async def pause(self, seconds: float) -> None:
        """Wait so long, or until all is over."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.over.wait(), max(0.0, seconds))

    async def json(self, method: str, path: str, **more: Any) -> Json | None:
        """Ask the balancer; note it and return None if it does not answer well."""
        answer = await self.ask(method, path, **more)
        if answer is None or not answer.is_success:
            self.report.unanswered[path.split("/")[1]] += 1
            return None
        found: Json = answer.json()
        return found

    async def ask(self, method: str, path: str, **more: Any) -> httpx.Response | None:
        """Ask the balancer; return None if it does not answer."""
        try:
            answer = await self._http.request(method, path, **more)
        except httpx.HTTPError:
            return None
        if answer.status_code == SERVER_ERROR:
            self.report.complain([f"{method} {path}: the balancer made a mistake: {answer.text[:200]}"])
        return answer
