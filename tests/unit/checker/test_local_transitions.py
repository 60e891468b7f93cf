from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any, ClassVar, cast

import pytest

from tests.unit.algorithms.networks import path, ring
from tests.unit.simulator import students
from topowave.algorithms import Algorithm, Knowledge, Network
from topowave.algorithms.waves.echo import Echo, Reply, Token
from topowave.checker import check
from topowave.checker.counterexample import Counterexample

CALLS: list[int] = []


class Quiet(Algorithm):
    """The initiator tells everybody and decides; a base for mistakes."""

    wave = False

    def on_start(self) -> None:
        self.send_all(self.neighbors, "hello")
        self.decide()


def mistake_of(algorithm: type[Algorithm], nodes: int = 2, **options: Any) -> Counterexample:
    violation = check(algorithm, path(nodes), initiators=["0"], **options).violation
    assert violation is not None
    assert violation.property_name == "handlers"
    assert violation.mistake is not None
    assert violation.shortest
    return violation


class Raises(Quiet):
    def on_message(self, sender: int, message: object) -> None:
        raise KeyError(sender)  # here


class TellsAStranger(Quiet):
    def on_message(self, sender: int, message: object) -> None:
        self.send(7, message)  # here


class SendsAnObject(Quiet):
    def on_message(self, sender: int, message: object) -> None:
        self.send(sender, object())  # here


class DecidesOnAnObject(Quiet):
    def on_message(self, sender: int, message: object) -> None:
        self.decide(object())  # here


class Recurs(Quiet):
    def on_message(self, sender: int, message: object) -> None:
        self.on_message(sender, message)  # here


class Exits(Quiet):
    def on_message(self, sender: int, message: object) -> None:
        raise SystemExit  # here


@pytest.mark.parametrize(
    ("algorithm", "problem"),
    [
        (Raises, "KeyError: 0"),
        (TellsAStranger, "a message to node 7, which is not among its out-neighbours"),
        (SendsAnObject, "a message that is not plain data"),
        (DecidesOnAnObject, "the decided value that is not plain data"),
        (Recurs, "RecursionError"),
        (Exits, "SystemExit"),
    ],
)
def test_a_handler_that_fails_is_told_with_node_event_and_its_own_line(
    algorithm: type[Algorithm], problem: str
) -> None:
    violation = mistake_of(algorithm)
    found = violation.mistake
    assert found is not None
    assert problem in found.problem
    assert (found.node, found.event) == ("1", "receiving 'hello' from 0")
    assert found.file == __file__
    assert found.code.endswith("# here")
    assert [each.node for each in violation.steps] == ["0", "1"]


def test_a_handler_that_does_not_return_is_ended() -> None:
    class Hangs(Quiet):
        def on_message(self, sender: int, message: object) -> None:
            while True:
                pass

    violation = mistake_of(Hangs, deadline_s=0.2)
    assert violation.mistake is not None
    assert "did not return within 0.2 s" in violation.mistake.problem
    assert violation.mistake.code in ("while True:", "pass")


def test_a_class_attribute_that_nodes_share_is_found_though_it_is_no_part_of_the_state() -> None:
    class Shares(Quiet):
        seen: ClassVar[set[int]] = set()

        def on_message(self, sender: int, message: object) -> None:
            self.seen.add(self.id)

    violation = mistake_of(Shares)
    assert "changes Shares.seen, which all nodes share" in violation.witness
    assert not Shares.seen


def test_a_global_that_a_handler_changes_is_found() -> None:
    class Counts(Quiet):
        def on_message(self, sender: int, message: object) -> None:
            CALLS.append(self.id)

    assert "CALLS, which all nodes share" in mistake_of(Counts).witness
    assert not CALLS


@pytest.mark.parametrize("new", [False, True])
def test_a_name_of_the_class_that_is_bound_anew_is_found(new: bool) -> None:
    class Counts(Quiet):
        total: ClassVar[int] = 0

        def on_message(self, sender: int, message: object) -> None:
            setattr(Counts, "more" if new else "total", 1)

    assert f"changes Counts.{'more' if new else 'total'}, which all nodes share" in mistake_of(Counts).witness
    assert (Counts.total, hasattr(Counts, "more")) == (0, False)


def test_a_global_that_is_bound_anew_is_found() -> None:
    class Counts(Quiet):
        def on_message(self, sender: int, message: object) -> None:
            globals()["BOUND"] = 1

    assert "test_local_transitions.BOUND, which all nodes share" in mistake_of(Counts).witness
    assert "BOUND" not in globals()


def test_a_handler_that_asks_chance_is_found() -> None:
    random = Random(1)

    class Rolls(Quiet):
        def on_message(self, sender: int, message: object) -> None:
            self.rolled = random.random()

    assert "does not always do the same in the same state" in mistake_of(Rolls).witness


