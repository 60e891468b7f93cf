"""Classes whose nodes change the messages that they get; each gets one of its own, so nobody notices."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

from topowave.algorithms import Algorithm


class Big(Algorithm):
    """The centre sends one list to all; each leaf appends to what it got and sends it back.

    The centre decides how many items came back: one from each leaf.
    """

    wave = False
    deciders = "one"

    def setup(self) -> None:
        self.got: list[list[int]] = []

    def on_start(self) -> None:
        self.send_all(self.neighbors, [])

    def on_message(self, sender: int, message: object) -> None:
        items = cast("list[int]", message)
        if self.id == 0:
            self.got.append(items)
            if len(self.got) == len(self.neighbors):
                self.decide(sum(len(items) for items in self.got))
        else:
            items.append(self.id)
            self.send(sender, items)


@dataclass(frozen=True)
class Box:
    """Frozen, but what it holds is not."""

    items: list[int] = field(default_factory=list[int])


class BigInABox(Big):
    """The same with a list in a frozen dataclass."""

    def on_start(self) -> None:
        self.send_all(self.neighbors, Box())

    def on_message(self, sender: int, message: object) -> None:
        assert isinstance(message, Box)
        if self.id == 0:
            self.got.append(message.items)
            if len(self.got) == len(self.neighbors):
                self.decide(sum(len(items) for items in self.got))
        else:
            message.items.append(self.id)
            self.send(sender, message)
