"""Effects that are looked at as a handler records them, so that a mistake is told with its own line."""

from __future__ import annotations

import copy
import inspect
import math
from collections.abc import Container, Sequence

from topowave.algorithms.base import Effect, EffectList
from topowave.algorithms.messages import PlainError
from topowave.runtime.algorithm_error import (
    AlgorithmError,
    AlgorithmFailedError,
    WrongEffectError,
    calling_line,
)
from topowave.runtime.message_size import NOT_ITSELF, changed_by_the_way, encoded_size, is_frozen
from topowave.runtime.message_types import MessageTypes
from topowave.runtime.virtual_time import LONGEST


class Envelope:
    """A message on its way; all nodes that a handler sends it to share one.

    Attributes:
        message: what was sent.
        size: its length as encoded, in bytes.
        text: the message as JSON, once a trace needs it.
        copy: what it was when it was sent, if it can change; else None.
        line: where it was sent, if it can change: file, line, text.
    """

    __slots__ = ("copy", "line", "message", "size", "text")

    def __init__(self, message: object, size: int) -> None:
        self.message = message
        self.size = size
        self.text: str | None = None
        self.copy: object = None
        self.line: tuple[str, int, str] | None = None


MESSAGE_BYTES = 4 * 1024 * 1024 - 64 * 1024
"""The longest message as encoded (bytes): what fits into a frame between servers, so that a class that keeps
doubling its messages is told so before they take the memory."""


TIMER_NAME_CHARS = 200
"""Most characters in the name of a timer: it is in the reports and traces of each run."""


class _Nobody(Container[object]):
    def __contains__(self, _: object) -> bool:
        return False


SETTING_UP: Container[object] = _Nobody()
"""Who may be sent to while `setup` runs."""
IN_SETUP = (
    "`setup` only makes the initial state: it sends and decides nothing; an initiator does so in `on_start`"
)
"""What is wrong with an effect of `setup`."""

CHANGED = "a message was changed after it had been sent here; send a copy of it"
"""What is wrong with a class that goes on working with what it has sent."""


class CheckedEffects(EffectList):
    """A list of effects that refuses, while the handler runs, what cannot be carried out.

    `allowed` are the nodes that the running handler may send to, `types` says what its messages may be, and
    `files` are its author's. `envelopes` holds an envelope for each message that was sent, in that order.
    """

    def __init__(self) -> None:
        super().__init__()
        self.allowed: Container[object] = ()
        self.files: frozenset[str] = frozenset()
        self.types: MessageTypes | None = None
        self.envelopes: list[Envelope] = []
        self._last: Envelope | None = None
        self.most_bytes: int = MESSAGE_BYTES
        """Longest message that can be sent, in bytes as encoded."""

    def reset(self) -> None:
        """Forget all effects."""
        self.clear()
        self.envelopes.clear()
        self._last = None

    def check_unchanged(self) -> None:
        """Look whether each message still is what was sent. Raises AlgorithmFailedError with the line."""
        for envelope in self.envelopes:
            if envelope.copy is not None and envelope.message != envelope.copy:
                place = envelope.line or (None, None, "")
                raise AlgorithmFailedError(AlgorithmError("", "", CHANGED, *place))

    def append(self, effect: Effect, /) -> None:
        """Take an effect. Raises WrongEffectError."""
        kind = effect[0]
        if kind == "send":
            self._check_receiver(effect[1])
            last = self._last
            if last is None or last.message is not effect[2] or last.copy is not None:
                last = self._last = self._envelope(effect[2])
            self.envelopes.append(last)
        elif self.allowed is SETTING_UP:
            raise WrongEffectError(IN_SETUP)
        elif kind == "decide":
            _size(effect[1], "the decided value")
        else:
            name, delay = effect[1], effect[2]
            if not isinstance(name, str) or not _can_be_told(name):
                most = f"a text of at most {TIMER_NAME_CHARS} characters"
                raise WrongEffectError(f"a timer's name is {most}, not {repr(name)[:60]}")
            if not isinstance(delay, int | float) or not math.isfinite(delay) or not 0 <= delay <= LONGEST:
                raise WrongEffectError(f"a timer's delay is a number from 0 to {LONGEST:.0f}, not {delay!r}")
        super().append(effect)

    def _check_receiver(self, to: object) -> None:
        if isinstance(to, int) and to in self.allowed:  # 1.0 is equal to a node's number, and is none
            return
        if self.allowed is SETTING_UP:
            raise WrongEffectError(IN_SETUP)
        raise WrongEffectError(f"a message to {_shown(to)}, which is not among its out-neighbours")

    def _envelope(self, message: object) -> Envelope:
        if self.types is not None and type(message) not in self.types.kinds:
            refused = self.types.refusal(message)
            if refused is not None:
                raise WrongEffectError(refused)
        envelope = Envelope(message, _size(message, "a message"))
        if envelope.size > self.most_bytes:
            raise WrongEffectError(
                f"a message of {envelope.size:,} bytes; at most {self.most_bytes:,} can be sent"
            )
        if not is_frozen(message):
            changed = changed_by_the_way(message)
            if changed is not None:
                raise WrongEffectError(NOT_ITSELF.format(changed))
            envelope.copy = copy.deepcopy(message)
            envelope.line = calling_line(self.files, inspect.currentframe())
        return envelope


def _size(value: object, what: str) -> int:
    try:
        return encoded_size(value)
    except (PlainError, ValueError, TypeError, RecursionError) as error:
        reason = str(error) if isinstance(error, PlainError) else f"it cannot be encoded: {error}"
        raise WrongEffectError(f"{what} that is not plain data: {reason}") from None


def _can_be_told(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return len(name) <= TIMER_NAME_CHARS


def _shown(to: object) -> str:
    return f"node {to}" if isinstance(to, int) else repr(to)[:60]


def allowed_receivers(row: Sequence[int]) -> Container[object]:
    """Return the row, or a set where the row is long."""
    return frozenset(row) if len(row) > 32 else row
