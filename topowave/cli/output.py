"""Printing that a lab survives: whoever reads our output may go away at any time."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path

import typer

FAILED = 1
"""Exit code of a command that did what was asked, and found something wrong."""
REFUSED = 2
"""Exit code of a command that was not begun, since a file or an option is refused."""


def say(text: str) -> None:
    """Print a line on standard output."""
    _write(1, text)


def complain(text: str) -> None:
    """Print a line on standard error."""
    _write(2, text)


def refuse(problems: Iterable[str]) -> typer.Exit:
    """Print a line for every problem, and return what ends the command, to be raised."""
    for problem in problems:
        complain(with_short_path(problem))
    return typer.Exit(REFUSED)


def write_file(path: Path, text: str) -> None:
    """Write a text file, or end the command with the reason why that cannot be."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise refuse([f"{path}: cannot be written: {error.strerror}"]) from None


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
