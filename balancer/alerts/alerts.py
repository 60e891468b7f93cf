"""The alerts of a lab: looked for once a second, shown to whoever asks, silenced by people."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from itertools import count

from topowave.balancer.alerts.engine import AlertEngine, AlertRecord
from topowave.balancer.alerts.forms import Alert, alert_of
from topowave.balancer.alerts.gathering import FactsGatherer
from topowave.balancer.alerts.rules import SEVERITIES
from topowave.balancer.alerts.silences import Silences
from topowave.balancer.alerts.webhook import Webhook
from topowave.balancer.limits import ALERT_INTERVAL
from topowave.balancer.start import BalancerStart
from topowave.balancer.state.feed import Feed
from topowave.balancer.state.lab import Lab
from topowave.balancer.waves.record import WaveRecord
from topowave.logs import IDS_LOGGED, bounded_fields
from topowave.wire.addresses import Address
from topowave.wire.allowed_targets import AllowedTargets

log = logging.getLogger(__name__)


class LabAlerts:
    """What is wrong with a lab now, and what was.

    Args:
        gatherer: reads what the rules look at.
        life: of this balancer, unique in the lab: ids of alerts begin with it.
        touch: called when something changed that people are shown.
        webhook: who else is told; None for nobody.
    """

    def __init__(
        self,
        gatherer: FactsGatherer,
        life: int,
        touch: Callable[[], None],
        webhook: Webhook | None = None,
    ) -> None:
        numbers = count(1)
        self._gatherer = gatherer
        self._touch = touch
        self.webhook = webhook
        self._engine = AlertEngine(lambda: f"{life}-{next(numbers)}")
        self._silences = Silences()
        self._silenced = 0
        self._told: dict[str, str] = {}
        # Durations need a clock that never jumps, people and programs one that says since 1970.
        self._ahead_s = time.time() - time.monotonic()

    async def run(self) -> None:
        """Look again and again, for ever."""
        async with asyncio.TaskGroup() as group:
            if self.webhook is not None:
                group.create_task(self.webhook.run())
            while True:
                self.look()
                await asyncio.sleep(ALERT_INTERVAL)

    def look(self) -> None:
        """Find out what is wrong now."""
        before, now_s = self.changes, self.now_s
        self._silenced += self._silences.look(now_s)
        self._engine.look(self._gatherer.gather(now_s))
        if self.changes != before:
            self._tell()

    def wave_ended(self, record: WaveRecord) -> None:
        """Take in how a wave ended."""
        self._gatherer.wave_ended(record, self.now_s)

    @property
    def now_s(self) -> float:
        """The time (s since 1970), on a clock that never jumps."""
        return time.monotonic() + self._ahead_s

    @property
    def changes(self) -> int:
        """A number that grows whenever something changes that people are shown."""
        return self._engine.changes + self._silenced

    def active(self) -> list[Alert]:
        """Return those that are pending or fire, the worst and the newest first."""
        return [self._form(record) for record in sorted(self._engine.active, key=_how_bad)]

    def past(self, most: int) -> list[Alert]:
        """Return those that were resolved, the last one first, at most so many."""
        return [self._form(record) for record in list(self._engine.history)[: -most - 1 : -1]]

    def find(self, id: str) -> Alert | None:
        """Return an alert; None where there is none of that id."""
        record = self._record(id)
        return None if record is None else self._form(record)

    def silence(self, id: str, seconds: float | None) -> Alert | None:
        """Silence an alert for so long (s), or let it be heard again (None).

        Returns:
            The alert; None where none of that id is pending or fires.
        """
        record = self._record(id)
        if record is None or record.state == "resolved":
            return None
        if seconds is None:
            self._silences.end(record)
        else:
            self._silences.silence(record, self.now_s + seconds)
        self._silenced += 1
        self._tell()
        return self._form(record)

    def _tell(self) -> None:
        self._touch()
        active = self.active()
        states: dict[str, str] = {alert.id: alert.state for alert in active}
        over = [alert for each in self._told.keys() - states.keys() if (alert := self.find(each)) is not None]
        for alert in (*active, *over):
            if self._told.get(alert.id) != alert.state:
                log.info(
                    "alert",
                    extra=bounded_fields(
                        alert=alert.id,
                        rule=alert.rule,
                        severity=alert.severity,
                        state=alert.state,
                        nodes=alert.nodes[:IDS_LOGGED] or None,
                        text=alert.text,
                    ),
                )
        self._told = states
        if self.webhook is not None:
            self.webhook.look(self.active(), self.find)

    def _record(self, id: str) -> AlertRecord | None:
        return next((each for each in (*self._engine.active, *self._engine.history) if each.id == id), None)

    def _form(self, record: AlertRecord) -> Alert:
        silenced_until = None if record.resolved_s is not None else self._silences.until_s(record)
        return alert_of(record, silenced_until)


def _how_bad(record: AlertRecord) -> tuple[bool, int, float]:
    """Return by what alerts are sorted: those that fire first, then the worst, then the newest."""
    return record.fired_s is None, SEVERITIES.index(record.rule.severity), -record.since_s


def webhook_of(start: BalancerStart, lab: Lab, allowed_targets: AllowedTargets, feed: Feed) -> Webhook:
    """Return who is told of a lab's alerts besides people."""
    config = start.config
    page = Address(config.host, config.page_port if config.page else config.balancer_port).http()
    return Webhook(
        config.alerts, allowed_targets, lambda: lab.title, page, lambda text: feed.notify("lab", text)
    )
