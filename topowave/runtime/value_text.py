"""Values of a user's class as text for people: whatever they are, and however long."""

from __future__ import annotations

from topowave.algorithms.messages import PlainError
from topowave.runtime.message_size import encoded_text


def value_text(value: object, most: int | None = None) -> str:
    """Return what `repr` shows of a value, or JSON where that fails; at most `most` characters of it.

    `repr` fails for integers of more than 4,300 digits, and where a class' own does.
    """
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001 - a student's own may raise anything
        text = _without_repr(value)
    return text if most is None or len(text) <= most else f"{text[: most - 3]}..."


def error_text(error: BaseException, most: int) -> str:
    """Return an exception's kind and what it says, on one line, at most `most` characters of it."""
    kind: str = type.__dict__["__name__"].__get__(type(error))  # a metaclass may have a property of that name
    try:
        said = " ".join(str(error).split())
    except BaseException:  # noqa: BLE001 - sys.exit too, as in a handler
        said = ""
    said = said.encode(errors="backslashreplace").decode()  # half a character can be neither sent nor written
    text = f"{kind}: {said}" if said else kind
    return text if len(text) <= most else f"{text[: most - 3]}..."


def _without_repr(value: object) -> str:
    try:
        return encoded_text(value)
    except (PlainError, ValueError, TypeError, RecursionError):
        return f"<{type(value).__name__}>"
