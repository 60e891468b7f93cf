"""What was found, as long as a sentence may repeat it: a name of a megabyte would hide what is wrong."""

from __future__ import annotations

import sys
from collections.abc import Sequence

SENTENCE_CHARS = 1000
"""Most characters of one problem in an error; of a longer one the middle is left out."""
PATH_PARTS = 12
"""Most parts of a place in nested data that are written out; of a longer one the middle is left out."""


def short_sentence(text: str, most: int = SENTENCE_CHARS) -> str:
    """Return a sentence with its middle left out if it is longer than `most` characters.

    What is wrong is said at its end, and where at its beginning.
    """
    if len(text) <= most:
        return text
    head, tail = most * 2 // 3, most // 4
    return f"{text[:head]}...({len(text) - head - tail:,} characters)...{text[-tail:]}"


def short_path(parts: Sequence[object]) -> str:
    """Return a place in nested data, such as `body.nodes.3.name`, with its middle left out if it is long."""
    written = [short_sentence(str(part), 100) for part in parts]
    if len(written) <= PATH_PARTS:
        return ".".join(written)
    head, tail = written[: PATH_PARTS // 2], written[-PATH_PARTS // 2 :]
    return f"{'.'.join(head)}...({len(written) - PATH_PARTS:,} parts)...{'.'.join(tail)}"


def long_number(error: ValueError) -> str | None:
    """Return what is wrong where a number has more digits than Python reads; None of another error."""
    if "integer string conversion" not in str(error):
        return None
    return f"not JSON that is read here: a number of more than {sys.get_int_max_str_digits():,} digits"
