"""A user's class in a process of its own, which can be ended whatever the class does.

Theory of operation. A handler is ordinary Python, and nothing inside Python can end it while it is in a
call of C, nor to get memory back. So the command forks before it has read the class' file; the child does
all the work, and the parent only listens:

    child                                             parent
    `told`, a pipe of JSON lines    begins          -> from now on the time counts
                                    known, progress -> keeps the last of each
                                    result          -> done
    fd 1 and 2                      what it prints  -> its own standard error

Whatever the class prints, by any way, is thus apart from the result. The child ends a run in good order where
it can: a handler that hangs (`runtime.handler_runner`), the time (OutOfTimeError), the memory (MemoryError),
Ctrl-C (InterruptedRunError). Where it cannot, the parent does it a little later: it asks for the place with a
signal that is handled in C (`faulthandler`), kills the child, and answers with what was told last.

What must hold: there is one answer in every case, also where the class ends the process (`os._exit`), and the
child never outlives the parent.
"""

from __future__ import annotations

import faulthandler
import json
import os
import re
import selectors
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import FrameType
from typing import Any, Literal, NoReturn, TextIO

import typer

from topowave.cli.language import say_in_language
from topowave.cli.output import ENDED, FAILED, UNFINISHED, complain, refuse, relay, say, with_short_path
from topowave.runtime.algorithm_error import InterruptedRunError
from topowave.runtime.background_errors import is_users, tell_background_errors
from topowave.runtime.handler_runner import HANDLER_DEADLINE_S, LOADING_DEADLINE_S
from topowave.runtime.memory_limit import limit_memory
from topowave.runtime.parent_death_signal import ask_the_kernel
from topowave.topology import Problems
from topowave.topology.problems import WriteFailedError
from topowave.translation import text as worded

TICK_S = 0.25
"""How often the parent looks at the clock (s)."""
GRACE_S = 1.5
"""How long the child may take to answer when its time is over, or after Ctrl-C, before it is killed (s)."""
DUMP_S = 1.0
"""How long the child may take to say where it is (s)."""
PRINTED_BYTES = 10_000_000
"""Most of what a class prints that is shown (bytes); the rest is counted."""
MOST_SILENT = 3
"""How often in a row the child may not say where it is, before it is killed."""
DUMP_SIGNAL = signal.SIGUSR2
_FRAME = re.compile(r'  File "(.+)", line (\d+) in (.+)')

Kind = Literal["known", "progress", "begins", "memory", "result"]
"""What a child tells of."""
Why = Literal["time", "memory", "interrupted", "ended"]


@dataclass
class Answer:
    """What a child said, and how it ended.

    Attributes:
        result: what its work returned; None if it did not come so far.
        known: what it told last of what is known so far.
        why: why there is no result.
        sentence: the same in words, with the place in the class' file if that is known.
    """

    result: Any = None
    known: Any = None
    why: Why = "ended"
    sentence: str = ""


class Teller:
    """The child's way to tell its parent something."""

    def __init__(self, pipe: int) -> None:
        self._pipe = pipe
        self._process = os.getpid()

    def tell(self, kind: Kind, value: object = None) -> None:
        """Tell the parent `value`, which is plain data."""
        if os.getpid() != self._process:
            os._exit(0)  # the class has forked: its copy of us has nothing to say
        line = memoryview(json.dumps([kind, value], ensure_ascii=True).encode() + b"\n")
        while line:
            line = line[os.write(self._pipe, line) :]


Work = Callable[[Teller], object]


def in_own_process(
    work: Work,
    *,
    time_s: float | None,
    memory_mb: int | None,
    progress: Callable[..., None],
) -> Answer:
    """Do `work` in a child and return what became of it.

    Args:
        work: what to do; it returns plain data.
        time_s: after so long the child is killed if it has not ended by itself; None for no limit.
        memory_mb: how much memory it may take beyond what it has at its start; None for no limit.
        progress: is called with what the child tells of its progress, a list of arguments.
    """
    told, tells = os.pipe()
    printed, prints = os.pipe()
    with tempfile.TemporaryFile() as dump:
        sys.stdout.flush()
        sys.stderr.flush()
        listener = _Parent(os.getpid(), told, printed, dump.fileno(), time_s, progress)
        with listener.hearing_ctrl_c():
            # Held back until each of the two has its own handler, so that no Ctrl-C is lost.
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
            try:
                listener.child = os.fork()
            except OSError as error:
                signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
                for pipe in (told, tells, printed, prints):
                    os.close(pipe)
                reason = f"no process for the class can be started: {error.strerror}"
                return Answer(result={"problems": [reason], "unwritten": True})
            if not listener.child:
                os.close(told)
                os.close(printed)
                _be_child(work, Teller(tells), prints, dump.fileno(), listener.process, memory_mb)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
            os.close(tells)
            os.close(prints)
            return listener.listen()


def refused(refusal: Problems) -> dict[str, object]:
    """Return the result of a child whose work was refused, or could not write a file."""
    return {
        "problems": list(refusal.problems),
        "said": [say_in_language(problem) for problem in refusal.problems],
        "unwritten": isinstance(refusal, WriteFailedError),
    }


