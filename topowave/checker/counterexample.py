"""A run that breaks a property: as a trace, as text for people, as a picture with a column for each node."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from html import escape
from typing import Any

from topowave.checker.properties import CheckedProperty
from topowave.runtime.algorithm_error import AlgorithmError

COLUMN = 32
"""Widest column of a picture, in characters."""


@dataclass(frozen=True)
class CounterexampleStep:
    """One event of a run, for people.

    Attributes:
        node: the name of the node.
        text: what happens: "receives Token() from root".
        effects: what the node does then: "sends Reply() to root".
    """

    node: str
    text: str
    effects: tuple[str, ...] = ()

    def __str__(self) -> str:
        return ", ".join((self.text, *self.effects))


@dataclass(frozen=True)
class Counterexample:
    """A run that breaks a property.

    Attributes:
        property_name: which.
        witness: a sentence that shows it.
        network: what people call the network.
        initiators: names.
        steps: the events in their order.
        under_way: the messages that have not arrived when the run ends.
        states: each node's state at the end, by name; "" where there is none.
        named: whether numbers of nodes in messages, states and decided values are shown as names.
        repeats_after: for a run without end, after how many events the part begins that repeats itself.
        shortest: whether no run that breaks a property has fewer events.
        mistake: what a handler did wrong, if one did.
        trace: the lines of its trace, header first.
    """

    property_name: CheckedProperty
    witness: str
    network: str
    initiators: tuple[str, ...]
    steps: tuple[CounterexampleStep, ...]
    under_way: tuple[str, ...]
    states: dict[str, str]
    named: bool
    repeats_after: int | None
    shortest: bool
    mistake: AlgorithmError | None
    trace: tuple[str, ...] = field(repr=False)

    @property
    def events(self) -> list[dict[str, Any]]:
        """The trace's events as plain data."""
        return [json.loads(line) for line in self.trace[1:]]

    def to_json(self) -> dict[str, object]:
        """Return what `topowave check --json` prints as `violation`."""
        return {
            "condition": self.property_name,
            "witness": self.witness,
            "network": self.network,
            "initiators": list(self.initiators),
            "steps": len(self.steps),
            "shortest": self.shortest,
            "repeats_after": self.repeats_after,
            "events": self.events,
        }

    def __str__(self) -> str:
        kind = "a shortest run" if self.shortest else "a run"
        lines = [
            f"{self.property_name} is violated: {self.witness}",
            "",
            f"{kind} that shows it, {_count(len(self.steps), 'event')}, on {self.network}:",
        ]
        width = max(map(len, [*self.states, *(each.node for each in self.steps)]), default=0)
        for number, each in enumerate(self.steps, start=1):
            lines.append(f"  {number:>3}  {each.node:{width}}  {each}")
        if self.repeats_after is not None:
            lines.append(f"  and again from event {self.repeats_after + 1}, for ever")
        elif self.under_way:
            lines.append(f"  still under way: {'; '.join(self.under_way)}")
        if any(self.states.values()) and self.repeats_after is None:
            lines += ["", *self._states(width)]
        return "\n".join(lines)

    def _states(self, width: int) -> list[str]:
        """Return the nodes' states, with the numbers of the nodes where those stand in them."""
        numbers = [str(number) for number in range(len(self.states))]
        if self.named or numbers == [*self.states]:
            return [
                "the nodes then:",
                *(f"  {name:{width}}  {text}" for name, text in self.states.items() if text),
            ]
        rows = zip(self.states, numbers, self.states.values(), strict=True)
        of_number = len(numbers[-1])
        return [
            "the nodes then, each with the number that handlers know it by:",
            *(f"  {name:{width}}  {number:>{of_number}}  {text}".rstrip() for name, number, text in rows),
        ]

    def picture(self) -> str:
        """Return the run as text in columns, one for each node, time running down."""
        names = list(self.states)
        rows: list[list[list[str]]] = []
        for each in self.steps:
            cells: list[list[str]] = [[] for _ in names]
            cells[names.index(each.node)] = [each.text, *each.effects]
            rows.append(cells)
        widths = [
            min(COLUMN, max([len(name), *(len(line) for cells in rows for line in cells[column])]))
            for column, name in enumerate(names)
        ]
        head = "  ".join(f"{name:{width}}" for name, width in zip(names, widths, strict=True))
        lines = [f"     {head}".rstrip()]
        for number, cells in enumerate(rows, start=1):
            height = max(map(len, cells))
            for line in range(height):
                parts = [
                    f"{cut(cell[line], width) if line < len(cell) else '|':{width}}"
                    for cell, width in zip(cells, widths, strict=True)
                ]
                lines.append(f"{number if not line else '':>3}  {'  '.join(parts)}".rstrip())
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        from topowave.traces.reader import parse_trace  # noqa: PLC0415
        from topowave.traces.space_time_diagram import Diagram  # noqa: PLC0415 - only a notebook needs it

        return f"<p>{escape(self.witness)}</p>{Diagram(parse_trace(self.trace, self.network))}"


def cut(text: str, most: int) -> str:
    """Return a text, or its beginning where it has more than `most` characters."""
    return text if len(text) <= most else f"{text[: most - 3]}..."


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
