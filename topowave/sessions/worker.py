"""The process of one session: it answers what comes over a socket, until that closes.

    python -m topowave.sessions.worker ANSWERS DUMP HANDLER_S MEMORY_MB

ANSWERS and DUMP are descriptors: a socket to the server, and a file for where this process is when it is
stuck. It works in the folder in which it was started, its session's own. Standard output and error are what a
class prints, so nothing else is written there but faults of ours.

Frames to here are an ask each, and those from here `[WHAT, AT, FRAME]`: "answer" with an answer's frame, or
"beat" with nothing: it is getting on with something long. Each has 4 bytes with its length before it.
SIGUSR1 says that what is being done is to be the last; SIGUSR2 has it say where it is, even inside C.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import socket
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field

import msgspec

from topowave.runtime.background_errors import tell_background_errors
from topowave.runtime.memory_limit import limit_memory
from topowave.runtime.parent_death_signal import ask_the_kernel
from topowave.sessions.answering import Answering
from topowave.sessions.limits import BEAT_S, SESSION_NICE
from topowave.sessions.worker_frames import LENGTH, Told, packed

DUMP_SIGNAL = signal.SIGUSR2
STOP_SIGNAL = signal.SIGUSR1


@dataclass
class _Worker:
    link: socket.socket
    answering: Answering = field(init=False)
    beaten_s: float = 0.0

    def serve(self) -> None:
        """Answer until the server closes its end."""
        while (frame := self._next()) is not None:
            self.beaten_s = time.monotonic()
            answer = self.answering.answer(frame)
            self._tell(Told("answer", self.answering.position, msgspec.Raw(answer)))

    def beat(self) -> None:
        """Say that it gets on, if that was not said just now."""
        now_s = time.monotonic()
        if now_s - self.beaten_s >= BEAT_S:
            self.beaten_s = now_s
            self._tell(Told("beat", self.answering.position))

    def _tell(self, told: Told) -> None:
        self.link.sendall(packed(msgspec.json.encode(told)))

    def _next(self) -> bytes | None:
        length = self._read(LENGTH)
        return None if length is None else self._read(int.from_bytes(length, "big"))

    def _read(self, count: int) -> bytes | None:
        parts: list[bytes] = []
        while count:
            part = self.link.recv(min(count, 1 << 20))
            if not part:
                return None
            parts.append(part)
            count -= len(part)
        return b"".join(parts)


def main(words: list[str]) -> None:
    """Serve a session; `words` are those of the command."""
    answers, dump, handler_s, memory_mb = int(words[0]), int(words[1]), float(words[2]), int(words[3])
    ask_the_kernel()
    os.register_at_fork(after_in_child=ask_the_kernel)  # what the class forks does not outlive it
    with suppress(OSError):
        os.nice(SESSION_NICE)
    tell_background_errors(lambda text: sys.stderr.write(f"{text}\n"))
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace", line_buffering=True)  # type: ignore[union-attr]
    faulthandler.enable(dump, all_threads=False)
    faulthandler.register(DUMP_SIGNAL, dump, all_threads=False)
    worker = _Worker(socket.socket(fileno=answers))
    os.set_inheritable(answers, False)
    worker.answering = Answering(handler_s, worker.beat)

    def stop(_: int, __: object) -> None:
        worker.answering.stopped = True

    signal.signal(STOP_SIGNAL, stop)
    limit_memory(memory_mb)
    with suppress(ConnectionError):
        worker.serve()


if __name__ == "__main__":
    main(sys.argv[1:])
