"""The laws that every registered forecast keeps, whatever it learns."""

from __future__ import annotations

import math
import pickle
import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.forecasts.models import READINGS, WARM, taught
from topowave.forecasts.base import Forecast
from topowave.forecasts.limits import ERRORS_KEPT
from topowave.forecasts.registry import FORECASTS, find_forecast

usable = [name for name, kind in FORECASTS.items() if kind.missing() is None]
every_forecast = pytest.mark.parametrize("name", usable)
few = settings(max_examples=25)


def learned(name: str, readings: list[tuple[int, int]]) -> Forecast:
    model = FORECASTS[name]()
    for load, moved in readings:
        model.learn(load, moved)
    return model


@every_forecast
def test_it_is_found_by_its_name_and_says_what_it_is(name: str) -> None:
    kind = find_forecast(name)
    assert kind.name == name
    assert re.fullmatch(r"[a-z][a-z0-9-]*", name)
    for said in (kind.title, kind.summary, kind.source, kind.knows, kind.wins):
        assert said.strip() == said != ""


@every_forecast
@few
@given(readings=READINGS)
def test_the_interval_is_finite_and_contains_the_mean_and_no_load_is_below_0(
    name: str, readings: list[tuple[int, int]]
) -> None:
    said = learned(name, readings).predict()
    assert 0 <= said.low <= said.mean <= said.high < math.inf


@every_forecast
@few
@given(readings=READINGS)
def test_the_same_loads_give_the_same_predictions(name: str, readings: list[tuple[int, int]]) -> None:
    assert learned(name, readings).predict() == learned(name, readings).predict()


@every_forecast
@few
@given(readings=READINGS)
def test_nobody_predicts_a_larger_change_than_those_of_late(
    name: str, readings: list[tuple[int, int]]
) -> None:
    changes = [load - before - moved for (before, _), (load, moved) in pairwise(readings)]
    late = [0, *changes[-ERRORS_KEPT:]]
    last = readings[-1][0] if readings else 0
    said = learned(name, readings).predict()
    assert max(0, last + min(late)) - 1e-9 <= said.mean <= last + max(late) + 1e-9


@every_forecast
@few
@given(loads=st.lists(st.integers(0, 500), max_size=WARM - 1))
def test_a_cold_one_repeats_the_last_load_and_says_that_it_is_cold(name: str, loads: list[int]) -> None:
    said = taught(FORECASTS[name](), loads).predict()
    assert (said.mean, said.cold) == (loads[-1] if loads else 0, True)
    assert said.low == 0
    assert said.high >= 2 * said.mean
    assert said.high >= 1


@every_forecast
def test_after_some_loads_it_is_cold_no_longer(name: str) -> None:
    assert not taught(FORECASTS[name](), range(WARM)).predict().cold


@every_forecast
def test_it_remembers_no_more_after_a_thousand_rounds_than_after_some(name: str) -> None:
    model = taught(FORECASTS[name](), [index * 7 % 11 for index in range(400)])
    size = len(pickle.dumps(model))
    taught(model, [index * 7 % 11 for index in range(1000)])
    assert len(pickle.dumps(model)) <= size * 1.25  # a window's histogram grows with its logarithm


@every_forecast
def test_a_load_that_is_no_number_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="expected finite numbers"):
        FORECASTS[name]().learn(math.nan)


@every_forecast
def test_what_was_moved_is_no_change_by_itself(name: str) -> None:
    still, moving = FORECASTS[name](), FORECASTS[name]()
    load = 100
    for index in range(30):
        moved = (-1) ** index * 20
        load += moved
        moving.learn(load, moved)
        still.learn(100)
    assert abs(moving.predict().mean - load) < 1e-6
    assert abs(still.predict().mean - 100) < 1e-6


@every_forecast
@pytest.mark.parametrize("size", [1e-300, 1e9, 1e300])
def test_numbers_of_any_size_are_survived(name: str, size: float) -> None:
    model = taught(FORECASTS[name](), [size * (index * 7 % 11) for index in range(60)])
    taught(model, [10.0 + 3 * index for index in range(200)])
    said = model.predict()
    assert abs(said.mean - 610) < 10
    assert said.high < math.inf
