"""YAML text to plain data that still knows its lines. JSON is read as what it nearly is: YAML.

PyYAML finds the places and the types; its own way to data would keep the last of two equal keys without a
word.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml

from topowave.topology.limits import MAX_VALUES
from topowave.topology.problems import TOP, JsonPath, ProblemList, shown
from topowave.translation import text

DEEPEST = 40
"""Most levels of lists and mappings within each other."""


@dataclass
class YamlDocument:
    """Data that was read from a text, and the line (from 1) of each path in it."""

    data: Any = None
    lines: dict[tuple[str | int, ...], int] = field(default_factory=dict[tuple[str | int, ...], int])

    def line(self, path: JsonPath) -> int | None:
        """The line of a path; of its nearest outer value where it does not exist."""
        steps = path.steps
        while steps and steps not in self.lines:
            steps = steps[:-1]
        return self.lines.get(steps)


def parse_yaml(written: str, source: str) -> YamlDocument:
    """Read a YAML or JSON text.

    Args:
        written: the text.
        source: the file's name, for messages.

    Raises:
        Problems: it is not YAML, a mapping has a key twice or one that is no text, it is nested too deeply or
            has too many values.
    """
    document = YamlDocument()
    problems = ProblemList(source, document.line)
    try:
        top = yaml.compose(written, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        why = str(error.problem or error.context)
        raise problems.refusal(
            text("it is neither YAML nor JSON: {why}", why=why)
            if mark is None
            else text(
                "it is neither YAML nor JSON: {why} (line {line}, column {column})",
                why=why,
                line=mark.line + 1,
                column=mark.column + 1,
            )
        ) from None
    except yaml.YAMLError as error:  # a character that YAML forbids
        why = " ".join(str(error).split())
        raise problems.refusal(text("it is neither YAML nor JSON: {why}", why=why)) from None
    except RecursionError:
        raise problems.refusal(text("it is nested too deeply")) from None
    if top is None:
        raise problems.refusal(text("it is empty; expected a scenario"))
    document.data = _Reading(document, problems).value(top, TOP, 0)
    problems.raise_if_any()
    return document


class _Reading:
    def __init__(self, document: YamlDocument, problems: ProblemList) -> None:
        self._document = document
        self._problems = problems
        self._values = 0
        self._scalars: Any = yaml.constructor.SafeConstructor()

    def value(self, node: yaml.Node, path: JsonPath, depth: int) -> Any:
        self._document.lines.setdefault(path.steps, node.start_mark.line + 1)
        self._values += 1
        if depth > DEEPEST:
            raise self._problems.refusal(text("it is nested more than {most} levels deep", most=DEEPEST))
        if self._values > MAX_VALUES:  # an alias counts as often as it is used
            raise self._problems.refusal(text("it has more than {most:,} values", most=MAX_VALUES))
        if isinstance(node, yaml.SequenceNode):
            return [self.value(each, path.at(index), depth + 1) for index, each in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path, depth)
        try:
            return self._scalars.construct_object(node)
        except (yaml.YAMLError, ValueError) as error:
            why = " ".join(str(error).split())
            self._problems.add(path, text("it is not understood: {why}", why=why))
            return None

    def _mapping(self, node: yaml.MappingNode, path: JsonPath, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = self.value(key_node, path, depth + 1)
            if not isinstance(key, str):
                self._problems.add(path, text("expected keys that are text, found {value}", value=shown(key)))
                continue
            inner = path.at(key)
            if key in found:
                first = self._document.line(inner)
                again = key_node.start_mark.line + 1
                self._problems.add_text(
                    inner,
                    text("the key comes twice, first in line {first} (line {line})", first=first, line=again),
                )
                continue
            self._document.lines[inner.steps] = key_node.start_mark.line + 1
            found[key] = self.value(value_node, inner, depth + 1)
        return found
