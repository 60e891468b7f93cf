"""A counterexample of the checker stands in a session in exactly its order."""

from __future__ import annotations

import pytest

from tests.unit.algorithms.networks import path, ring
from tests.unit.algorithms.planted import PLANTED, FinnSharesItsSets, Planted
from topowave.algorithms import Algorithm, Network
from topowave.checker import check
from topowave.checker.counterexample import Counterexample
from topowave.sessions.counterexample_order import BRANCH, session_in_order, session_of_counterexample
from topowave.topology import Problems

MEANT: dict[type[Algorithm], tuple[Network, tuple[int, ...]]] = {FinnSharesItsSets: (ring(3), (0,))}
"""Where a set changes while it is under way."""


def violation_of(planted: Planted, **faults: int) -> Counterexample:
    network, initiators = MEANT.get(planted.algorithm, (planted.network, planted.initiators))
    found = check(
        planted.algorithm,
        network,
        initiators=[str(node) for node in initiators],
        **faults,  # type: ignore[arg-type]
    ).violation
    assert found is not None
    return found


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.algorithm.__name__)
def test_every_planted_mistake_breaks_in_the_session_at_the_checkers_step(planted: Planted) -> None:
    violation = violation_of(planted)
    session = session_of_counterexample(violation, planted.algorithm)
    assert session.position == len(violation.steps)
    assert [row["event"] for rows in session.rows() for row in rows if row["event"] != "join"] == [
        row["event"] for row in violation.events if row["event"] != "join"
    ]
    if violation.property_name in ("termination", "handlers"):
        return  # what goes on for ever breaks at no event of its own; what a handler does wrong: below
    found = session.first_break()
    assert found is not None
    assert (found.position, violation.property_name in found.broken) == (len(violation.steps), True)
    if violation.property_name == "dependence":
        assert found.witnesses[0].rpartition(" before ")[2] == violation.witness.rpartition(" before ")[2]


def test_one_goes_to_and_fro_and_branches_off_in_it() -> None:
    planted = next(each for each in PLANTED if each.algorithm.__name__ == "EchoCountsOneShort")
    session = session_of_counterexample(violation_of(planted), planted.algorithm)
    assert not session.undo()
    session.back(1)
    assert session.conditions().broken == []
    session.step(next(each for each in session.choices() if each.node == "2"))
    session.step(next(each for each in session.choices() if each.peer == "2"))
    session.run()
    assert session.conditions().broken == []
    session.switch(BRANCH)
    assert session.first_break() is not None


def test_what_the_delays_would_have_brought_stays_the_branch_main() -> None:
    planted = next(each for each in PLANTED if each.algorithm.__name__ == "EchoDecidesEarly")
    session = session_of_counterexample(violation_of(planted), planted.algorithm)
    assert [each.name for each in session.branches] == ["main", BRANCH]
    session.switch("main", 0)
    session.run()
    assert session.conditions().position > 3


class StartsLate(Algorithm):
    """Whoever starts after it has heard of another decides on nothing."""

    def setup(self) -> None:
        self.heard = False

    def on_start(self) -> None:
        self.send_all(self.neighbors, "here")
        self.set_timer("later", 5)

    def on_message(self, sender: int, message: object) -> None:
        self.heard = True

    def on_timer(self, name: str) -> None:
        if not self.heard:
            self.decide(0)


def test_starts_and_timers_come_when_the_checker_had_them() -> None:
    violation = check(StartsLate, path(2), initiators=["0", "1"]).violation
    assert violation is not None
    assert [each.text for each in violation.steps] == ["starts", "handles its timer 'later'"]
    session = session_of_counterexample(violation, StartsLate)
    found = session.first_break()
    assert found is not None
    assert (found.position, found.broken) == (2, ("dependence",))


class DecidesOnOne(Algorithm):
    """It decides, once, when it hears anything; twice if it hears it again."""

    deciders = "some"

    def on_start(self) -> None:
        self.send_all(self.neighbors, "on")

    def on_message(self, sender: int, message: object) -> None:
        if sender == 0:
            self.decide(1)


def test_a_message_that_comes_twice_does_so_in_the_session() -> None:
    violation = check(DecidesOnOne, path(2), initiators=["0"], duplicate=1).violation
    assert violation is not None
    session = session_of_counterexample(violation, DecidesOnOne)
    found = session.first_break()
    assert found is not None
    assert (found.position, found.broken) == (3, ("decision",))


class Fails(Algorithm):
    """It fails at its first message."""

    def on_start(self) -> None:
        self.send_all(self.neighbors, "on")

    def on_message(self, sender: int, message: object) -> None:
        raise ValueError(message)


def test_a_handler_that_fails_does_so_at_the_same_step() -> None:
    violation = check(Fails, path(2), initiators=["0"]).violation
    assert violation is not None
    session = session_of_counterexample(violation, Fails)
    assert (session.position, session.ending) == (2, "mistake")
    assert "ValueError: on" in str(session.mistake)


def test_a_class_that_does_something_else_in_the_same_order_is_refused() -> None:
    planted = next(each for each in PLANTED if each.algorithm.__name__ == "EchoRepliesTwice")
    right = next(each for each in PLANTED if each.algorithm.__name__ == "EchoLeafIsSilent")
    with pytest.raises(Problems, match="depends on more than its messages"):
        session_of_counterexample(violation_of(planted), right.algorithm)


@pytest.mark.parametrize(
    "line",
    [
        '{"version": 1, "runtime": "simulator", "topology": "ring:3:1", "algorithm": "echo", '
        '"waves": [{"id": "0-1", "algorithm": "echo", "initiators": ["0"]}]}',
        '{"version": 1, "runtime": "checker", "topology": "ring:3:1", "algorithm": "echo", "waves": []}',
    ],
)
def test_what_is_no_counterexample_is_refused(line: str) -> None:
    with pytest.raises(Problems, match="no counterexample"):
        session_in_order([line], "echo")
