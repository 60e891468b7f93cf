"""Printing that a lab survives: whoever reads our output may go away at any time."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def say(text: str) -> None:
    """Print a line on standard output."""
    _write(1, text)


def complain(text: str) -> None:
    """Print a line on standard error."""
    _write(2, text)


def with_short_path(text: str) -> str:
    """Return the text with files below the working directory as they would be typed."""
    return text.replace(f"{Path.cwd()}{os.sep}", "")


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
