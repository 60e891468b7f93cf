"""Where a run is to stop: at a node, at a kind of event, when a variable is what somebody waits for.

A condition is `NAME OP VALUE`, as in `parent == 3`, `len != 0` or `leader == "amber"`. It is read and
compared, never evaluated: a session may run in a server.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from topowave.sessions.limits import LONGEST_CONDITION
from topowave.topology import Problems
from topowave.topology.problems import shown
from topowave.translation import text

OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}
STOPS = (
    "start",
    "receive",
    "send",
    "timer",
    "down",
    "decide",
    "drop",
    "crash",
    "restart",
    "cut",
    "mend",
    "partition",
    "heal",
)
"""The kinds of events at which one can stop, in the words of a trace."""
_CONDITION = re.compile(r"\s*([^\W\d]\w*)\s*(==|!=|<=|>=|<|>)\s*(.+?)\s*", re.DOTALL)


@dataclass(frozen=True)
class Condition:
    """What a variable of a node has to be.

    Attributes:
        name: the attribute of the class.
        op: a key of `OPERATORS`.
        value: with what it is compared.
    """

    name: str
    op: str
    value: object

    @classmethod
    def parse(cls, written: str) -> Condition:
        """Return the condition that a text is.

        The value is as Python writes it (`3`, `"red"`, `None`, `True`, `(1, 2)`) or as JSON does (`null`,
        `true`); a word in no quotes is a text.

        Raises:
            Problems: it is none.
        """
        found = None if len(written) > LONGEST_CONDITION else _CONDITION.fullmatch(written)
        if found is None:
            raise Problems(
                [
                    text(
                        "condition {written}: expected NAME OP VALUE with OP one of {operators}, at most "
                        "{longest_condition} characters",
                        written=shown(written),
                        longest_condition=LONGEST_CONDITION,
                        operators=" ".join(OPERATORS),
                    )
                ]
            )
        name, op, value = found.groups()
        return cls(name, op, _value(value))

    def holds(self, state: Mapping[str, object]) -> bool:
        """Whether it does of a node's state; it does not where there is no such variable."""
        if self.name not in state:
            return False
        try:
            return bool(OPERATORS[self.op](state[self.name], self.value))
        except Exception:  # noqa: BLE001 - what is compared may be of a student's class
            return False

    def __str__(self) -> str:
        return f"{self.name} {self.op} {self.value!r}"


def _value(written: str) -> object:
    words: dict[str, object] = {"null": None, "true": True, "false": False}
    if written in words:
        return words[written]
    try:
        return ast.literal_eval(written)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return written


@dataclass(frozen=True)
class Breakpoint:
    """An event to stop behind; what is None does not matter.

    Attributes:
        node: the name of the node where it is.
        kind: one of `STOPS`.
        condition: what a variable of the node has to be after it, as `Condition.parse` takes it.
    """

    node: str | None = None
    kind: str | None = None
    condition: str | None = None

    def __post_init__(self) -> None:
        if self.kind is not None and self.kind not in STOPS:
            raise Problems(
                [
                    text(
                        "kind: expected one of {kinds}, found {kind}",
                        kinds=", ".join(STOPS),
                        kind=shown(self.kind),
                    )
                ]
            )
        if self.node is self.kind is self.condition is None:
            raise Problems([text("a breakpoint needs a node, a kind or a condition")])
        if self.condition is not None:
            Condition.parse(self.condition)
