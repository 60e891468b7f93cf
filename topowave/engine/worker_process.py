"""A worker process: it runs tasks one after the other, or several at once in threads.

Theory of operation. `serve` is the one function that the process runs. It
takes orders from the engine and answers each with an outcome, as soon as it is there: when the process dies,
the engine knows which tasks were through.

- With a limit of one task at once the main thread runs it, so signals and libraries work as in any program.
  With more, each is run in a thread.
- The process leads a session of its own. The engine kills it as a group, with all that scripts have started.
  It does the same itself when the engine is gone, which a thread notices whatever a script does.
- What a script leaves behind is not met by the next one: after a task that took too much memory, left
  processes or threads, or after which few files more can be opened, the outcome says `retire`, the worker
  takes no more orders and the engine ends it. Its timer and its standard output are put back.
- A script that forks may return twice. The copy ends right here, and the task fails.
"""

from __future__ import annotations

import faulthandler
import os
import queue
import select
import signal
import socket
import sys
import threading
import time
from contextlib import suppress
from typing import NoReturn

from topowave.engine.captured_output import CapturedStream, capture
from topowave.engine.claims import Claims
from topowave.engine.limits import CHILDREN_S, OUTBOX_S, OUTBOX_THREADS_S, THREAD_MB
from topowave.engine.open_files import OpenFiles
from topowave.engine.outbox import Outbox, SharedBytes
from topowave.engine.outcomes import Outcome, written
from topowave.engine.script import ScriptError, Scripts, Seen
from topowave.engine.task_result import FailureReason
from topowave.engine.worker_link import Chunk, WorkerEnd
from topowave.runtime.memory_limit import limit_memory
from topowave.runtime.parent_death_signal import ask_the_kernel

READY = "ready"
END = "end"
PING = "ping"
TWIN_CODE = 113
"""Exit code of the copy of a worker that a script has forked and let return."""
_POLL_S = 0.005


def serve(
    link: socket.socket,
    shared: SharedBytes,
    claims: Claims,
    of_engine: tuple[int, ...],
    limit: int,
    memory_mb: int,
) -> None:
    """Run what the engine orders until it says that this is the end.

    Args:
        link: the way to the engine.
        shared: memory for an `Outbox`.
        claims: what the engine has taken back.
        of_engine: descriptors of the engine's that a forked process has too, and closes.
        limit: how many tasks at once.
        memory_mb: how much memory it may take beyond what it has now (MB); 0 for no limit.
    """
    for number in of_engine:
        with suppress(OSError):
            os.close(number)
    with suppress(OSError):  # it leads one already
        os.setsid()
    ask_the_kernel()  # where Python is stuck in C, no thread of ours would notice that the engine is gone
    faulthandler.disable()  # a forked process would write into what its parent has set up
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # drops what came while it was blocked
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.dont_write_bytecode = True  # users' folders are not ours to write in
    worker = _Worker(WorkerEnd(link), Outbox(shared), claims, capture(), limit)
    worker.start_threads()
    if memory_mb:  # what our own threads take is not the scripts'
        limit_memory(memory_mb + (THREAD_MB * limit if limit > 1 else 0))
    worker.serve()


