"""Of what nobody wants to hear for a while. Pure: the clock comes in.

A silence is about what an alert is about, its rule and its group, so that it holds too for an alert of the
same that begins after that one was resolved.
"""

from __future__ import annotations

from topowave.balancer.alerts.engine import AlertRecord
from topowave.balancer.limits import ALERT_SILENCES


class Silences:
    """The silences of one lab, each with an end."""

    def __init__(self) -> None:
        self._until_s: dict[tuple[str, str], float] = {}

    def silence(self, alert: AlertRecord, until_s: float) -> None:
        """Silence what an alert is about until a moment (s)."""
        self._until_s[alert.rule.name, alert.group] = until_s
        if len(self._until_s) > ALERT_SILENCES:
            del self._until_s[min(self._until_s, key=self._until_s.__getitem__)]

    def end(self, alert: AlertRecord) -> bool:
        """Let an alert be heard again; return whether it was silenced."""
        return self._until_s.pop((alert.rule.name, alert.group), None) is not None

    def until_s(self, alert: AlertRecord) -> float | None:
        """Return until when an alert is silenced (s); None where it is not."""
        return self._until_s.get((alert.rule.name, alert.group))

    def look(self, now_s: float) -> bool:
        """Let those end whose time is over; return whether there were any."""
        over = [key for key, until_s in self._until_s.items() if now_s >= until_s]
        for key in over:
            del self._until_s[key]
        return bool(over)
