"""How an engine and its components are: what a program or a person is told who asks."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum


class ComponentHealth(Enum):
    """How a component is."""

    HEALTHY = "healthy"
    DEGRADED = "degraded"
    UNHEALTHY = "unhealthy"
    STOPPED = "stopped"


@dataclass(frozen=True)
class ComponentStatus:
    """One component.

    Attributes:
        health: how it is: degraded when it does less than it should, such as a full queue; unhealthy when it
            does nothing.
        is_running: whether it takes part.
        metrics: its figures; none where the settings want none.
    """

    health: ComponentHealth
    is_running: bool
    metrics: dict[str, float | str | None] = field(default_factory=dict[str, "float | str | None"])

    def to_json(self) -> dict[str, object]:
        """Return it as plain data."""
        return {"health": self.health.value, "is_running": self.is_running, "metrics": self.metrics}


@dataclass(frozen=True)
class EngineHealth:
    """How the components are together: the worst of them counts.

    Attributes:
        overall_health: of all.
        healthy_count: components that are healthy.
        unhealthy_count: components that are not.
    """

    overall_health: ComponentHealth
    healthy_count: int
    unhealthy_count: int


_WORST_FIRST = (ComponentHealth.UNHEALTHY, ComponentHealth.STOPPED, ComponentHealth.DEGRADED)


def together(healths: list[ComponentHealth]) -> ComponentHealth:
    """Return the worst."""
    return next((each for each in _WORST_FIRST if each in healths), ComponentHealth.HEALTHY)