class _Worker:
    def __init__(
        self, link: WorkerEnd, outbox: Outbox, claims: Claims, output: CapturedStream, limit: int
    ) -> None:
        self._link = link
        self._outbox = outbox
        self._claims = claims
        self._kept = threading.Event()
        self._output = output
        self._limit = limit
        self._scripts = Scripts()
        self._files = OpenFiles()
        self._process = os.getpid()
        self._sending = threading.Lock()
        self._counting = threading.Lock()
        self._orders: queue.SimpleQueue[tuple[int, str, str, Seen | None] | None] = queue.SimpleQueue()
        self._runners: list[threading.Thread] = []
        self._active = 0
        self._forked = threading.local()
        self._threads = 0
        os.register_at_fork(after_in_parent=self._note_fork)

    def start_threads(self) -> None:
        """Start those that look after the worker whatever a script does."""
        threading.Thread(target=self._watch_engine, daemon=True).start()
        threading.Thread(target=self._empty_outbox, daemon=True).start()
        self._threads = threading.active_count()

    def serve(self) -> None:
        self._link.send(READY)
        if self._limit == 1:
            self._serve_one_by_one()
            return
        while messages := self._link.receive():
            for message in messages:
                if message == END:
                    self._end_threads()
                    return
                if message == PING:
                    with self._sending:  # what threads are through with comes first
                        self._say_what_is_kept()
                        self._link.send(PING)
                    continue
                self._run_in_threads(message)
        _end_group()

    def _run_in_threads(self, chunks: list[Chunk]) -> None:
        with self._counting:
            self._active += sum(len(chunk.numbers) for chunk in chunks)
            wanted = min(self._limit, self._active)
        while len(self._runners) < wanted:
            thread = threading.Thread(target=self._run_beside_others, args=(len(self._runners),))
            thread.start()
            self._runners.append(thread)
        for chunk in chunks:
            seen = self._scripts.look(chunk.script)
            for number, params in zip(chunk.numbers, chunk.params, strict=True):
                self._orders.put((number, chunk.script, params, seen))

    def _end_threads(self) -> None:
        for _ in self._runners:
            self._orders.put(None)
        for thread in self._runners:
            thread.join()

    def _serve_one_by_one(self) -> None:
        while messages := self._link.receive():
            for message in messages:
                if message == END:
                    return
                left = sum(len(chunk.numbers) for chunk in message)
                for chunk in message:
                    left -= len(chunk.numbers)
                    self._run_chunk(chunk, left)
        _end_group()

    def _run_chunk(self, chunk: Chunk, left: int) -> None:
        """Run tasks one after the other. `left` are those that come after them."""
        left += len(chunk.numbers)
        seen = self._scripts.look(chunk.script)
        for number, params in zip(chunk.numbers, chunk.params, strict=True):
            left -= 1
            if not self._claims.begin(number, chunk.batch):
                continue
            outcome = self._run(number, chunk.script, params, seen)
            if not outcome.retire:
                outcome = self._looked_after(outcome)
            if number == chunk.numbers[-1]:  # once for all of a script's: both ask the system
                self._put_back()
                if self._files.are_too_many:
                    outcome = outcome._replace(retire=True)
            self._say(outcome, later=left > 0 and not outcome.retire)
            if outcome.retire:
                self._wait_for_the_end()

    def _say(self, outcome: Outcome, *, later: bool) -> None:
        """Tell the engine of a task, now or together with those that follow."""
        record = written(outcome)
        if not (later and self._keep(record)):
            with self._sending:
                self._say_what_is_kept(record)

    def _keep(self, record: bytes) -> bool:
        """Keep an outcome for a moment; returns False where there is no room."""
        with self._counting:
            is_kept = self._outbox.add(record)
        if is_kept and not self._kept.is_set():
            self._kept.set()
        return is_kept

    def _say_what_is_kept(self, more: bytes = b"") -> None:
        """Say what is kept, and one record more. Whoever calls this has `_sending`."""
        with self._counting:
            data = self._outbox.turn()
        if data or more:
            self._link.send(data + more)
        self._outbox.clear()

    def _empty_outbox(self) -> None:
        """Say what is kept before anybody who waits for it could notice."""
        pause_s = OUTBOX_S if self._limit == 1 else OUTBOX_THREADS_S
        while self._kept.wait():
            time.sleep(pause_s)
            self._kept.clear()
            with self._sending:
                self._say_what_is_kept()

    def _run_beside_others(self, thread: int) -> None:
        """Run tasks in a thread of many, until there are no more."""
        try:
            while (order := self._orders.get()) is not None:
                self._run_in_thread(thread, *order)
        except BaseException:  # noqa: BLE001 - no engine, or no memory
            _end_group()

    def _run_in_thread(self, thread: int, number: int, script: str, params: str, seen: Seen | None) -> None:
        self._claims.note(thread, number)
        outcome = self._run(number, script, params, seen)
        if self._files.are_too_many:
            outcome = outcome._replace(retire=True)
        with self._counting:
            self._active -= 1
            some_wait = self._active >= self._limit
            if not self._active:
                self._put_back()
                if _children() == "running":
                    outcome = outcome._replace(retire=True)
        record = written(outcome)
        # Where others wait for a thread this one has the next at once, and the engine is told of several.
        if not (some_wait and self._keep(record)):
            with self._sending:
                self._say_what_is_kept(record)
        self._claims.note_end(thread, number)

    def _run(self, number: int, script: str, params: str, seen: Seen | None) -> Outcome:
        captured = self._output.begin()
        self._forked.count = 0
        begin_s = time.perf_counter()
        reason: FailureReason | None = None
        retire = False
        try:
            text = self._scripts.run(script, params, seen)
        except ScriptError as error:
            reason, text = error.reason, str(error)
        except MemoryError:
            reason, text, retire = "memory", f"{script}: it took more memory than it may", True
        if os.getpid() != self._process:
            os._exit(TWIN_CODE)
        duration_s = time.perf_counter() - begin_s
        if self._forked.count and reason is None and _twin_returned():
            reason, text = "forked", f"{script}: it forked, and both copies returned"
        return Outcome(number, reason, text, duration_s, captured.text(), retire)

    def _looked_after(self, outcome: Outcome) -> Outcome:
        """Return the outcome, or another one where the script has left something running."""
        if _children() == "running":
            until_s = time.monotonic() + CHILDREN_S
            while (left := _children() == "running") and time.monotonic() < until_s:
                time.sleep(_POLL_S)
            if left and outcome.reason is None:
                sentence = "it returned while processes that it had started were running; they were ended"
                return outcome._replace(reason="forked", text=sentence, retire=True)
            return outcome._replace(retire=left)
        if threading.active_count() > self._threads:
            return outcome._replace(retire=True)
        return outcome

    def _put_back(self) -> None:
        """Put back what a script may have set and the next one would not expect."""
        signal.setitimer(signal.ITIMER_REAL, 0)  # that of `signal.alarm`, too
        sys.stdout = sys.stderr = self._output

    def _note_fork(self) -> None:
        self._forked.count = getattr(self._forked, "count", 0) + 1

    def _wait_for_the_end(self) -> NoReturn:
        while self._link.receive():
            pass
        _end_group()

    def _watch_engine(self) -> None:
        """Wait until the engine has closed its side, and then end this process with all it has started."""
        waiting = select.poll()
        waiting.register(self._link.fileno(), 0)
        while os.getpid() == self._process:
            if any(
                event & (select.POLLHUP | select.POLLNVAL | select.POLLERR) for _, event in waiting.poll()
            ):
                _end_group()