def finish(algorithm: str, answer: Answer, *, as_json: bool) -> typer.Exit:
    """Print what came out, and return what ends the command, to be raised.

    Args:
        algorithm: as the user wrote it.
        answer: its result has `problems`, or `printed`, `complaints` and the exit `code`; what is known has
            `json` and `rows`, pairs of a name and a text.
        as_json: whether to print JSON.
    """
    result = answer.result
    if result is None:
        return _finish_without(algorithm, answer, as_json=as_json)
    if "problems" in result:
        if as_json:
            say(json.dumps({"problems": result["problems"]}, ensure_ascii=False))
        ended = refuse(result.get("said", result["problems"]))
        return typer.Exit(FAILED) if result["unwritten"] else ended
    say(result["printed"] if as_json else with_short_path(result["printed"]))
    for complaint in result["complaints"]:
        complain(with_short_path(complaint))
    return typer.Exit(result["code"])


def _finish_without(algorithm: str, answer: Answer, *, as_json: bool) -> typer.Exit:
    """Print what is known of a run that did not come to a result."""
    known: dict[str, Any] = answer.known or {"json": {"algorithm": algorithm}, "rows": []}
    if as_json:
        about = {"ending": answer.why, "mistake" if answer.why == "ended" else "ended": answer.sentence}
        say(json.dumps(known["json"] | about, ensure_ascii=False))
    elif answer.known:
        rows = [row for row in known["rows"] if row[0] != "ended"]
        width = max(len(name) for name, _ in rows)
        say("\n".join([known["json"]["algorithm"], *(f"  {name:{width}}  {text}" for name, text in rows)]))
    why = worded("{place}: {problem}", place=algorithm, problem=answer.sentence)
    complain(with_short_path(say_in_language(why)))
    if not answer.known:
        complain(
            worded("interrupted before the run began")
            if answer.why == "interrupted"
            else worded("no run had begun")
        )
    elif answer.why != "ended":
        complain(worded("this is what is known so far"))
    return typer.Exit(ENDED if answer.why == "ended" else UNFINISHED)


# In the child.


def _be_child(
    work: Work, teller: Teller, prints: int, dump: int, parent: int, memory_mb: int | None
) -> NoReturn:
    code = 1
    try:
        _prepare(prints, dump, parent)
        if memory_mb:
            limit_memory(memory_mb)
        try:
            teller.tell("result", work(teller))
            code = 0
        except KeyboardInterrupt:
            teller.tell("result", None)
        except MemoryError:
            teller.tell("memory", None)
        except BaseException:  # noqa: BLE001 - a fault of ours is shown, and the child goes no further
            traceback.print_exc()
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _prepare(prints: int, dump: int, parent: int) -> None:
    os.setpgid(0, 0)
    ask_the_kernel()
    os.register_at_fork(after_in_child=ask_the_kernel)  # what the class forks does not outlive it
    if os.getppid() != parent:
        os._exit(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (prints, 1), (prints, 2)):
        os.dup2(source, target)
    sys.stdin, sys.stdout, sys.stderr = _stream(0, "r"), _stream(1, "w"), _stream(2, "w")
    tell_background_errors(lambda text: sys.stderr.write(f"{text}\n"))
    faulthandler.enable(dump, all_threads=False)
    faulthandler.register(DUMP_SIGNAL, dump, all_threads=False)
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, _first_interrupt)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def _stream(number: int, mode: Literal["r", "w"]) -> TextIO:
    return open(number, mode, buffering=1, encoding="utf-8", errors="replace", closefd=False)


def _first_interrupt(_: int, __: FrameType | None) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends one to us, and the parent another
    raise InterruptedRunError


# In the parent.


