"""What came of a run or a check as a table for people, in the language of the command."""

from __future__ import annotations

import re
from typing import Protocol

from topowave.cli.language import language, say_in_language, spoken
from topowave.translation.languages import ENGLISH

VERDICTS = (
    "holds",
    "VIOLATED",
    "NOT SEEN: the run was stopped",
    "not counted",
    "not promised",
    "not promised with faults",
    "holds as far as was seen",
    "holds in every run",
    "nobody decides who must not, in any run",
)
"""What may stand in a row beside names and numbers, and is the same in every run."""

_STEP = re.compile(r"( +\d+  \S+ +)(\S.*)")
_DOES = re.compile(r", (?=sends |decides\b|sets its timer |which will come once more)")
"""Between what a handler gets and each of its effects."""


class Verdict(Protocol):
    """A run or a check: whose it is, and what is to be said of it, as pairs of a name and a text."""

    @property
    def algorithm(self) -> str: ...  # noqa: D102

    def rows(self) -> list[tuple[str, str]]: ...  # noqa: D102


def verdict_text(verdict: Verdict, below: str = "") -> str:
    """Return the table, and what stands below it; in English it is the verdict's own text."""
    if language() == ENGLISH:
        return str(verdict)
    rows = [(say_in_language(name), _said(text)) for name, text in verdict.rows()]
    width = max(len(name) for name, _ in rows)
    lines = [verdict.algorithm, *(f"  {name:{width}}  {text}" for name, text in rows)]
    return "\n".join([*lines, "", *map(_line, below.split("\n"))] if below else lines)


def _said(text: str) -> str:
    """Return what stands in a row; a name that is there by chance stays as it is."""
    return say_in_language(text) if text in VERDICTS or " " in text else spoken(text)


def _line(line: str) -> str:
    """Return a line of a counterexample: a sentence, or a step, with its number, node and what it does."""
    step = _STEP.fullmatch(line)
    if step is None:
        return say_in_language(line)
    return step[1] + ", ".join(map(say_in_language, _DOES.split(step[2])))
