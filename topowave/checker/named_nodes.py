"""A run once more, with numbers of nodes that show themselves as names.

Handlers know nodes by number, people by name. Which of the numbers in a state or a message mean a node is
written nowhere: `3` may be a counter. So the run that is to be told is repeated with numbers that carry the
name of their node wherever a handler takes them: into an attribute, a message, a set. In all but how they are
shown they are the numbers. Where a handler does something else with them than it did before, as one may that
asks for `type(x) is int`, nothing is named.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar, cast

from topowave.algorithms import Algorithm
from topowave.algorithms.base import GIVEN, EffectList
from topowave.algorithms.knowledge import Known, known
from topowave.checker.local_transitions import FAILED, LocalTransitions, Transition, shown_state
from topowave.runtime.message_size import encoded_text


class NamedNumber(int):
    """The number of a node, which `repr` shows as the node's name."""

    plain: ClassVar[bool] = False
    """Whether numbers are shown as numbers after all."""
    name: str

    def __new__(cls, number: int, name: str) -> NamedNumber:
        """Return the number of the node called `name`."""
        made = super().__new__(cls, number)
        made.name = name
        return made

    def __repr__(self) -> str:
        return int.__repr__(self) if NamedNumber.plain else self.name

    def __str__(self) -> str:
        return int.__repr__(self)  # what a handler makes text of is a number

    def __copy__(self) -> NamedNumber:
        return self

    def __deepcopy__(self, _: object) -> NamedNumber:
        return self


@contextmanager
def _plain() -> Generator[None]:
    NamedNumber.plain = True
    try:
        yield
    finally:
        NamedNumber.plain = False


class NamedNodes:
    """The nodes of a run that is told, handler by handler in its order.

    Args:
        nodes: what was searched.
    """

    def __init__(self, nodes: LocalTransitions) -> None:
        self.right = nodes.mistake is None
        """Whether all handlers so far did what they did in the search."""
        self._nodes = nodes
        self._numbers = [NamedNumber(number, name) for number, name in enumerate(nodes.names)]
        self._instances: list[Algorithm] = []
        self._attempt(self._set_up)

    def number(self, node: int) -> NamedNumber:
        """Return the number of a node that shows itself as its name."""
        return self._numbers[node]

    def handle(self, node: int, transition: Transition, call: Callable[[Algorithm], object]) -> list[object]:
        """Let a handler run that did `transition` in the search.

        Returns:
            The message of each send and the value of each decide, in their order; what of it can be shown.
        """
        found: list[object] = []
        if transition.mistake is None:
            self._attempt(lambda: found.extend(self._handled(node, transition, call)))
        return found

    def shown(self, node: int, local: int) -> str:
        """Return the state of a node, which is the one with the number `local`, as people read it."""
        if local == FAILED:
            return ""
        self._attempt(lambda: self._compare(node, local))
        return self._shown(node) if self.right else self._nodes.shown(local)

    def _shown(self, node: int) -> str:
        table = sorted(vars(self._instances[node]).items())
        return shown_state({name: value for name, value in table if name not in GIVEN})

    def _attempt(self, act: Callable[[], None]) -> None:
        if not self.right:
            return
        try:
            act()
        except (KeyboardInterrupt, MemoryError):
            raise
        except BaseException:  # noqa: BLE001 - a student's code may raise anything; it did not without names
            self.right = False

    def _set_up(self) -> None:
        nodes = self._nodes
        for node in range(nodes.network.nodes):
            network = nodes.network
            told = known(nodes.algorithm.needs, network, node)
            meant = {need.name for need in nodes.algorithm.needs if need.is_node}
            made: Algorithm = cast("Any", nodes.algorithm)(
                self._numbers[node],
                self._row(network.neighbors(node)),
                in_neighbors=self._row(network.into[node]),
                out_neighbors=self._row(network.out[node]),
                input=copy.deepcopy(nodes.input(node)),
                knows=Known(
                    {name: self._numbers[told[name]] if name in meant else told[name] for name in told}
                ),
                effects=EffectList(),
            )
            self._instances.append(made)
            self._compare(node, nodes.first[node])

    def _row(self, row: Sequence[int]) -> tuple[NamedNumber, ...]:
        return tuple(self._numbers[node] for node in row)

    def _handled(
        self, node: int, transition: Transition, call: Callable[[Algorithm], object]
    ) -> list[object]:
        instance = self._instances[node]
        self._nodes.called(lambda: call(instance))
        effects = [*instance.effects]
        instance.effects.clear()
        found: list[object] = []
        for (kind, first, second), (what, target, payload) in zip(effects, transition.effects, strict=True):
            content = second if kind == "send" else first
            with _plain():
                same = kind == what and (
                    (first == target and encoded_text(content) == self._nodes.payloads[payload].json)
                    if kind == "send"
                    else kind == "timer" or encoded_text(content) == target
                )
            self.right = self.right and same
            if kind != "timer":
                found.append(copy.deepcopy(content))
        self._compare(node, transition.local)
        return found

    def _compare(self, node: int, local: int) -> None:
        """See whether a node is in the state that it was in; the order of a set may be another."""
        if local != FAILED:
            with _plain():
                self.right = self.right and sorted(self._shown(node)) == sorted(self._nodes.shown(local))
