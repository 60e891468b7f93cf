"""What a worker says of a task, and how that is written: as short records, one after the other.

For tiny tasks to write and read one must take no longer than the task, which a pickled object does.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple, get_args

from topowave.engine.task_result import FailureReason

_HEAD = struct.Struct("=QdIIB")
"""Number of the task, duration (s), bytes of the text and of the output, and why there is no result."""
_RETIRE = 0x80
_REASONS: tuple[FailureReason | None, ...] = (None, *get_args(FailureReason))
_NUMBERS = {reason: number for number, reason in enumerate(_REASONS)}


class Outcome(NamedTuple):
    """What a worker says of a task.

    Attributes:
        number: of the task.
        reason: why there is no result, None if there is.
        text: the result as JSON, or the error.
        duration_s: how long it took.
        output: what it printed.
        retire: whether the worker is not fit for more: the engine ends it.
    """

    number: int
    reason: FailureReason | None
    text: str
    duration_s: float
    output: str
    retire: bool


def written(outcome: Outcome) -> bytes:
    """Return an outcome as a record."""
    number, reason, text, duration_s, output, retire = outcome
    why = _NUMBERS[reason] | (_RETIRE if retire else 0)
    data = text.encode("utf-8", "surrogatepass")
    if not output:
        return _HEAD.pack(number, duration_s, len(data), 0, why) + data
    more = output.encode("utf-8", "surrogatepass")
    return _HEAD.pack(number, duration_s, len(data), len(more), why) + data + more


def read(data: bytes) -> Iterator[Outcome]:
    """Yield the outcomes of records. Raises ValueError where what follows is none."""
    begin, size, head_bytes = 0, len(data), _HEAD.size
    while begin < size:
        if begin + head_bytes > size:
            raise ValueError("a record is cut off")
        number, duration_s, text_bytes, output_bytes, why = _HEAD.unpack_from(data, begin)
        begin += head_bytes
        middle = begin + text_bytes
        end = middle + output_bytes
        if end > size or why & ~_RETIRE >= len(_REASONS):
            raise ValueError("this is no record of an outcome")
        text = data[begin:middle].decode("utf-8", "surrogatepass")
        output = data[middle:end].decode("utf-8", "surrogatepass") if output_bytes else ""
        yield Outcome(number, _REASONS[why & ~_RETIRE], text, duration_s, output, why >= _RETIRE)
        begin = end