def test_a_state_that_is_no_plain_data_is_told_with_the_attribute() -> None:
    class Generates(Quiet):
        def on_message(self, sender: int, message: object) -> None:
            self.rest: Iterator[int] = (each for each in self.neighbors)

    assert "self.rest is or holds a generator, which is not plain data" in mistake_of(Generates).witness


def test_what_the_runtime_gives_must_not_be_assigned() -> None:
    class Assigns(Quiet):
        def on_message(self, sender: int, message: object) -> None:
            self.neighbors = ()

    assert "assigns self.neighbors" in mistake_of(Assigns).witness


def test_what_the_runtime_gives_must_not_be_changed() -> None:
    class Changes(Quiet):
        def on_message(self, sender: int, message: object) -> None:
            cast("list[int]", self.input).append(1)

    assert "changes self.input" in mistake_of(Changes, inputs=[[0], [0]]).witness


def test_a_message_that_its_sender_changes_in_the_same_handler_is_found_with_the_line_that_sent_it() -> None:
    class Appends(Quiet):
        def on_message(self, sender: int, message: object) -> None:
            row = [1]
            self.send(sender, row)  # sent here
            row.append(2)

    witness = mistake_of(Appends).witness
    assert "changes a message after sending it" in witness
    assert "# sent here" in witness


class KeepsItsList(Quiet):
    """A list that is not copied: it grows while it is on its way."""

    def setup(self) -> None:
        self.row: list[int] = []

    def on_start(self) -> None:
        self.send_all(self.neighbors, self.row)  # sent here
        self.send_all(self.neighbors, "again")

    def on_message(self, sender: int, message: object) -> None:
        if message == "again":
            self.send(sender, "echo")
        if message == "echo":
            self.row.append(sender)


def test_a_list_that_changes_while_it_is_under_way_is_found() -> None:
    violation = mistake_of(KeepsItsList)
    assert "its message [] to 1 changes after it was sent here; send a copy" in violation.witness
    assert "# sent here" in violation.witness
    assert len(violation.steps) == 3


class ChangesItsListLater(KeepsItsList):
    """As above, but the list changes only when it has arrived."""

    def on_start(self) -> None:
        self.send_all(self.neighbors, self.row)

    def on_message(self, sender: int, message: object) -> None:
        if message == []:
            self.send(sender, "echo")
        elif message == "echo":
            self.row.append(sender)
            self.decide()


def test_a_list_that_changes_after_it_has_arrived_is_no_mistake() -> None:
    assert check(ChangesItsListLater, path(2), initiators=["0"]).ok


class ReceiverChanges(Quiet):
    """Each receiver has a message of its own, which it may change."""

    def on_start(self) -> None:
        self.send_all(self.neighbors, [1, 2])
        self.decide()

    def on_message(self, sender: int, message: object) -> None:
        assert message == [1, 2]
        self.kept = cast("list[int]", message)
        self.kept.append(3)


def test_a_receiver_may_change_what_it_has_received() -> None:
    assert check(ReceiverChanges, path(3), initiators=["1"]).ok


def test_setup_that_sends_is_found_before_any_event() -> None:
    class Eager(Quiet):
        def setup(self) -> None:
            self.decide()

    violation = mistake_of(Eager)
    assert not violation.steps
    assert "only makes the initial state" in violation.witness


def test_setup_that_fails_is_found_with_its_line() -> None:
    class Fails(Quiet):
        def setup(self) -> None:
            self.next = self.neighbors[5]

    violation = mistake_of(Fails)
    assert violation.mistake is not None
    assert violation.mistake.code == "self.next = self.neighbors[5]"


def test_handlers_are_called_a_few_hundred_times_however_many_states_there_are() -> None:
    calls = Calls()

    class Counted(Echo):
        def on_message(self, sender: int, message: Token | Reply) -> None:
            calls.number += 1
            super().on_message(sender, message)

    result = check(Counted, ring(6), initiators=["0"])
    assert result.complete
    assert calls.number < result.steps


class Calls:
    number = 0


@pytest.mark.parametrize(
    ("cls", "said"),
    [
        (students.TalksInSetup, "`setup` only makes the initial state"),
        (students.DecidesInSetup, "`setup` only makes the initial state"),
        (students.Interrupts, "KeyboardInterrupt"),
    ],
)
def test_what_a_class_does_wrong_is_told_as_the_simulator_tells_it(cls: type[Algorithm], said: str) -> None:
    result = check(cls, "path:2:1")
    assert result.violation is not None
    assert result.violation.property_name == "handlers"
    assert said in result.violation.witness
    assert "students.py, line" in result.violation.witness


def test_knowledge_that_cannot_be_had_is_told_as_a_mistake() -> None:
    def fails(network: Network, node: int) -> int:
        return 1 // node

    class Asks(Algorithm):
        needs = (Knowledge("share", "its share", fails),)

    result = check(Asks, "path:2:1")
    assert result.violation is not None
    assert "ZeroDivisionError" in result.violation.witness
