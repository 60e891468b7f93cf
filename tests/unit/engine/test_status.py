"""Health: the worst counts, and it becomes plain data."""

from __future__ import annotations

import pytest

from topowave.engine.status import ComponentHealth, ComponentStatus, together

HEALTHY, DEGRADED = ComponentHealth.HEALTHY, ComponentHealth.DEGRADED
UNHEALTHY, STOPPED = ComponentHealth.UNHEALTHY, ComponentHealth.STOPPED


@pytest.mark.parametrize(
    ("healths", "worst"),
    [
        ([], HEALTHY),
        ([HEALTHY, HEALTHY], HEALTHY),
        ([HEALTHY, DEGRADED], DEGRADED),
        ([DEGRADED, STOPPED], STOPPED),
        ([STOPPED, UNHEALTHY, HEALTHY], UNHEALTHY),
    ],
)
def test_the_worst_counts(healths: list[ComponentHealth], worst: ComponentHealth) -> None:
    assert together(healths) is worst
    assert together(healths[::-1]) is worst


def test_a_status_is_plain_data() -> None:
    status = ComponentStatus(DEGRADED, True, {"size": 1})
    assert status.to_json() == {"health": "degraded", "is_running": True, "metrics": {"size": 1}}
    assert ComponentStatus(STOPPED, False).metrics == {}
