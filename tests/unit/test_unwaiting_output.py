"""Output that nobody reads holds nobody up: it is kept for a while, then left out and counted."""

from __future__ import annotations

import os
import pty
import sys
import termios
from collections.abc import Generator
from contextlib import contextmanager
from typing import TextIO

import pytest

from topowave import unwaiting_output
from topowave.unwaiting_output import (
    KEPT_BYTES,
    UnwaitingOutput,
    pending_outputs,
    text_stream,
    unwaiting_streams,
)

MORE_THAN_KEPT = 400_000
"""More bytes than a pipe takes (64 KiB on Linux) and are kept."""


def nothing(_: int) -> None:
    """Be a system on which nothing can be opened anew."""


@contextmanager
def pipe() -> Generator[tuple[int, int]]:
    """Give the two ends of a pipe."""
    ends = os.pipe()
    try:
        yield ends
    finally:
        for end in ends:
            os.close(end)


def taken(end: int, out: UnwaitingOutput) -> bytes:
    """Read all that is left."""
    os.set_blocking(end, False)
    found = b""
    while True:
        try:
            found += os.read(end, 65_536)
        except BlockingIOError:
            if not out.waits:
                return found
            out.flush()


@pytest.mark.parametrize("anew", [True, False], ids=["opened anew", "asked for room"])
def test_what_a_pipe_does_not_take_is_kept_and_then_left_out(
    anew: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not anew:
        monkeypatch.setattr(unwaiting_output, "_opened_anew", nothing)
    with pipe() as (reads, writes):
        out = UnwaitingOutput(writes)
        stream = text_stream(out, sys.__stdout__ or sys.stdout)
        for number in range(MORE_THAN_KEPT // 100):
            print(f"{number:99}", file=stream)
        assert os.get_blocking(writes)  # as whoever shares it has it
        assert out.waits
        lines = taken(reads, out).decode().splitlines()
        shown = [int(line) for line in lines[:-1]]
        assert shown == list(range(len(shown)))
        assert len(shown) * 100 > KEPT_BYTES
        left_out = MORE_THAN_KEPT // 100 - len(shown)
        assert lines[-1] == f"... {left_out} lines were left out: nobody read them so fast"
        print("again", file=stream)
        assert taken(reads, out) == b"again\n"
        stream.close()


def test_a_terminal_that_was_stopped_gets_the_rest_when_it_goes_on() -> None:
    ours, its = pty.openpty()
    try:
        out = UnwaitingOutput(its)
        assert out.isatty()
        termios.tcflow(its, termios.TCOOFF)  # what Ctrl-S does
        for _ in range(MORE_THAN_KEPT // 100):
            out.write(b"x" * 99 + b"\n")
        assert out.waits
        termios.tcflow(its, termios.TCOON)
        assert b"were left out" in taken(ours, out)
        out.close()
    finally:
        os.close(ours)
        os.close(its)


def test_a_reader_that_is_gone_is_an_error_once_or_none_at_all() -> None:
    reads, writes = os.pipe()
    loud, quiet = UnwaitingOutput(writes), UnwaitingOutput(writes, quiet=True)
    os.close(reads)
    with pytest.raises(BrokenPipeError):
        loud.write(b"a\n")
    assert loud.write(b"b\n") == quiet.write(b"c\n") == 2
    assert not loud.waits
    for each in (loud, quiet):
        each.close()
    os.close(writes)


def test_streams_that_are_no_files_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    before: TextIO = sys.stderr
    with unwaiting_streams():
        assert sys.stdout is None
        assert pending_outputs() == []
    assert sys.stderr is before
