"""What each of the forecasts that are always there predicts."""

from __future__ import annotations

import pytest

from tests.unit.forecasts.models import WARM, taught
from topowave.forecasts.exponential_smoothing import ExponentialSmoothing
from topowave.forecasts.last_value import LastValue
from topowave.forecasts.limits import AVERAGED, SMOOTHING
from topowave.forecasts.moving_average import MovingAverage
from topowave.forecasts.registry import FORECASTS, OWN, find_forecast

RISE = [3.0 * index for index in range(WARM + AVERAGED)]


def test_the_last_value_says_that_the_load_stays() -> None:
    assert taught(LastValue(), RISE).predict().mean == RISE[-1]


def test_the_moving_average_goes_on_as_of_late() -> None:
    assert taught(MovingAverage(), RISE).predict().mean == RISE[-1] + 3
    flat = [*RISE, *[RISE[-1]] * (AVERAGED // 2)]
    assert taught(MovingAverage(), flat).predict().mean == RISE[-1] + 1.5


def test_smoothing_weighs_the_newest_change_most() -> None:
    assert round(taught(ExponentialSmoothing(), RISE).predict().mean, 9) == RISE[-1] + 3
    still = taught(ExponentialSmoothing(), [*RISE, RISE[-1]]).predict().mean
    assert round(still - RISE[-1], 9) == round(3 * (1 - SMOOTHING), 9)


def test_what_cost_a_load_is_expected_of_the_load_that_a_move_leaves() -> None:
    model = taught(MovingAverage(), RISE)
    surprise = model.learn(RISE[-1] + 3 - 10, moved=-10)
    assert surprise is not None
    assert round(surprise.error, 9) == 0
    assert surprise.covered


def test_a_gap_teaches_nothing() -> None:
    model = taught(MovingAverage(), RISE)
    model.resume(1000)
    assert model.predict().mean == 1003


def test_the_forecasts_that_are_always_there_come_first() -> None:
    assert list(FORECASTS.values())[: len(OWN)] == list(OWN)
    assert OWN[0] is LastValue


def test_an_unknown_forecast_is_refused_with_what_there_is() -> None:
    with pytest.raises(KeyError, match=r"there is no forecast 'oracle'; there are last-value, .*smoothing"):
        find_forecast("oracle")
