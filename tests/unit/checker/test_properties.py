"""Every property can be violated, each way that it can, and is told with the witness."""

from __future__ import annotations

import pytest

from tests.unit.algorithms.networks import path, ring
from topowave.algorithms import Algorithm, Bounds, Network
from topowave.checker import check
from topowave.checker.counterexample import Counterexample
from topowave.topology import Problems

Names = list[str]


class Base(Algorithm):
    """The initiator asks its neighbours, which answer; others are not asked."""

    def setup(self) -> None:
        self.waiting = len(self.neighbors)

    def on_start(self) -> None:
        self.send_all(self.neighbors, "ask")

    def on_message(self, sender: int, message: object) -> None:
        if message == "ask":
            self.send(sender, "answer")
        elif message == "answer":
            self.waiting -= 1
            if not self.waiting:
                self.decide()


class DecidesTwice(Base):
    def decide(self, value: object = None) -> None:
        super().decide(value)
        super().decide(value)


class AllShouldDecide(Base):
    deciders = "all"


class OneShouldDecide(Base):
    deciders = "one"

    def on_message(self, sender: int, message: object) -> None:
        super().on_message(sender, message)
        if self.id == 1:
            self.decide()


class NobodyDecides(Base):
    def decide(self, value: object = None) -> None:
        pass


class FewerAreProven(Base):
    bounds = Bounds(messages=lambda g: g.links, messages_text="|E|")


class MoreAreProven(Base):
    bounds = Bounds(messages=lambda g: 3 * g.links, messages_text="3|E|", exact=True)


class AtMostMoreAreProven(Base):
    bounds = Bounds(messages=lambda g: 3 * g.links, messages_text="3|E|")


class GoesRound(Base):
    """The answer is asked again and again: the state comes back."""

    wave = False

    def on_message(self, sender: int, message: object) -> None:
        self.send(sender, "answer" if message == "ask" else "ask")


class Floods(Base):
    """Everybody tells everybody, each time they are told: more and more messages."""

    def on_message(self, sender: int, message: object) -> None:
        self.send_all(self.neighbors, message)


class Ticks(Base):
    """A timer that sets itself for ever."""

    def on_start(self) -> None:
        super().on_start()
        self.set_timer("tick", 1)

    def on_timer(self, name: str) -> None:
        self.set_timer(name, 1)


def violation_of(
    algorithm: type[Algorithm], network: Network | None = None, initiators: Names | None = None
) -> Counterexample:
    result = check(algorithm, network or path(2), initiators=initiators or ["0"])
    assert result.violation is not None
    assert result.holds[result.violation.property_name] is False
    assert "VIOLATED" in str(result)
    return result.violation


@pytest.mark.parametrize(
    ("algorithm", "nodes", "property_name", "witness", "events"),
    [
        (Base, 3, "dependence", "node 2 has no event before node 0's decide", 3),
        (Base, 4, "dependence", "nodes 2 and 3 have no event before node 0's decide", 3),
        (DecidesTwice, 2, "decision", "node 0 decides twice", 3),
        (AllShouldDecide, 2, "decision", "the run is over and node 1 has not decided; every node should", 3),
        (OneShouldDecide, 2, "decision", "node 0 decides after node 1 has; only one node may", 3),
        (NobodyDecides, 2, "decision", "the run is over and no node has decided", 3),
        (FewerAreProven, 2, "bounds", "2 messages sent, proven are at most 1 = |E|", 2),
        (
            MoreAreProven,
            2,
            "bounds",
            "the run is over after 2 messages, proven are exactly 3 = 3|E|",
            3,
        ),
    ],
)
def test_a_condition_that_is_violated_is_told_with_its_witness_after_the_fewest_events(
    algorithm: type[Algorithm], nodes: int, property_name: str, witness: str, events: int
) -> None:
    violation = violation_of(algorithm, path(nodes))
    assert (violation.property_name, violation.witness) == (property_name, witness)
    assert len(violation.steps) == events
    assert violation.shortest


def test_a_bound_that_is_not_exact_may_be_undercut() -> None:
    assert check(AtMostMoreAreProven, path(2), initiators=["0"]).ok


def test_a_bound_that_cannot_be_computed_is_refused_with_the_reason() -> None:
    class Broken(Base):
        bounds = Bounds(messages=lambda g: 1 // (g.links - 1))

    with pytest.raises(Problems, match="the bound on messages cannot be computed: ZeroDivisionError"):
        check(Broken, path(2))


def test_a_run_that_comes_back_to_a_state_never_ends() -> None:
    violation = violation_of(GoesRound)
    assert violation.property_name == "termination"
    assert violation.witness == "a run need not end: all is as it was after event 1, and so on for ever"
    assert violation.repeats_after == 1
    assert [each.node for each in violation.steps] == ["0", "1", "0"]


def test_a_run_with_more_and_more_messages_never_ends() -> None:
    violation = violation_of(Floods, ring(3))
    assert violation.property_name == "termination"
    assert "with more messages under way" in violation.witness
    assert violation.repeats_after is not None


def test_a_timer_that_sets_itself_for_ever_never_ends() -> None:
    violation = violation_of(Ticks)
    assert violation.property_name == "termination"
    assert violation.steps[-1].text == "handles its timer 'tick'"


class AsksUntilAnswered(Base):
    """A run goes round only as long as one message is put off for ever."""

    wave = False

    def setup(self) -> None:
        self.answered = False

    def on_start(self) -> None:
        self.send(self.neighbors[0], "ask")
        self.set_timer("again", 1)

    def on_timer(self, name: str) -> None:
        if not self.answered:
            self.set_timer("again", 1)

    def on_message(self, sender: int, message: object) -> None:
        if message == "ask":
            self.send(sender, "answer")
        else:
            self.answered = True
            self.decide()


def test_a_run_that_goes_on_only_by_putting_off_a_message_for_ever_is_no_violation() -> None:
    result = check(AsksUntilAnswered, path(2), initiators=["0"])
    assert result.ok
    assert result.complete
    assert result.holds["termination"] is True


def test_for_an_algorithm_that_is_no_wave_decides_need_not_depend_on_all() -> None:
    class NoWave(Base):
        wave = False

    result = check(NoWave, path(3), initiators=["0"])
    assert result.ok
    assert result.holds["dependence"] is None
    assert result.holds["decision"] is True


def test_names_of_the_network_stand_in_the_witness() -> None:
    network = Network.from_links(3, [(0, 1), (1, 2)], names=["amber", "birch", "cedar"])
    violation = violation_of(Base, network, ["amber"])
    assert violation.witness == "node cedar has no event before node amber's decide"
    assert list(violation.states) == ["amber", "birch", "cedar"]
