"""The process of a session, as its server has it: asked, watched, and ended whatever a class in it does.

Theory of operation. A class of a user's own is ordinary Python, so each session has a process of its own, and
nothing of it ever runs in the server. The process is started anew (`worker.py`), not forked, since a server
has threads and sockets. Server and process share a socket with frames; what the class prints comes through a
pipe; and a file takes down where the process is when it is stuck.

    "starting" -- first ask --> "busy" <-- ask, answer --> "idle" -- end --> "ended"

One ask is with the process at a time. While it is busy it has to say something every `stuck_s`: the answer,
or that it is getting on, which it says between events. A handler that hangs it ends by itself, with file and
line; where it cannot (a `__deepcopy__` that hangs, a call of C), the server asks where it is, kills it, and
says so. Its memory has a bound of the system's.

What must hold: every ask has one answer, also where the process has ended; and it never outlives its server,
nor does what the class has started.
"""

from __future__ import annotations

import asyncio
import codecs
import os
import re
import shutil
import signal
import socket
import sys
import tempfile
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

import msgspec

from topowave.runtime.background_errors import is_users
from topowave.sessions import limits
from topowave.sessions.worker_frames import LENGTH, Told, packed
from topowave.translation import text

_ROOT = Path(__file__).parents[2]
_FRAME = re.compile(r'  File "(.+)", line (\d+) in (.+)')
_told = msgspec.json.Decoder(Told)
STOP_SIGNAL, DUMP_SIGNAL = signal.SIGUSR1, signal.SIGUSR2
PRINTED_AT_A_TIME = 1 << 14
"""Bytes of what a class prints that are read at once."""
State = Literal["idle", "busy", "ended"]


@dataclass(frozen=True)
class SessionLimits:
    """What sessions may take. `limits.py` says what each number means."""

    sessions: int = limits.MOST_SESSIONS
    memory_mb: int = limits.SESSION_MB
    handler_s: float = limits.SESSION_HANDLER_S
    stuck_s: float = limits.STUCK_S
    open_s: float = limits.OPEN_S
    idle_s: float = limits.IDLE_S
    grace_s: float = limits.GRACE_S


class EndedError(Exception):
    """The process has ended; the text says why."""


