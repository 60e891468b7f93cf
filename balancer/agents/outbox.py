"""What waits for one agent: of what says the whole only the last, and signals in their order."""

from __future__ import annotations

import asyncio
from collections import deque

from topowave.balancer.limits import AGENT_SIGNALS
from topowave.wire.agents import AgentSignal, Beat, Wanted


class Outbox:
    """For an agent of one name; what is meant for another session of it than the one that is here stays."""

    def __init__(self) -> None:
        self._session: str | None = None
        self._beat: Beat | None = None
        self._wanted: Wanted | None = None
        self._is_told = False
        self._signals: deque[AgentSignal] = deque(maxlen=AGENT_SIGNALS)
        self._wake = asyncio.Event()

    def opened(self, session: str) -> None:
        """Begin anew for a connection: it is told again what is wanted."""
        self._session, self._beat, self._is_told = session, None, False
        self._wake.set()

    def answer(self, beat: Beat) -> None:
        """Leave the answer to a heartbeat; it answers all that came before."""
        self._beat = beat
        self._wake.set()

    def want(self, wanted: Wanted) -> None:
        """Leave all that the agent is to run."""
        self._wanted, self._is_told = wanted, False
        self._wake.set()

    def signal(self, signal: AgentSignal) -> None:
        """Leave a signal; past AGENT_SIGNALS the oldest goes."""
        self._signals.append(signal)
        self._wake.set()

    async def next(self) -> Beat | Wanted | AgentSignal:
        """Wait for what is to be said next, and take it out."""
        while True:
            found = self._take()
            if found is not None:
                return found
            self._wake.clear()
            await self._wake.wait()

    def _take(self) -> Beat | Wanted | AgentSignal | None:
        if self._beat is not None:
            beat, self._beat = self._beat, None
            return beat
        if self._wanted is not None and not self._is_told and self._wanted.session == self._session:
            self._is_told = True
            return self._wanted
        while self._signals:
            signal = self._signals.popleft()
            if signal.session == self._session:
                return signal
        return None