def _children() -> str:
    """Return how processes that were started from here are: "running", "ended", or "none" are there."""
    try:
        if hasattr(os, "waitid"):
            found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            return "running" if found is None else _reaped()
        return "running" if os.waitpid(-1, os.WNOHANG) == (0, 0) else "ended"
    except ChildProcessError:
        return "none"


def _reaped() -> str:
    """Take the exit codes of all that has ended, which nobody has asked for."""
    while True:
        pid, _ = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return "running"


def _twin_returned() -> bool:
    """Whether a copy of this process has come as far as we have, and ended.

    The exit codes of others are left to those who wait for them, as far as the system can look without
    taking.
    """
    until_s = time.monotonic() + CHILDREN_S
    while time.monotonic() < until_s:
        try:
            if hasattr(os, "waitid"):
                found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
                if found is not None and (found.si_code, found.si_status) == (os.CLD_EXITED, TWIN_CODE):
                    os.waitpid(found.si_pid, 0)
                    return True
            else:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if pid and os.WIFEXITED(status) and os.WEXITSTATUS(status) == TWIN_CODE:
                    return True
        except ChildProcessError:
            return False
        time.sleep(_POLL_S)
    return False


def _end_group() -> NoReturn:
    """End this process and all it has started that is still in its group."""
    if os.getpgrp() == os.getpid():
        os.killpg(os.getpgrp(), signal.SIGKILL)
    os._exit(1)