class SessionProcess:
    """One process; `start` makes it.

    Args:
        bounds: what it may take.
        beaten: called with the position when something long is getting on.
        printed: called with what the class prints.

    Attributes:
        at: the position of its session, as far as it is known.
        why: why it has ended, in a sentence; None while it runs.
    """

    def __init__(
        self, bounds: SessionLimits, beaten: Callable[[int], None], printed: Callable[[str], None]
    ) -> None:
        self.at = 0
        self.why: str | None = None
        self.state: State = "idle"
        self.ended = asyncio.Event()
        self.bounds = bounds
        self._beaten = beaten
        self._printed = printed
        self._process: Process | None = None
        self._folder = ""
        self._dump: IO[bytes] | None = None
        self._reader: asyncio.StreamReader
        self._writer: asyncio.StreamWriter | None = None
        self._relay: asyncio.Task[None] | None = None
        self._ending: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The id of the process; None where it has not started."""
        return None if self._process is None else self._process.pid

    async def start(self) -> None:
        """Start it. Raises EndedError where the system has no process or no room for it."""
        ours, theirs = socket.socketpair()
        try:
            self._folder = tempfile.mkdtemp(prefix="topowave-session-")
            self._dump = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the process runs
            self._reader, self._writer = await asyncio.open_connection(sock=ours, limit=limits.ANSWER_BYTES)
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "topowave.sessions.worker",
                *map(str, (theirs.fileno(), self._dump.fileno())),
                *map(str, (self.bounds.handler_s, self.bounds.memory_mb)),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=PIPE,
                stderr=STDOUT,
                cwd=self._folder,
                env=os.environ | {"PYTHONPATH": _python_path(), "PYTHONSAFEPATH": "1"},
                pass_fds=(theirs.fileno(), self._dump.fileno()),
                start_new_session=True,
            )
        except OSError as error:
            await self.end(text("no process for the session can be started: {error}", error=str(error)))
            raise EndedError(self.why) from error
        finally:
            theirs.close()
        self._relay = asyncio.get_running_loop().create_task(self._relay_printed(self._process))

    async def ask(self, frame: bytes, *, opens: bool = False) -> bytes:
        """Return the answer to an ask, both as frames.

        Args:
            frame: the ask.
            opens: whether it loads a class and makes a network, which may take longer.

        Raises:
            EndedError: the process ended, or had to be ended, before it answered.
        """
        if self.state == "ended" or self._writer is None:
            raise EndedError(self.why)
        self.state = "busy"
        try:
            self._writer.write(packed(frame))
            while True:
                told = await self._next(self.bounds.open_s if opens else self.bounds.stuck_s)
                self.at = told.at
                if told.what == "answer":
                    break
                self._beaten(told.at)
        except TimeoutError:
            await self.end(await self._where())
            raise EndedError(self.why) from None
        except (OSError, asyncio.IncompleteReadError, msgspec.DecodeError, msgspec.ValidationError):
            await self.end(await self._how())
            raise EndedError(self.why) from None
        if self.state == "busy":
            self.state = "idle"
        return bytes(told.frame)

    def stop(self) -> None:
        """Have what is being done be the last."""
        if self.state == "busy":
            self._signal(STOP_SIGNAL)

    async def end(self, why: str) -> None:
        """End it, with all that the class has started, and give back what it had."""
        if self._ending is None:
            self.state, self.why = "ended", why
            self._ending = asyncio.get_running_loop().create_task(self._end())
        await asyncio.shield(self._ending)

    async def _end(self) -> None:
        process = self._process
        if process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            self._signal(signal.SIGKILL)
            await process.wait()
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)  # what the class has started a moment ago
        if self._relay is not None:
            self._relay.cancel()
            await asyncio.gather(self._relay, return_exceptions=True)
        if self._writer is not None:
            self._writer.close()
            with suppress(OSError):
                await self._writer.wait_closed()
        if self._dump is not None:
            self._dump.close()
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
        self.ended.set()

    async def _next(self, patience_s: float) -> Told:
        async with asyncio.timeout(patience_s):
            length = int.from_bytes(await self._reader.readexactly(LENGTH), "big")
            if length > 2 * limits.ANSWER_BYTES:
                raise msgspec.DecodeError("no answer is so long")  # a class has written into the socket
            return _told.decode(await self._reader.readexactly(length))

    async def _relay_printed(self, process: Process) -> None:
        assert process.stdout is not None
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        while data := await process.stdout.read(PRINTED_AT_A_TIME):
            self._printed(decoder.decode(data))

    async def _where(self) -> str:
        """Return why it is killed that says nothing, with the place in the class' file if it has one."""
        assert self._dump is not None
        dump = self._dump.fileno()
        begin = os.fstat(dump).st_size
        self._signal(DUMP_SIGNAL)
        for _ in range(round(limits.DUMP_S / 0.02)):
            if os.fstat(dump).st_size > begin:
                break
            await asyncio.sleep(0.02)
        seen = os.pread(dump, 1 << 16, begin).decode("utf-8", "replace")
        own = [found for found in _FRAME.findall(seen) if is_users(found[0])]
        if not own:
            return text("the session did not answer in time, and was ended")
        file, line, name = own[0]
        return text(
            "the class did not return in time, and the session was ended ({file}, line {line}, in {name})",
            file=Path(file).name,
            line=line,
            name=name,
        )

    async def _how(self) -> str:
        """Return how a process has ended by itself."""
        process = self._process
        if process is None:
            return text("the session has ended")
        with suppress(TimeoutError):
            async with asyncio.timeout(limits.DUMP_S):  # its socket closes a moment before it ends
                await process.wait()
        code = process.returncode
        if code is None:
            return text("the class has broken the connection to its session, which was ended")
        if code < 0:
            return text("the process of the session was ended by signal {number}", number=-code)
        return text("the class has ended its process (exit code {code})", code=code)

    def _signal(self, number: signal.Signals) -> None:
        process = self._process
        if process is not None and process.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(process.pid, number)  # asyncio's own way may take the exit code from its watcher


def _python_path() -> str:
    """Return where a process finds this package, as this one did."""
    return os.pathsep.join([str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
