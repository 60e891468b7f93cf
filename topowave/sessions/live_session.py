"""A session that a server has: its process, the asks that wait for it, and the page that it answers.

Theory of operation. Asks go through one bounded queue to one process, and their answers to the page that is
there when they come. A page may be lost and come back within `grace_s`; what is asked meanwhile is done, and
its answer is lost, which the page sees when it asks where the session is. A session that nobody asks for
`idle_s`, or whose page does not come back, ends, and so does one whose process has ended.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable

import msgspec

from topowave.sessions.limits import ASKS_WAITING
from topowave.sessions.outlet import Outlet
from topowave.sessions.process import EndedError, SessionLimits, SessionProcess
from topowave.sessions.protocol import VERSION, AnyAsk, Ended, Network, Open, Resume, refusal
from topowave.translation import sentence_of, text
from topowave.translation.languages import ENGLISH
from topowave.translation.translate import translate


class _Refused(msgspec.Struct):
    problems: list[str] | None = None


_answers = msgspec.json.Decoder(_Refused)


def refused(ask: AnyAsk, problem: str) -> bytes:
    """Return the answer to an ask that cannot be done, in its page's language."""
    return refusal(ask.id, [said_in(problem, ask.language)])


def said_in(sentence: str, language: str) -> str:
    """Return a sentence in a language."""
    return str(sentence) if language == ENGLISH else translate(sentence, language)


class LiveSession:
    """One session.

    Args:
        bounds: what it may take.
        gone: called when nothing of it is left.

    Attributes:
        bounds: what it may take.
        name: by which its page comes back; nobody can guess it.
        left_s: since when it has no page, or none yet (s, of the loop's clock); None while it has one.
        over: whether it takes no more asks.
        ended: set when nothing of it is left.
    """

    def __init__(self, bounds: SessionLimits, gone: Callable[[LiveSession], None]) -> None:
        self.name = secrets.token_urlsafe(18)
        self.left_s: float | None = asyncio.get_running_loop().time()
        self.over = False
        self.ended = asyncio.Event()
        self.bounds = bounds
        self.process = SessionProcess(bounds, self._beaten, self._said)
        self._asks: asyncio.Queue[tuple[AnyAsk, bytes]] = asyncio.Queue(ASKS_WAITING)
        self._outlet: Outlet | None = None
        self._language = ENGLISH
        self._grace: asyncio.TimerHandle | None = None
        self._asked: AnyAsk | None = None
        """What is being answered."""
        self._opened = False
        self._told = False
        self._why = ""
        self._quit = asyncio.Event()
        self._gone = gone
        self._task = asyncio.get_running_loop().create_task(self._run())

    @property
    def at(self) -> int:
        """The position, as far as it is known."""
        return self.process.at

    @property
    def free(self) -> bool:
        """Whether nothing was opened in it so far: what was refused leaves it free."""
        return not (self._quit.is_set() or self.over or self._opened)

    @property
    def pid(self) -> int | None:
        """The id of its process."""
        return self.process.pid

    def take(self, ask: AnyAsk, frame: bytes) -> bool:
        """Let an ask wait for its turn; returns whether there was room."""
        self._language = ask.language
        try:
            self._asks.put_nowait((ask, frame))
        except asyncio.QueueFull:
            return False
        return True

    def stop(self) -> list[AnyAsk]:
        """Have what is being done be the last; returns the asks that waited, which are not done."""
        self.process.stop()
        return self._drained()

    async def attach(self, outlet: Outlet) -> None:
        """Answer this page from now on, and no other."""
        former, self._outlet = self._outlet, outlet
        self.left_s = None
        if self._grace is not None:
            self._grace.cancel()
        if former is not None and former is not outlet:
            await former.hang_up("another page has this session")

    def detach(self, outlet: Outlet) -> None:
        """Wait for a page to come back, since this one is gone."""
        if self._outlet is outlet:
            self._outlet = None
            loop = asyncio.get_running_loop()
            self.left_s = loop.time()
            self._grace = loop.call_later(
                self.bounds.grace_s, self._give_up, text("its page did not come back")
            )

    async def end(self, why: str, *, told: bool = True) -> None:
        """End it; what has not been answered is refused.

        Args:
            why: in a sentence.
            told: whether its page knows that it is over.
        """
        self._told = told
        self._give_up(why)
        await self.ended.wait()

    def _give_up(self, why: str) -> None:
        self._why = self._why or why
        self._quit.set()

    async def _run(self) -> None:
        why = ""
        try:
            await self.process.start()
            why = await self._work_until_quit()
        except EndedError as error:
            why = sentence_of(error)
        finally:
            await self._finish(self._why or why)

    async def _work_until_quit(self) -> str:
        """Answer until it is over; returns why. Raises EndedError."""
        loop = asyncio.get_running_loop()
        work, quits = loop.create_task(self._work()), loop.create_task(self._quit.wait())
        try:
            await asyncio.wait([work, quits], return_when=asyncio.FIRST_COMPLETED)
            return work.result() if work.done() else ""
        finally:
            for task in (work, quits):
                task.cancel()
            await asyncio.gather(work, quits, return_exceptions=True)

    async def _work(self) -> str:
        while True:
            try:
                async with asyncio.timeout(self.bounds.idle_s):
                    self._asked, frame = await self._asks.get()
            except TimeoutError:
                return text("nobody asked it for anything for {seconds:.0f} s", seconds=self.bounds.idle_s)
            await self._answer(self._asked, frame)

    async def _answer(self, ask: AnyAsk, frame: bytes) -> None:
        """Answer an ask. Raises EndedError."""
        answer = await self.process.ask(frame, opens=isinstance(ask, Open | Network))
        if isinstance(ask, Open | Resume) and _answers.decode(answer).problems is None:
            self._opened = True
            known = msgspec.json.encode({"session": self.name, "version": VERSION})
            answer = known[:-1] + b"," + answer[1:]
        self._asked = None
        await self._send(answer)

    async def _finish(self, why: str) -> None:
        """End the process, refuse what waits, and say that it is over to a page that does not know."""
        if self._grace is not None:
            self._grace.cancel()
        self.over = True
        try:
            await self.process.end(why)
            self._gone(self)
            await self._tell_of_the_end(why)
        finally:
            self._outlet = None
            self.ended.set()

    async def _tell_of_the_end(self, why: str) -> None:
        asked = [] if self._asked is None else [self._asked]
        for ask in (*asked, *self._drained()):
            await self._send(refused(ask, why))
        if self._outlet is not None and self._opened and not self._told:
            await self._outlet.end(Ended(self.at, said_in(why, self._language)))

    async def _send(self, frame: bytes) -> None:
        if self._outlet is not None:
            await self._outlet.send(frame)

    def _drained(self) -> list[AnyAsk]:
        found: list[AnyAsk] = []
        while not self._asks.empty():
            found.append(self._asks.get_nowait()[0])
        return found

    def _beaten(self, at: int) -> None:
        if self._outlet is not None:
            self._outlet.progress(at)

    def _said(self, words: str) -> None:
        if self._outlet is not None:
            self._outlet.printed(self.at, words)
