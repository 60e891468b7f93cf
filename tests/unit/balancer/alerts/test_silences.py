"""Silences: about what an alert is about, with an end, and bounded."""

from __future__ import annotations

from tests.unit.balancer.alerts.test_engine import down, engine
from topowave.balancer.alerts.engine import AlertRecord
from topowave.balancer.alerts.silences import Silences
from topowave.balancer.limits import ALERT_SILENCES


def test_a_silence_holds_until_its_end_and_for_another_alert_about_the_same() -> None:
    tried, silences = engine(), Silences()
    tried.look(down(0, {"a": "a", "z": "z"}))
    one, other = tried.active
    silences.silence(one, 10)
    assert (silences.until_s(one), silences.until_s(other)) == (10, None)
    tried.look(down(1, {}))
    tried.look(down(2, {"a": "a"}))
    (again,) = tried.active
    assert again.id != one.id
    assert silences.until_s(again) == 10
    assert (silences.look(9.9), silences.until_s(again)) == (False, 10)
    assert (silences.look(10), silences.until_s(again)) == (True, None)


def test_a_silence_can_be_ended_once() -> None:
    tried, silences = engine(), Silences()
    tried.look(down(0, {"a": "a"}))
    silences.silence(tried.active[0], 10)
    assert silences.end(tried.active[0])
    assert not silences.end(tried.active[0])


def test_above_alert_silences_the_one_that_ends_first_goes() -> None:
    silences = Silences()
    alerts: list[AlertRecord] = []
    for number in range(ALERT_SILENCES + 1):
        tried = engine()
        tried.look(down(0, {f"n{number}": f"n{number}"}))
        alerts.append(tried.active[0])
        silences.silence(alerts[-1], 1000 - number)
    kept = [alert for alert in alerts if silences.until_s(alert) is not None]
    assert len(kept) == ALERT_SILENCES
    assert silences.until_s(alerts[-1]) is None
