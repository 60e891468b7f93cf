"""The models of river: what each learns that simple ones do not, and what is said where river is missing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

import topowave.forecasts.river_model as river_model
from topowave.forecasts import FORECASTS, Forecast, find_forecast
from topowave.forecasts.adaptive_mean import AdaptiveMean
from topowave.forecasts.exponential_smoothing import ExponentialSmoothing
from topowave.forecasts.holt_winters import HoltWinters
from topowave.forecasts.lag_regression import LagRegression
from topowave.forecasts.limits import LONGEST_WINDOW
from topowave.forecasts.moving_average import MovingAverage
from topowave.forecasts.river_model import RiverModel
from topowave.forecasts.snarimax import Snarimax

OF_RIVER = [HoltWinters, Snarimax, LagRegression, AdaptiveMean]


def mean_error(kind: type[Forecast], changes: list[float]) -> float:
    """Return how far off it is in the second half of what it learns."""
    model, load, errors = kind(), 1000.0, list[float]()
    for change in changes:
        surprise = model.learn(1000.0 + change, 1000.0 - load)
        load = 1000.0 + change
        if surprise is not None:
            errors.append(abs(surprise.error))
    late = errors[len(errors) // 2 :]
    return sum(late) / len(late)


def test_a_change_that_rises_is_followed_by_holt_winters() -> None:
    rise = [0.1 * index for index in range(120)]
    assert mean_error(HoltWinters, rise) < 0.2 < mean_error(ExponentialSmoothing, rise)


@pytest.mark.parametrize("kind", [Snarimax, LagRegression])
def test_a_rhythm_is_learned_by_the_linear_models(kind: type[Forecast]) -> None:
    noise = Random(1)
    rhythm = [10.0 * (-1) ** index + noise.gauss(0, 1) for index in range(300)]
    assert mean_error(kind, rhythm) < 2 < 8 < mean_error(MovingAverage, rhythm)


@pytest.mark.parametrize("kind", OF_RIVER)
def test_a_stream_that_stays_is_foretold_better_than_by_the_last_value(kind: type[Forecast]) -> None:
    noise = Random(2)
    steady = [5.0 + noise.gauss(0, 3) for _ in range(300)]
    assert mean_error(kind, steady) < 0.6 * mean_error(FORECASTS["last-value"], steady)


def test_the_adaptive_mean_is_steadier_than_a_short_window_and_drops_what_was_before_a_drift() -> None:
    noise = Random(3)
    steady = [5.0 + noise.gauss(0, 3) for _ in range(400)]
    assert mean_error(AdaptiveMean, steady) < mean_error(MovingAverage, steady)
    model = AdaptiveMean()
    for change in [5.0] * 200 + [-5.0] * 40:
        model.learn_change(change)
    assert model.next_change() == -5


def test_a_window_that_never_drifts_begins_anew_some_time() -> None:
    model = AdaptiveMean()
    for _ in range(LONGEST_WINDOW):
        model.learn_change(1.0)
    for _ in range(2):
        model.learn_change(3.0)
    assert model.next_change() == 3


class Failing(RiverModel):
    """A forecast whose model fails on what it is told to."""

    name = "failing"

    def new_model(self) -> Any:
        return []

    def teach(self, model: Any, change: float) -> None:
        model.append(1 / change)

    def ask(self, model: Any) -> float:
        return model[-1] if model else float("nan")


def test_a_model_that_fails_begins_anew() -> None:
    model = Failing()
    model.learn_change(0.5)
    assert model.next_change() == 2
    model.learn_change(0)
    assert model.next_change() == 0


@pytest.mark.parametrize("kind", OF_RIVER)
def test_without_river_one_sentence_says_what_to_install(
    kind: type[Forecast], monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing: Callable[[str], None] = lambda _name: None  # noqa: E731
    monkeypatch.setattr(river_model, "find_spec", nothing)
    sentence = (
        f"the forecast {kind.name} needs river, which is not installed here: pip install 'topowave\\[for"
    )
    with pytest.raises(KeyError, match=sentence):
        find_forecast(kind.name)
    assert find_forecast("moving-average") is MovingAverage


def test_river_is_not_imported_before_it_is_needed() -> None:
    code = "import sys, topowave.forecasts, topowave.load; sys.exit('river' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
