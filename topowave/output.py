"""Printing that a lab survives: whoever reads our output may go away at any time."""

from __future__ import annotations

import os
import sys


def say(text: str) -> None:
    """Print a line on standard output."""
    _write(1, text)


def complain(text: str) -> None:
    """Print a line on standard error."""
    _write(2, text)


def _write(number: int, text: str) -> None:
    stream = sys.stdout if number == 1 else sys.stderr
    try:
        print(text, file=stream, flush=True)
    except (OSError, ValueError):
        _discard(number)


def _discard(number: int) -> None:
    """Let a broken stream lead nowhere from now on, so that not even its last flush fails."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, number)
    os.close(nothing)
