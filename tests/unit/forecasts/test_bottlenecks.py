"""Alerts: told once, before the node is overloaded, and counted right or wrong."""

from __future__ import annotations

from topowave.forecasts.base import Prediction
from topowave.forecasts.bottlenecks import Bottleneck, Bottlenecks


def said(mean: float, *, cold: bool = False) -> Prediction:
    return Prediction(mean, mean, mean, 0, cold)


def look(bottlenecks: Bottlenecks, load: float, mean: float, moved: float = 0.0) -> Bottleneck | None:
    return bottlenecks.look(8001, load, moved, 10, said(mean), 75)


def test_a_node_that_will_be_overloaded_is_told_of_with_the_reason() -> None:
    alert = look(Bottlenecks(), 5, 7.5)
    assert alert is not None
    assert alert.reason == (
        "a load of 7.5 cores is predicted for the next round (7.5 to 7.5), now it is 5; "
        "from 7.5 of its 10 on it is overloaded"
    )


def test_one_that_is_overloaded_already_or_is_cold_gives_no_alert() -> None:
    assert look(Bottlenecks(), 8, 9) is None
    assert Bottlenecks().look(8001, 5, 0, 10, said(9, cold=True), 75) is None
    assert look(Bottlenecks(), 5, 7.4) is None


def test_it_is_told_once_until_the_node_is_quiet_again() -> None:
    found = Bottlenecks()
    means = [8, 7, 8, 6.5, 8, 5, 8]
    assert [look(found, 5, mean) is not None for mean in means] == [True, *[False] * 5, True]
    assert found.alerts == 2


def test_an_alert_was_right_where_the_load_would_have_come_without_moves() -> None:
    right, wrong, prevented = Bottlenecks(), Bottlenecks(), Bottlenecks()
    for each in (right, wrong, prevented):
        look(each, 5, 8)
    look(right, 8, 8)
    look(wrong, 6, 6)
    look(prevented, 4, 4, moved=-4)
    assert (right.hits, wrong.hits, prevented.hits) == (1, 0, 1)


def test_a_node_that_is_gone_is_forgotten() -> None:
    found = Bottlenecks()
    look(found, 5, 8)
    assert found.told == {8001}
    found.forget(8001)
    assert found.told == frozenset()
    assert look(found, 5, 8) is not None
