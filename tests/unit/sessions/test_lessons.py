"""What a counterexample teaches is told from what the checker knows."""

from __future__ import annotations

import pytest

from tests.unit.algorithms.planted import PLANTED, Planted
from tests.unit.sessions.test_counterexample_order import MEANT
from topowave.algorithms import Algorithm
from topowave.algorithms.waves.echo import Echo
from topowave.checker import check
from topowave.checker.lesson import Kind
from topowave.checker.result import CheckResult
from topowave.sessions.lessons import lesson_in, right_algorithm, right_in_the_same_order
from topowave.traces.reader import parse_trace

BY_NAME = {planted.algorithm.__name__: planted for planted in PLANTED}
KINDS: dict[str, tuple[Kind, ...]] = {
    "EchoLeafIsSilent": ("deadlock",),
    "EchoDecidesEarly": ("early",),
    "EchoForgetsANeighbor": ("deadlock", "forgets"),
    "EchoRepliesTwice": ("messages",),
    "TreeDecidesWhenItSends": ("early", "forgets"),
    "FinnRepeatsItself": ("endless",),
    "FinnDecidesAgain": ("twice",),
    "FinnSharesItsSets": ("shared",),
    "AwerbuchWaitsForOne": ("messages", "fifo"),
    "CidonLosesTheToken": ("deadlock", "time"),
}


def result_of(planted: Planted) -> CheckResult:
    network, initiators = MEANT.get(planted.algorithm, (planted.network, planted.initiators))
    return check(planted.algorithm, network, initiators=[str(node) for node in initiators])


@pytest.mark.parametrize("name", KINDS)
def test_each_kind_of_mistake_is_told_by_what_shows_it(name: str) -> None:
    assert lesson_in(result_of(BY_NAME[name])).kinds == KINDS[name]


def test_a_lesson_names_who_was_not_heard_and_what_led_to_the_break() -> None:
    lesson = lesson_in(result_of(BY_NAME["EchoCountsOneShort"]))
    assert (lesson.node, lesson.missing, lesson.position, lesson.past) == ("1", ("2",), 3, (1, 2))


def test_who_has_not_decided_when_all_is_over_is_named() -> None:
    lesson = lesson_in(result_of(BY_NAME["TreeElectionKeepsTheResult"]))
    assert (lesson.node, lesson.missing) == ("", ("0",))


@pytest.mark.parametrize("name", ["EchoDecidesEarly", "EchoRepliesAtOnce", "CidonBelievesAMistake"])
def test_the_right_algorithm_goes_through_the_same_order_to_its_end(name: str) -> None:
    found = result_of(BY_NAME[name]).violation
    assert found is not None
    right = right_in_the_same_order(found, BY_NAME[name].algorithm)
    assert right is not None
    assert (right.positions[0], len(right.positions)) == (0, len(found.steps) + 1)
    events = parse_trace(right.trace.splitlines(), "right").events
    assert any(event.event == "decide" for event in events)


class HastyEcho(Algorithm):
    """Has the name of an algorithm in its own."""


class Mine(Algorithm):
    """Has no name that says of which kind it is."""


@pytest.mark.parametrize(
    ("algorithm", "right"),
    [(BY_NAME["EchoDecidesEarly"].algorithm, Echo), (HastyEcho, Echo), (Mine, None), (Echo, None)],
)
def test_the_right_algorithm_is_one_that_the_class_is_made_or_named_of(
    algorithm: type[Algorithm], right: type[Algorithm] | None
) -> None:
    assert right_algorithm(algorithm) is right
