"""Starts waves: checks what the algorithm asks, numbers the wave, and tells the initiators."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from itertools import count

from msgspec import structs

from topowave.algorithms import Algorithm
from topowave.algorithms.waves.echo import Echo
from topowave.algorithms.waves.finn_lab import FinnLab
from topowave.balancer.limits import START_FRAMES
from topowave.balancer.state.feed import Feed
from topowave.balancer.state.lab import Lab
from topowave.balancer.waves.admission import Admission
from topowave.balancer.waves.algorithm_catalog import AlgorithmCatalog
from topowave.balancer.waves.held import HeldWaves
from topowave.balancer.waves.link_openings import LinkOpenings
from topowave.balancer.waves.record import Purpose, WaveRecord
from topowave.balancer.waves.registry import WaveRegistry
from topowave.translation import Sentences, Several, Text, text
from topowave.web.owned_tasks import OwnedTasks
from topowave.web.problem_details import RETRY_SOON, Problem
from topowave.wire import frames
from topowave.wire.addresses import Address
from topowave.wire.limits import WAVES_PER_INCARNATION
from topowave.wire.link import Link
from topowave.wire.token import Token


class WaveLauncher:
    """Starts waves over links that stay open to the initiators.

    Args:
        lab: what runs.
        waves: where waves are entered.
        feed: where people read of them.
        closing: own the links that are being closed.
        catalog: returns what algorithms ask of the network that runs now.
        openings: who waits for links that are being opened.
        url: this balancer's `/ws`, to which initiators answer.
        incarnation: number of this process; its waves begin at incarnation * WAVES_PER_INCARNATION + 1.
        token: what the nodes ask for.
        held: those waves of which messages wait for people.
    """

    def __init__(
        self,
        lab: Lab,
        waves: WaveRegistry,
        feed: Feed,
        closing: OwnedTasks,
        catalog: Callable[[], AlgorithmCatalog],
        openings: LinkOpenings,
        url: str,
        incarnation: int,
        token: Token | None,
        held: HeldWaves,
    ) -> None:
        self.held = held
        self._lab = lab
        self._waves = waves
        self.admission = Admission(waves)
        self._feed = feed
        self._catalog = catalog
        self._openings = openings
        self._url = url
        self._token = token
        self._numbers = count(incarnation * WAVES_PER_INCARNATION + 1)
        self._links: dict[Address, Link] = {}
        self._closing = closing
        self._may_begin = asyncio.Event()
        self._may_begin.set()

    async def start_in_turn(
        self,
        algorithm: str,
        initiators: Sequence[str] | None = None,
        purpose: Purpose | None = None,
        *,
        who: str = "",
        hold: bool = False,
    ) -> WaveRecord:
        """Start a wave as soon as there is room for it (see `admission`), as `start` does; `who` asks for it.

        Raises:
            Problem: it cannot be, or would have to wait too long: for its turn (429), or for links that are
                still to be opened (503).
        """
        self._wanted(algorithm, initiators)
        while True:
            await self._may_begin.wait()
            await self._openings.over()
            await self.admission.turn(self.admission.cost(self._catalog(), algorithm), who)
            if self._may_begin.is_set():
                return self.start(algorithm, initiators, purpose, hold=hold)

    @asynccontextmanager
    async def quiet(self) -> AsyncGenerator[None]:
        """Let no wave begin while the context is open, which others must not be; those asked for wait."""
        self._may_begin.clear()
        try:
            yield
        finally:
            self._may_begin.set()

    def start(
        self,
        algorithm: str,
        initiators: Sequence[str] | None = None,
        purpose: Purpose | None = None,
        *,
        hold: bool = False,
    ) -> WaveRecord:
        """Start a wave from `initiators`, by default the usual ones. Raises Problem where it cannot be.

        With `hold` its messages wait until somebody lets them through, `hold_timeout` at the most.
        """
        cls, names = self._wanted(algorithm, initiators)
        expected = self.admission.cost(self._catalog(), algorithm)
        wave = f"{names[0]}-{next(self._numbers)}"
        record = self._waves.open(wave, cls, names, purpose, expected=expected)
        if record is None:
            why = text("{running} waves are running; try again later", running=self._waves.running)
            raise Problem(429, text("Too many waves"), why, headers=RETRY_SOON)
        limit_s = self._catalog().times.limit_s(cls, self._lab.config)
        held_s = self._lab.config.hold_timeout if hold else 0.0
        now = time.monotonic_ns() // 1_000_000
        asked = self._frame(cls, wave, now + round(1000 * (limit_s + held_s)), purpose)
        if hold:
            self.held.begin(wave, held_s)
            asked = structs.replace(asked, hold_until=now + round(1000 * held_s))
        frame = frames.encode_frame(asked)
        for name in names:
            self._link(self._lab.topology.node(name).port).send(frame)
        if purpose is None:
            begins = text("{algorithm} starts at {nodes}", algorithm=cls.title, nodes=Several(names))
            self._feed.notify("wave", begins, node=names[0], wave=wave)
        return record

    @property
    def dropped(self) -> int:
        """Start frames that were given up for newer ones, because their initiators cannot be reached."""
        return sum(link.dropped for link in self._links.values())

    def replaced(self) -> None:
        """Close the links to nodes that are no more, or have moved: a port may be one of another host now."""
        addresses = {self._lab.address_at(port) for port in self._lab.topology.ports}
        for gone in self._links.keys() - addresses:
            self._closing.start("Closing a link to a node that is gone", self._links.pop(gone).close())

    async def close(self) -> None:
        """Close all links."""
        await asyncio.gather(self._closing.finish(), *(link.close() for link in self._links.values()))

    def _wanted(self, algorithm: str, initiators: Sequence[str] | None) -> tuple[type[Algorithm], list[str]]:
        """Return the class and the initiators. Raises Problem where the wave cannot be."""
        try:
            cls = self._catalog().algorithms.find(algorithm)
        except KeyError as error:
            raise Problem(422, text("Unknown algorithm"), str(error.args[0])) from None
        usual = self._catalog().usual_initiators(cls)
        names = usual if initiators is None else list(dict.fromkeys(initiators))
        self._check(cls, names)
        return cls, names

    def _check(self, algorithm: type[Algorithm], names: list[str]) -> None:
        for name in names:
            status = self._lab.status.get(name)
            if status is None:
                raise Problem(
                    404, text("No such node"), text("there is no node {name!r} in this topology", name=name)
                )
            if (why := _why_it_starts_none(name, status.state)) is not None:
                raise Problem(409, text("Node cannot start a wave"), why)
        reasons = self._catalog().refusals(algorithm, names)
        if reasons:
            raise Problem(
                409,
                text("Algorithm refused"),
                text("{problems}", problems=Sentences(reasons)),
                problems=reasons,
            )

    def _frame(
        self, algorithm: type[Algorithm], wave: str, expires: int, purpose: Purpose | None
    ) -> frames.WaveFrame:
        if algorithm is Echo:
            return frames.Echo(sender=self._url, wave=wave, expires=expires, purpose=purpose)
        if algorithm is FinnLab:
            return frames.Finn(inc=[], ninc=[], sender=self._url, wave=wave, expires=expires)
        return frames.Wave(algorithm=algorithm.name, start=True, sender=self._url, wave=wave, expires=expires)

    def _link(self, port: int) -> Link:
        address = self._lab.address_at(port)
        link = self._links.get(address)
        if link is None:
            url = address.websocket(token=self._token)
            link = self._links[address] = Link(url, on_text=self._on_text, keep=START_FRAMES)
        return link

    def _on_text(self, received: bytes) -> None:
        """Tell people of a frame that an initiator refused."""
        try:
            frame = frames.decode_frame(received)
        except frames.FrameError:
            return
        if isinstance(frame, frames.Error):
            reason = frame.message if self._token is None else self._token.hide(frame.message)
            self._feed.notify("wave", text("A wave was refused: {why}", why=reason[:300]))


def _why_it_starts_none(name: str, state: str) -> Text | None:
    """Return why a node in a state can begin no wave; None where it can."""
    if state == "failed":
        return text("{name} is failed", name=name)
    return text("{name} is foreign", name=name) if state == "foreign" else None
