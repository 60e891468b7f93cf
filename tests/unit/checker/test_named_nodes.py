"""A counterexample calls nodes by their names, also where handlers keep, send and decide their numbers."""

from __future__ import annotations

import copy
from dataclasses import dataclass

import pytest

from topowave.algorithms import Algorithm, Network
from topowave.algorithms.knowledge import Diameter, Predecessor, Successor
from topowave.algorithms.requirements import Ring
from topowave.checker import check
from topowave.checker.counterexample import Counterexample
from topowave.checker.named_nodes import NamedNumber

NAMES = ["amber", "birch", "cedar"]
PATH = Network.from_links(3, [(0, 1), (1, 2)], names=NAMES)
TRIANGLE = Network.from_links(3, [(0, 1), (1, 2), (2, 0)], names=NAMES)


@dataclass(frozen=True)
class Found:
    """Who is known, by whom, how far away."""

    by: int
    known: frozenset[int]
    hops: int = 2


class Collects(Algorithm):
    """Decides at once, far too early, and tells everybody everything."""

    def setup(self) -> None:
        self.parent: int | None = None
        self.seen = {self.id}
        self.order = [(self.id, 2)]

    def on_start(self) -> None:
        self.parent = self.id
        self.send_all(self.neighbors, Found(self.id, frozenset(self.neighbors)))

    def on_message(self, sender: int, message: Found) -> None:
        self.parent = sender
        self.seen |= message.known
        self.decide({"leader": min(self.seen), "hops": message.hops})


def violation(algorithm: type[Algorithm], network: Network = PATH, start: str = "amber") -> Counterexample:
    found = check(algorithm, network, initiators=[start]).violation
    assert found is not None
    return found


def test_numbers_of_nodes_are_shown_as_names_and_other_numbers_as_numbers() -> None:
    found = violation(Collects)
    assert found.named
    assert str(found).splitlines()[-8:] == [
        "a shortest run that shows it, 2 events, on amber-birch, birch-cedar:",
        "    1  amber  starts, sends Found(by=amber, known=frozenset({birch}), hops=2) to birch",
        "    2  birch  receives Found(by=amber, known=frozenset({birch}), hops=2) from amber, "
        "decides {'leader': birch, 'hops': 2}",
        "",
        "the nodes then:",
        "  amber  order=[(amber, 2)], parent=amber, seen={amber}",
        "  birch  order=[(birch, 2)], parent=amber, seen={birch}",
        "  cedar  order=[(cedar, 2)], parent=None, seen={cedar}",
    ]


def test_the_trace_has_numbers_as_every_trace() -> None:
    sent = next(event for event in violation(Collects).events if event["event"] == "send")
    assert sent["message"]["by"] == 0


def test_what_a_node_is_told_of_its_ring_is_named_but_not_a_distance() -> None:
    class Knows(Algorithm):
        requires = (Ring,)
        needs = (Successor, Predecessor, Diameter)

        def setup(self) -> None:
            self.told = dict(self.knows)

        def on_start(self) -> None:
            self.decide(self.knows["predecessor"])

    found = violation(Knows, TRIANGLE)
    assert "decides cedar" in str(found)
    assert "told={'successor': birch, 'predecessor': cedar, 'diameter': 1}" in str(found)


def test_a_message_under_way_is_named() -> None:
    class Hasty(Collects):
        def on_start(self) -> None:
            super().on_start()
            self.decide(self.id)

    assert "still under way: Found(by=amber, known=frozenset({birch}), hops=2) from amber to birch" in str(
        violation(Hasty)
    )


def test_a_mistake_is_told_with_the_message_as_it_is_shown() -> None:
    class Fails(Collects):
        def on_message(self, sender: int, message: Found) -> None:
            raise ValueError("no")

    found = violation(Fails)
    assert (
        "node birch, receiving Found(by=amber, known=frozenset({birch}), hops=2) from amber: ValueError: no"
        in (found.witness)
    )
    assert str(found.mistake) == found.witness


def test_a_class_that_looks_at_the_type_of_its_numbers_is_told_with_numbers() -> None:
    class Curious(Collects):
        def on_message(self, sender: int, message: Found) -> None:
            self.decide("int" if type(sender) is int else "something else")

    found = violation(Curious)
    assert not found.named
    assert 'decides "int"' in str(found)
    assert "the nodes then, each with the number that handlers know it by:" in str(found)


@pytest.mark.parametrize(
    "show", ["str(self.id)", "f'{self.id}'", "f'{self.id:03}'", "'%d' % self.id", "'x' * self.id"]
)
def test_text_that_a_handler_makes_of_a_number_stays_as_it_was(show: str) -> None:
    class Writes(Collects):
        def on_start(self) -> None:
            self.decide(eval(show, {"self": self}))

    assert violation(Writes, start="birch").named


def test_a_named_number_is_its_number_but_for_its_repr() -> None:
    number = NamedNumber(3, "cedar")
    assert (number, repr(number), str(number), f"{number}", hash(number)) == (3, "cedar", "3", "3", hash(3))
    assert copy.deepcopy([number])[0] is number
    assert copy.copy(number) is number
    assert type(number + 1) is int


def test_every_kind_of_violation_of_the_library_can_be_named() -> None:
    """Faults break theorems in many ways; none may end the naming in a traceback."""
    for name in ("chang-roberts", "peterson", "lelann", "hirschberg-sinclair"):
        found = check(name, "ring:3", duplicate=1, loss=1, fifo=True, time_s=5).violation
        assert found is None or found.named
