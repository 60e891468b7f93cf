"""Faults: what is lost, doubled and crashed, and what is promised then."""

from __future__ import annotations

import json

import pytest

from tests.unit.algorithms.networks import path, ring
from topowave.algorithms import Algorithm
from topowave.algorithms.traversal.tarry import Tarry
from topowave.algorithms.waves.echo import Echo
from topowave.checker import check
from topowave.topology import Problems


class CountsAnswers(Algorithm):
    """Decides when it has heard as many answers as it has neighbours, whoever they are from."""

    def setup(self) -> None:
        self.missing = len(self.neighbors)

    def on_start(self) -> None:
        self.send_all(self.neighbors, "ask")

    def on_message(self, sender: int, message: object) -> None:
        if message == "ask":
            self.send(sender, "answer")
            return
        self.missing -= 1
        if not self.missing:
            self.decide()


class InOrder(CountsAnswers):
    """The second message says that the first one has come before."""

    wave = False

    def setup(self) -> None:
        self.first = False

    def on_start(self) -> None:
        self.send_all(self.neighbors, 1)
        self.send_all(self.neighbors, 2)

    def on_message(self, sender: int, message: object) -> None:
        if message == 1:
            self.first = True
        else:
            assert self.first
            self.decide()


class WaitsForNobody(CountsAnswers):
    """Goes on without neighbours that are down, but does not look whether it is told twice."""

    def on_down(self, neighbor: int) -> None:
        self.missing -= 1
        if not self.missing:
            self.decide()


def test_without_faults_counting_answers_is_enough_between_neighbours() -> None:
    assert check(CountsAnswers, path(3), initiators=["1"]).ok


def test_a_message_that_comes_twice_lets_a_count_go_wrong() -> None:
    violation = check(CountsAnswers, path(3), initiators=["1"], duplicate=1).violation
    assert violation is not None
    assert violation.property_name == "dependence"
    assert any("will come once more" in each.text for each in violation.steps)
    assert violation.shortest
    assert len(violation.steps) == 4  # start, ask, answer, and the answer once more


def test_a_lost_message_lets_a_later_one_come_first_on_a_fifo_link() -> None:
    assert check(InOrder, path(2), initiators=["0"], fifo=True).ok
    violation = check(InOrder, path(2), initiators=["0"], fifo=True, loss=1).violation
    assert violation is not None
    assert violation.property_name == "handlers"
    assert violation.steps[1].text == "the message 1 from 0 is lost"


def test_without_fifo_the_later_message_may_come_first_anyway() -> None:
    violation = check(InOrder, path(2), initiators=["0"]).violation
    assert violation is not None
    assert violation.property_name == "handlers"
    assert len(violation.steps) == 2


@pytest.mark.parametrize("faults", [{"loss": 2}, {"duplicate": 1}, {"crash": 1}, {"loss": 1, "crash": 1}])
def test_echo_stays_safe_whatever_fails(faults: dict[str, int]) -> None:
    result = check(Echo, ring(3), initiators=["0"], **faults)  # type: ignore[arg-type]  # counts only
    assert result.complete
    assert result.holds == {
        "termination": None,
        "decision": None,
        "dependence": True,
        "bounds": None,
        "handlers": True,
    }


def test_with_faults_more_states_are_seen_and_it_is_said_what_is_promised() -> None:
    reliable = check(Tarry, ring(3), initiators=["0"])
    crashing = check(Tarry, ring(3), initiators=["0"], crash=1)
    assert crashing.states > reliable.states
    assert "up to 1 node crashed" in str(crashing)
    assert "not promised with faults" in str(crashing)


def test_a_decide_without_a_node_is_excused_by_the_news_that_it_is_down_and_only_by_that() -> None:
    told = check(WaitsForNobody, path(2), initiators=["0"], crash=1)
    assert told.ok
    violation = check(WaitsForNobody, path(3), initiators=["1"], crash=1).violation
    assert violation is None or violation.property_name == "decision"


def test_who_counts_a_neighbour_twice_decides_twice() -> None:
    class Counts(WaitsForNobody):
        def on_down(self, neighbor: int) -> None:
            self.decide()

    violation = check(Counts, path(2), initiators=["0"], crash=1).violation
    assert violation is not None
    assert violation.witness == "node 0 decides twice"
    texts = [each.text for each in violation.steps]
    assert "crashes" in texts
    assert "learns that 1 is down" in texts


def test_what_is_on_its_way_to_a_crashed_node_is_dropped_and_the_trace_says_so() -> None:
    class Gives(WaitsForNobody):
        def on_down(self, neighbor: int) -> None:
            raise ValueError("down")

    violation = check(Gives, path(2), initiators=["0"], crash=1).violation
    assert violation is not None
    events = [json.loads(line)["event"] for line in violation.trace[1:]]
    assert "crash" in events
    assert "down" in events


def test_too_many_faults_are_refused() -> None:
    with pytest.raises(Problems, match="--crash: 101"):
        check(Echo, path(2), crash=101)
