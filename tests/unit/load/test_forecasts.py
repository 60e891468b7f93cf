"""Forecasts in virtual time: learned from what rounds read, measured, and of no effect where nobody asks."""

from __future__ import annotations

import json

import pytest

from tests.unit.load.labs import poisson, star
from topowave import LoadConfig, LoadResult, simulate_load
from topowave.load.measures import OF_FORECASTS
from topowave.topology import Problems

SMALL_ROUNDS = LoadConfig(rebalance_interval=1.0, move_time=0.5)


def ran(**changes: object) -> LoadResult:
    """All tasks come to one leaf, at 80 % of what all nodes get done."""
    workload = poisson(9.6, 2000, nodes=["n2"] * 2000)
    return simulate_load(star(4, 4, 4), workload, SMALL_ROUNDS.but(**changes))


def figures(result: LoadResult) -> dict[str, float | None]:
    """The figures that are not about forecasts."""
    return {name: value for name, value in result.measures.to_json().items() if name not in OF_FORECASTS}


def test_without_a_forecast_there_are_no_figures_of_one() -> None:
    result = ran()
    assert all(result.measures.to_json()[name] is None for name in OF_FORECASTS)
    assert "forecast error" not in str(result)


def test_who_does_not_look_at_a_forecast_balances_as_without_one() -> None:
    watched = ran(forecast="moving-average")
    assert figures(watched) == figures(ran())
    assert "forecast error" in str(watched)
    assert watched.measures.alerts is not None


def test_with_the_last_value_predictive_is_the_max_load_heap() -> None:
    same = ran(policy="predictive", forecast="last-value")
    assert figures(same) == figures(ran())
    assert same.measures.forecast_error == same.measures.last_value_error


def test_a_stream_that_lasts_is_learned_and_what_waits_for_it_waits_less() -> None:
    """Between two rounds the leaf gets more than it can do, and the others run idle unless it is foreseen."""
    reactive, foreseeing = ran().measures, ran(policy="predictive", forecast="moving-average").measures
    assert foreseeing.forecast_error is not None
    assert foreseeing.last_value_error is not None
    assert foreseeing.forecast_error < foreseeing.last_value_error / 1.5
    assert foreseeing.forecast_coverage is not None
    assert 0.7 <= foreseeing.forecast_coverage <= 0.9
    assert foreseeing.mean_wait is not None
    assert reactive.mean_wait is not None
    assert foreseeing.mean_wait < 0.9 * reactive.mean_wait


def test_the_same_seed_gives_the_same_bytes_with_a_forecast() -> None:
    runs = [ran(policy="predictive", forecast="exponential-smoothing") for _ in range(2)]
    assert json.dumps(runs[0].to_json()) == json.dumps(runs[1].to_json())


def test_an_unknown_forecast_is_refused_with_what_there_is() -> None:
    with pytest.raises(Problems, match="there is no forecast 'oracle'; there are last-value, moving-average"):
        ran(forecast="oracle")
