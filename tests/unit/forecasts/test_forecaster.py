"""A lab's forecasts over rounds in which nodes come, go, and give to each other."""

from __future__ import annotations

from tests.unit.forecasts.models import WARM
from topowave.forecasts import Forecaster, Reading
from topowave.forecasts.last_value import LastValue
from topowave.forecasts.limits import COLD_INTERVALS, ROUNDS_AWAY, SCORED_ROUNDS
from topowave.forecasts.moving_average import MovingAverage


def rising(forecaster: Forecaster, rounds: int = WARM, nodes: tuple[int, ...] = (1, 2)) -> None:
    """Let nodes' loads rise by 2 cores a round."""
    for index in range(rounds):
        forecaster.observe([Reading(node, 100, 2 * index) for node in nodes])


def test_each_node_is_predicted_in_the_order_of_what_was_read() -> None:
    forecaster = Forecaster(MovingAverage)
    rising(forecaster)
    last = 2 * (WARM - 1)
    seen = forecaster.observe([Reading(2, 100, last + 2), Reading(7, 100, 50), Reading(1, 100, last + 2)])
    assert list(seen.loads) == [last + 4, 50, last + 4]
    assert [each.cold for each in seen.predictions] == [False, True, False]
    assert forecaster.outlook is seen


def test_a_move_is_not_taken_for_a_change_by_itself() -> None:
    forecaster = Forecaster(MovingAverage)
    rising(forecaster)
    last = 2 * (WARM - 1)
    forecaster.moved(1, 2, 10)
    seen = forecaster.observe([Reading(1, 100, last - 8), Reading(2, 100, last + 12)])
    assert list(seen.loads) == [last - 6, last + 14]
    assert forecaster.whole_score().error == 0


def test_a_node_that_missed_some_rounds_goes_on_and_one_that_missed_many_begins_anew() -> None:
    forecaster = Forecaster(MovingAverage)
    rising(forecaster)
    forecaster.observe([Reading(1, 100, 30)])
    back = forecaster.observe([Reading(1, 100, 32), Reading(2, 100, 90)])
    assert back.predictions[1].mean == 92
    for _ in range(ROUNDS_AWAY + 1):
        forecaster.observe([Reading(1, 100, 30)])
    assert forecaster.observe([Reading(2, 100, 90)]).predictions[0].cold


def test_the_chosen_one_is_scored_beside_the_simple_ones_over_the_last_rounds() -> None:
    forecaster = Forecaster(MovingAverage)
    assert forecaster.better_than_last_value() is None
    rising(forecaster, COLD_INTERVALS + 2 + 2 * SCORED_ROUNDS)
    scores = forecaster.scores()
    assert list(scores) == ["moving-average", "last-value", "exponential-smoothing"]
    assert scores["last-value"].error == 2
    assert scores["moving-average"].error == 0
    assert scores["moving-average"].values == 2 * SCORED_ROUNDS
    assert forecaster.whole_score(LastValue).values == 4 * SCORED_ROUNDS
    assert forecaster.better_than_last_value() == 100
    assert scores["last-value"].coverage == 1


def test_a_predicted_bottleneck_is_told_in_the_round_before() -> None:
    forecaster = Forecaster(MovingAverage, max_cpu=50)
    told = [
        (index, alert.node)
        for index in range(WARM + 20)
        for alert in forecaster.observe([Reading(1, 100, 2 * index), Reading(2, 1000, 0)]).alerts
    ]
    assert told == [(24, 1)]
    assert (forecaster.bottlenecks.alerts, forecaster.bottlenecks.hits) == (1, 1)


def test_in_a_network_that_follows_nodes_are_known_by_their_new_ports_and_who_left_is_forgotten() -> None:
    forecaster = Forecaster(MovingAverage, max_cpu=50)
    for index in range(25):
        forecaster.observe([Reading(node, 100, 2 * index) for node in (1, 2, 3)])
    outlook = forecaster.outlook
    assert outlook is not None
    assert [alert.node for alert in outlook.alerts] == [1, 2, 3]  # 48 of 100, and 50 are predicted
    forecaster.moved(1, 2, 10)
    forecaster.follow({1: 1, 2: 9})  # the last one has left
    outlook = forecaster.outlook
    assert outlook is not None
    assert [reading.node for reading in outlook.readings] == [1, 9]
    assert [alert.node for alert in outlook.alerts] == [1, 9]
    assert len(outlook.predictions) == 2
    assert forecaster.bottlenecks.told == {1, 9}
    seen = forecaster.observe([Reading(1, 100, 40), Reading(9, 100, 60), Reading(3, 100, 0)])
    assert list(seen.loads) == [42, 62, 0]  # what moved is no change by itself
    assert [each.cold for each in seen.predictions] == [False, False, True]
    assert (forecaster.bottlenecks.alerts, forecaster.bottlenecks.hits) == (3, 2)
