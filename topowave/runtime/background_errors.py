"""Errors that no handler raises: in a thread that a class has started, in a `__del__`, told with their line.

Python prints a bare traceback for them. What is the doing of a user's file is told as a sentence instead; any
other keeps its traceback.
"""

from __future__ import annotations

import sys
import sysconfig
import threading
from collections.abc import Callable
from os import sep
from pathlib import Path
from types import TracebackType

from topowave.runtime.algorithm_error import LONGEST_SAID, place
from topowave.runtime.value_text import error_text

OURS = str(Path(__file__).resolve().parents[1]) + sep
LIBRARIES = tuple({sysconfig.get_path(name) + sep for name in ("stdlib", "platstdlib", "purelib", "platlib")})


def is_users(file: str) -> bool:
    """Whether a file is a user's: none of ours, of Python's or of a library's."""
    return not file.startswith((OURS, "<", *LIBRARIES))


def tell_background_errors(say: Callable[[str], object]) -> None:
    """Have `say` called with a sentence for each such error from now on, in this process."""

    def in_thread(args: threading.ExceptHookArgs) -> None:
        error, found = args.exc_value, _users_line(args.exc_traceback)
        if error is None or found is None or isinstance(error, SystemExit):
            threading.__excepthook__(args)
        else:
            name = "a thread" if args.thread is None else f"the thread {args.thread.name}"
            say(f"{name} that a class has started: {error_text(error, LONGEST_SAID)} {found}")

    def ignored(args: sys.UnraisableHookArgs) -> None:
        error, found = args.exc_value, _users_line(args.exc_traceback)
        if error is None or found is None:
            sys.__unraisablehook__(args)
        else:
            say(f"nobody can catch an error here: {error_text(error, LONGEST_SAID)} {found}")

    threading.excepthook, sys.unraisablehook = in_thread, ignored


def _users_line(trace: TracebackType | None) -> str | None:
    """Return the innermost line of a user's file as " (FILE, line N: text)"; None where there is none."""
    found = None
    while trace is not None:
        if is_users(trace.tb_frame.f_code.co_filename):
            file, line, code = place(trace.tb_frame.f_code.co_filename, trace.tb_lineno)
            found = f"({file}, line {line}: {code})"
        trace = trace.tb_next
    return found
