"""Tasks for the engine from a file: JSON lines, one task a line. Every bad line is told with its number."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, cast

from topowave.engine import Task
from topowave.engine.script import ScriptError, look_at_file
from topowave.engine.task import params_text
from topowave.examples import examples
from topowave.short_text import long_number
from topowave.translation import sentence_of
from topowave.translation import text as sentence

KEYS = ("params", "type", "priority", "timeout", "retries", "script")
"""What a line may have."""
MOST_PROBLEMS = 50
"""So many bad lines of a file are told one by one; the others are counted."""


class NamedTask(NamedTuple):
    """A task, and what it is called where somebody is told of it."""

    place: str
    task: Task


def read_json(text: str) -> Any:
    """Read JSON more strictly than the standard library: no NaN, no key twice. Raises ValueError."""
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
    except json.JSONDecodeError as error:
        raise ValueError(_no_json(error, in_lines="\n" in text)) from None
    except RecursionError:
        raise ValueError(sentence("not JSON: it is nested too deeply")) from None
    except ValueError as error:
        raise ValueError(long_number(error) or sentence_of(error)) from None


def _no_json(error: json.JSONDecodeError, *, in_lines: bool) -> str:
    if not in_lines:
        return sentence("not JSON: {why} (column {column})", why=error.msg, column=error.colno)
    return sentence(
        "not JSON: {why} (line {line}, column {column})",
        why=error.msg,
        line=error.lineno,
        column=error.colno,
    )


def check(task: Task) -> Task:
    """Return the task if its script is there and its parameters can be sent. Raises ValueError."""
    params_text(task.params)
    look_at(Path(task.script_path))
    return task


def script_file(name: str) -> Path:
    """Return the file of a script that is named by its path, or as an example. Raises ValueError."""
    file = Path(name)
    is_there = os.path.exists(file)  # noqa: PTH110 - Path's raises where a name is too long
    if name and (file.suffix or len(file.parts) != 1 or is_there):
        return file
    scripts = examples()
    if name not in scripts:
        known = ", ".join(scripts)
        raise ValueError(
            sentence(
                "there is no example {name}, and no such file; there are {known}, or a FILE.py",
                name=repr(name),
                known=known,
            )
        )
    return scripts[name]


def in_words_of_lines(error: ValueError) -> str:
    """Return what is wrong with a task with the names that a line has for its values."""
    text = str(error).removeprefix("Task: ")
    return text.replace("task_type must", "type must").replace("script_path must", "script must")


def look_at(script: Path) -> None:
    """Raise ValueError where a script is no file that can be read."""
    try:
        look_at_file(str(script))
    except ScriptError as error:
        raise ValueError(sentence_of(error)) from None


def tasks_of_file(file: Path, script: Path, usual: dict[str, Any]) -> list[NamedTask]:
    """Return the tasks of a file; of standard input where it is called `-`.

    Args:
        file: a task a line, as an object with some of KEYS; empty lines are left out.
        script: for lines that name none.
        usual: the other values of tasks whose lines do not name them.

    Raises:
        ValueError: what is wrong, a line of text for every problem.
    """
    name, lines = read_lines(file)
    problems: list[str] = []
    tasks = list(_tasks(name, lines, script, usual, problems))
    if len(problems) > MOST_PROBLEMS:
        more = len(problems) - MOST_PROBLEMS
        problems[MOST_PROBLEMS:] = [sentence("{name}: {more:,} more lines are bad", name=name, more=more)]
    if problems or not tasks:
        raise ValueError("\n".join(problems or [sentence("{name}: there is no task in it", name=name)]))
    return tasks


def read_lines(file: Path) -> tuple[str, list[tuple[int, str]]]:
    """Return what a file is called, and its lines that are not empty, with their numbers.

    Raises:
        ValueError: it cannot be read, or is no UTF-8.
    """
    name = sentence("standard input") if str(file) == "-" else str(file)
    try:
        raw = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise ValueError(f"{name}: {error.strerror}") from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ValueError(sentence("{name}: line {line}: is not UTF-8", name=name, line=line)) from None
    return name, [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]


def _tasks(
    name: str, lines: list[tuple[int, str]], script: Path, usual: dict[str, Any], problems: list[str]
) -> Iterator[NamedTask]:
    for number, line in lines:
        place = f"{name}: line {number}"
        try:
            yield NamedTask(place, check(_task(read_json(line), script, usual)))
        except ValueError as error:
            problems.append(f"{place}: {in_words_of_lines(error)}")


def _task(value: object, script: Path, usual: dict[str, Any]) -> Task:
    if not isinstance(value, dict):
        raise ValueError(sentence('expected an object like {{"params": ...}}'))
    given = cast("dict[str, Any]", value)
    if unknown := [key for key in given if key not in KEYS]:
        raise ValueError(
            sentence(
                "unknown {unknown}; there are {keys}",
                unknown=", ".join(map(repr, unknown)),
                keys=", ".join(KEYS),
            )
        )
    own = {"task_type" if key == "type" else key: value for key, value in given.items()}
    chosen = usual | own
    named = chosen.pop("script", script)
    path = script_file(named) if isinstance(named, str) else named
    return Task(path, chosen.pop("params", {}), **chosen)


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) < len(members):
        keys = [key for key, _ in members]
        twice = next(key for key in found if keys.count(key) > 1)
        raise ValueError(sentence("the key {twice} is there twice", twice=repr(twice)))
    return found


def _constant(word: str) -> float:
    raise ValueError(sentence("{word} is no JSON", word=word))