@dataclass
class _Parent:
    process: int
    told: int
    printed: int
    dump: int
    time_s: float | None
    progress: Callable[..., None]
    child: int = 0
    answer: Answer = field(default_factory=Answer)
    interrupts: int = 0
    done: bool = False
    begun: bool = False
    loading: bool = False
    silent: int = 0
    """How often in a row it did not say where it is: it is stopped, or does not hear the signal."""
    rest: bytes = b""
    printed_bytes: int = 0
    since_beat_s: float = 0.0
    elapsed_s: float = 0.0

    @contextmanager
    def hearing_ctrl_c(self) -> Generator[None]:
        """Count Ctrl-C while the `with` block runs; where it is ignored (in the background) it stays so."""
        before = signal.getsignal(signal.SIGINT)
        if before not in (signal.SIG_IGN, None):
            signal.signal(signal.SIGINT, self._interrupted)
        try:
            yield
        finally:
            if before is not None:
                signal.signal(signal.SIGINT, before)

    def listen(self) -> Answer:
        """Listen until there is a result, or the child has ended or must be ended."""
        try:
            with selectors.DefaultSelector() as selector:
                selector.register(self.told, selectors.EVENT_READ, self._take_told)
                selector.register(self.printed, selectors.EVENT_READ, self._take_printed)
                self._listen(selector)
        except BaseException:
            self._signal(signal.SIGKILL)
            raise
        finally:
            self._end()
        return self.answer

    def _listen(self, selector: selectors.BaseSelector) -> None:
        last_s = time.monotonic()
        interrupted_s: float | None = None
        while not self.done:
            for key, _ in selector.select(TICK_S):
                if not key.data():
                    selector.unregister(key.fileobj)
            now_s = time.monotonic()
            step_s = min(now_s - last_s, 4 * TICK_S)  # a machine that was suspended has not computed
            last_s = now_s
            self.elapsed_s += step_s
            self.since_beat_s += step_s
            if self.interrupts and interrupted_s is None:
                interrupted_s = self.elapsed_s
                self._signal(signal.SIGINT)
            if self.told not in selector.get_map():
                return
            if self.interrupts > 1 or (
                interrupted_s is not None and self.elapsed_s > interrupted_s + GRACE_S
            ):
                self._kill("interrupted", "it did not end at Ctrl-C, and was killed")
            elif self.begun and self.time_s is not None and self.elapsed_s > self.time_s + GRACE_S:
                self._kill("time", f"it did not end after {self.time_s:g} s, and was killed")
            elif self.since_beat_s > HANDLER_DEADLINE_S + GRACE_S:
                self._look_whether_it_hangs()

    def _look_whether_it_hangs(self) -> None:
        place = self._place()
        most_s = LOADING_DEADLINE_S if self.loading else HANDLER_DEADLINE_S
        if (place or self.silent >= MOST_SILENT) and self.since_beat_s > most_s:
            self._kill("ended", f"it did not return within {most_s:g} s, and was killed", place)
        elif not (place or self.silent):
            self.since_beat_s = 0.0

    def _interrupted(self, _: int, __: FrameType | None) -> None:
        self.interrupts += 1

    def _take_told(self) -> bool:
        data = os.read(self.told, 1 << 16)
        self.since_beat_s = 0.0
        *lines, self.rest = (self.rest + data).split(b"\n")
        for line in lines:
            kind, value = json.loads(line)
            if kind == "result":
                self.answer.result, self.done = value, True
                if value is None:
                    self.answer.why, self.answer.sentence = "interrupted", "it was interrupted"
            elif kind == "memory":
                self.answer.why, self.answer.sentence = "memory", "there is not enough memory for it"
                self.done = True
            elif kind == "begins":
                self.begun, self.elapsed_s = True, 0.0
            elif kind == "known":
                self.answer.known = value
            elif kind == "progress":
                self.progress(*value)
        return bool(data)

    def _take_printed(self) -> bool:
        data = os.read(self.printed, 1 << 16)
        room = max(0, PRINTED_BYTES - self.printed_bytes)
        self.printed_bytes += len(data)
        relay(data[:room])
        return bool(data)

    def _tell_left_out(self) -> None:
        more = self.printed_bytes - PRINTED_BYTES
        if more > 0:
            complain(worded("\n... {more:,} bytes more were printed by the class, and left out", more=more))

    def _kill(self, why: Why, sentence: str, place: str | None = None) -> None:
        place = self._place() if place is None else place
        self.answer.why, self.answer.sentence = why, sentence + place
        self._signal(signal.SIGKILL)
        self.done = True

    def _place(self) -> str:
        """Return where in a user's file the child is, as " (FILE, line N: text)"; "" if in none."""
        begin = os.fstat(self.dump).st_size
        self._signal(DUMP_SIGNAL)
        until_s = time.monotonic() + DUMP_S
        while os.fstat(self.dump).st_size == begin and time.monotonic() < until_s:
            time.sleep(0.01)
        self.silent = self.silent + 1 if os.fstat(self.dump).st_size == begin else 0
        return self._place_in(begin)

    def _place_in(self, begin: int) -> str:
        import linecache

        text = os.pread(self.dump, 1 << 16, begin).decode("utf-8", "replace")
        inside = text.partition(f'"{__file__}"')[0]  # what lies below is the command, or who called it
        own = [found for found in _FRAME.findall(inside) if is_users(found[0])]
        self.loading = any(name == "<module>" for _, _, name in own)
        for file, line, _ in own:
            return f" ({file}, line {line}: {linecache.getline(file, int(line)).strip()})"
        return ""

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.child, number)

    def _end(self) -> None:
        """Wait for the child's end, take what it has printed, and say how it ended if it did not answer."""
        _, status = os.waitpid(self.child, 0)
        with suppress(OSError):  # what the class has started ends with its run
            os.killpg(self.child, signal.SIGKILL)
        os.set_blocking(self.printed, False)
        with suppress(BlockingIOError):
            while self._take_printed():
                pass
        os.close(self.told)
        os.close(self.printed)
        self._tell_left_out()
        if not self.done:
            code = os.waitstatus_to_exitcode(status)
            self.answer.sentence = (
                f"its process was killed by {signal.Signals(-code).name}{self._place_in(0)}"
                if code < 0
                else f"its process ended in the middle, with exit code {code}; a class must not call os._exit"
            )
