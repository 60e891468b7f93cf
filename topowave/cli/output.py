"""Printing that a lab survives: whoever reads our output may go away at any time."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import typer

from topowave.cli.language import say_in_language, spoken
from topowave.short_text import short_sentence
from topowave.steering import STEERING
from topowave.translation import sentence_of
from topowave.translation import text as sentence

if TYPE_CHECKING:
    from topowave.topology import Problems

FAILED = 1
"""Exit code of a command that did what was asked, and found something wrong."""
REFUSED = 2
"""Exit code of a command that was not begun, since a file or an option is refused."""
UNFINISHED = 3
"""Exit code of a command that found nothing wrong, but was not through: a limit or Ctrl-C ended it."""
ENDED = 4
"""Exit code of a command whose class ended its process, or had to be ended from outside."""
_gone: set[int] = set()
"""Standard output (1) and error (2), once they lead nowhere any more."""
_failed = False
"""Whether something could not be printed, as on a full disk."""


def say(text: str) -> None:
    """Print a line on standard output: a sentence in the language of the command, anything else as it is."""
    _write(1, spoken(text))


def complain(text: str) -> None:
    """Print a line on standard error: a sentence in the language of the command, anything else as it is.

    A sentence may be a Text, or plain text that fits a template.
    """
    _write(2, say_in_language(text))


def is_heard() -> bool:
    """Whether what `say` prints still goes anywhere: commands that print for long end when it does not."""
    return 1 not in _gone


def relay(data: bytes) -> None:
    """Print on standard error what another program, such as a class of somebody else, has printed."""
    try:
        sys.stderr.write(printable(data.decode("utf-8", "replace"), sys.stderr))
        sys.stderr.flush()
    except (OSError, ValueError):
        _discard(2)


def refuse(problems: Iterable[str]) -> typer.Exit:
    """Print a line for every problem, and return what ends the command, to be raised."""
    for problem in problems:
        complain(short_sentence(with_short_path(say_in_language(problem))))
    return typer.Exit(REFUSED)


def torn(trace: Path) -> str:
    """Return what is said of a trace that its writer could not end."""
    return sentence("{file}: note: its last line is cut off, and left out", file=trace)


def lines_of(error: Exception) -> list[str]:
    """Return what an error says, each line for itself; one line is the sentence with which it was raised."""
    said = sentence_of(error)
    return said.splitlines() if "\n" in said else [said]


def end_with(refusal: Problems) -> typer.Exit:
    """Print a line for every problem, and return what ends the command: refused, or a failed write."""
    from topowave.topology.problems import WriteFailedError

    ended = refuse(refusal.problems)
    return typer.Exit(FAILED) if isinstance(refusal, WriteFailedError) else ended


def write_file(path: Path, text: str) -> None:
    """Write a text file, or end the command with the reason why that cannot be."""
    from topowave.topology.problems import cannot_write

    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise end_with(cannot_write(path, error)) from None


def with_short_path(text: str) -> str:
    """Return the text with files below the working directory as they would be typed."""
    try:
        here = Path.cwd()
    except OSError:  # it is gone
        return text
    return text.replace(f"{here}{os.sep}", "")


def shown(path: Path) -> str:
    """Return the name of a file as pages show it; what is no UTF-8 in it is written as escapes."""
    return path.name.encode("utf-8", "backslashreplace").decode()


def is_file_here(name: str) -> bool:
    """Whether there is such a file, seen from the working directory."""
    return os.path.isfile(name)  # noqa: PTH113 - Path's raises where a name is too long


def printable(text: str, stream: TextIO | None) -> str:
    """Return the text with what the stream, if it is there at all, cannot show written as escapes.

    So are characters that would steer a terminal or turn the line round: names come from files, classes and
    servers of others. The escapes are JSON's, so that printed JSON stays what it is.
    """
    text = STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)


def can_draw(stream: TextIO | None) -> bool:
    """Whether the stream can show the lines that a tree is drawn with."""
    return printable("│├└─", stream) == "│├└─"


def _write(number: int, text: str) -> None:
    stream = sys.stdout if number == 1 else sys.stderr
    try:
        print(printable(text, stream), file=stream, flush=True)
    except (OSError, ValueError) as error:
        _discard(number)
        if not is_reader_gone(error, number):
            output_failed(error)


def is_reader_gone(error: Exception, number: int) -> bool:
    """Whether a stream has no reader any more, which is his choice: a pipe or a terminal that was closed."""
    if not isinstance(error, OSError):
        return True
    return error.errno in {errno.EPIPE, errno.EBADF} or (error.errno == errno.EIO and os.isatty(number))


def output_failed(error: Exception) -> None:
    """Say that what was to be printed cannot be, so that the command ends with code 1."""
    global _failed  # noqa: PLW0603 - there is one standard output
    _failed = True
    complain(
        sentence(
            "standard output: cannot be written: {value}", value=getattr(error, "strerror", None) or error
        )
    )


def exit_code(code: int) -> int:
    """Return the exit code of a command that would end with `code`, if all could be printed."""
    return FAILED if code in {0, UNFINISHED} and _failed else code


def _discard(number: int) -> None:
    """Let a broken stream lead nowhere from now on, so that not even its last flush fails."""
    _gone.add(number)
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, number)
    os.close(nothing)
