"""What went wrong in a user's file, in one line with the place in it."""

from __future__ import annotations

import traceback
from pathlib import Path


def error_with_place(path: Path, place: Path, error: BaseException, more: str = "") -> str:
    """Return in one line what a user's file raised, with the line in it.

    Args:
        path: the file as the user calls it.
        place: the file as Python has loaded it.
        error: what it raised.
        more: is put behind the error's own words.
    """
    text = (f"{type(error).__name__}: {error}" if str(error) else type(error).__name__) + more
    if isinstance(error, SyntaxError) and error.filename == str(place):
        return f"{path}: line {error.lineno}: {type(error).__name__}: {error.msg}"
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if frame.filename == str(place):
            return f"{path}: line {frame.lineno}: {text}"
    return f"{path}: {text}"
