"""Reports for people: rows of a name and what is said of it, and whole lines, in the language of the command.

A report is made in English, in rows or lines; each is found in the catalogs by its template. Names that mean
something else elsewhere, such as the state of a task, have a longer one in `NAMES`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from topowave.cli.language import language, say_in_language
from topowave.translation import retold
from topowave.translation.languages import ENGLISH

Rows = Iterable[tuple[str, str]]
"""Names of rows with what is said of each; without a name it belongs to the row before."""

NAMES = {
    "completed": "completed tasks",
    "failed": "failed tasks",
    "cancelled": "cancelled tasks",
    "unfinished": "unfinished tasks",
    "moved": "moved tasks",
    "running": "running tasks",
    "assigned": "assigned tasks",
    "pending": "pending tasks",
    "moving": "moving tasks",
    "alerts": "predicted overloads",
    "nodes": "nodes of a network",
    "messages": "messages of a run",
}
"""What names of figures are called in the catalogs, where the name alone means something else there."""
NODE_STATES = {"up": "a node is up", "dead": "a node is dead", "failed": "a node was given up"}
"""What states of nodes are called there, likewise; all others are called what they are."""


def name_of(name: str) -> str:
    """Return the name of a row or a column."""
    return name if language() == ENGLISH else say_in_language(NAMES.get(name, name))


def node_state(state: str) -> str:
    """Return the state of a node as a word."""
    return word(state, NODE_STATES)


def word(said: str, called: Mapping[str, str] | None = None) -> str:
    """Return a word of the lab's own, such as the state of a task; one that no catalog has stays as it is.

    Args:
        said: the word.
        called: what words are called in the catalogs, where the word alone means something else there.
    """
    if language() == ENGLISH:
        return said
    in_catalog = (called or {}).get(said, said)
    found = say_in_language(in_catalog)
    return said if found == in_catalog else found


def rows_text(rows: Rows, *, least: int = 0, indent: str = "") -> str:
    """Return rows as lines, with their names to the left.

    Args:
        rows: what is said.
        least: least width of the names.
        indent: what stands before each line.
    """
    told = [(name_of(name) if name else "", say_in_language(text)) for name, text in rows]
    width = max([least, *(len(name) for name, _ in told)])
    return "\n".join(f"{indent}{name:{width}}  {text}".rstrip() for name, text in told)


def lines_text(text: str) -> str:
    """Return a text in which each line is a sentence, after spaces if there are some."""
    return "\n".join(_line(line) for line in text.split("\n"))


def _line(line: str) -> str:
    said = line.lstrip(" ")
    return line[: len(line) - len(said)] + say_in_language(said)


def member(answer: Mapping[str, Any], name: str) -> str:
    """Return a sentence of the balancer's, which may say in `sentences` what it is made of."""
    return sentence_in(answer.get("sentences", {}).get(name), str(answer[name]))


def sentence_in(told: Mapping[str, Any] | None, english: str) -> str:
    """Return a sentence of the balancer's with the code and the parameters that it says beside it, if any."""
    return english if told is None else retold(english, told["code"], told["parameters"])


def with_words(rows: Iterable[dict[str, Any]], columns: Collection[str]) -> list[dict[str, Any]]:
    """Return rows of a table with words of the lab's own in these columns in the language of the command."""
    return [
        row | {name: word(row[name]) for name in columns if isinstance(row.get(name), str)} for row in rows
    ]
