"""`topowave alerts`: what it prints and asks, and what is news to whoever follows."""

from __future__ import annotations

from typing import Any

import pytest
from typer.testing import CliRunner

from tests.unit.cli.played_balancer import PlayedBalancer
from topowave.balancer.limits import ALERT_SILENCE
from topowave.cli.alerts import SILENCE_S, news
from topowave.cli.main import app


def alert(state: str = "firing", **other: Any) -> dict[str, Any]:
    said: dict[str, Any] = {"text": "a is down", "code": "a is down", "parameters": {}}
    times: dict[str, Any] = {"since": 1.0, "fired": None, "resolved": None, "silenced_until": None}
    return {"id": "0-1", "severity": "warning", "state": state, **said, **times, **other}


def test_a_silence_is_asked_for_and_its_end(balancer: PlayedBalancer) -> None:
    balancer.answers += [alert(silenced_until=9.0), alert()]
    told = CliRunner().invoke(app, ["alerts", "--silence", "0-1", "--seconds", "8"])
    assert told.stdout.endswith("a is down (silenced)\n")
    CliRunner().invoke(app, ["alerts", "--silence", "0-1", "--seconds", "0"])
    path = "/alerts/0-1/silence"
    assert balancer.asked == [("POST", path, {"seconds": 8.0}), ("DELETE", path, None)]


@pytest.mark.parametrize("seconds", ["-1", str(ALERT_SILENCE + 1)])
def test_a_silence_without_measure_is_refused_before_anything_is_asked(
    balancer: PlayedBalancer, seconds: str
) -> None:
    told = CliRunner().invoke(app, ["alerts", "--silence", "0-1", "--seconds", seconds])
    assert (told.exit_code, balancer.asked) == (2, [])


def test_the_longest_silence_is_the_balancers() -> None:
    assert SILENCE_S == ALERT_SILENCE


def test_only_another_state_or_silence_is_news_and_nothing_that_was_over_before() -> None:
    seen: dict[str, tuple[object, ...]] = {}
    over = alert("resolved", id="0-0")
    assert news(seen, [over, alert("pending")], first=True) == [alert("pending")]
    assert news(seen, [over, alert("pending", text="longer")], first=False) == []
    assert news(seen, [over, alert()], first=False) == [alert()]
    assert news(seen, [over, alert(silenced_until=9.0)], first=False) == [alert(silenced_until=9.0)]
