"""What a class meets in the checker that asks for `self.random`: a refusal with its own line.

A search goes through every order of events, and could not go through every draw; with one fixed sequence of
draws it would say "always" of what holds by luck.
"""

from __future__ import annotations

import inspect
from random import Random

from topowave.algorithms.chance import Chance
from topowave.runtime.algorithm_error import calling_line


class ChanceError(BaseException):
    """A handler asks for chance; not an Exception, so that no handler catches it by chance."""


class NoChance(Chance):
    """The chance of a node in the checker: there is none.

    Attributes:
        files: those in which the class is written.
    """

    files: frozenset[str]
    __slots__ = ("files",)

    def __init__(self, files: frozenset[str]) -> None:
        super().__init__()
        object.__setattr__(self, "files", files)  # a Chance is frozen

    def of(self, node: int) -> Random:  # noqa: ARG002 - as in a Chance
        """Return nothing. Raises ChanceError, whose text is for the author of the class."""
        line = calling_line(self.files, inspect.currentframe())
        place = "" if line is None else f" ({line[0]}, line {line[1]}: {line[2]})"
        raise ChanceError(
            f"uses self.random{place}, and the checker goes through every order of events, but not through "
            "every draw; `topowave simulate` with one --seed after the other tries some"
        )
