"""The routes of alerts: what is wrong, what was, and silences."""

from __future__ import annotations

from typing import Annotated

from fastapi import FastAPI, Query
from pydantic import Field

from topowave.balancer.alerts.alerts import LabAlerts
from topowave.balancer.alerts.engine import State
from topowave.balancer.alerts.forms import Alert
from topowave.balancer.alerts.webhook import WebhookStatus
from topowave.balancer.balancer import Balancer
from topowave.balancer.json_form import JsonForm, Order
from topowave.balancer.limits import ALERT_SILENCE, ALERTS_KEPT
from topowave.web.problem_details import Problem


class Alerts(JsonForm):
    """The alerts that are pending or fire, the worst first, and the resolved ones, the last one first."""

    time: float
    alerts: list[Alert]
    history: list[Alert]
    webhook: WebhookStatus | None


class SilenceOrder(Order):
    """For how long (s) nobody is to be told of an alert."""

    seconds: Annotated[float, Field(gt=0, le=ALERT_SILENCE, allow_inf_nan=False)]


def add_alert_routes(app: FastAPI, balancer: Balancer) -> None:
    """Add the routes of alerts."""
    alerts = balancer.alerts

    @app.get("/alerts")
    async def list_alerts(
        state: Annotated[State | None, Query(description="only those in this state")] = None,
        history: Annotated[
            int, Query(ge=0, le=ALERTS_KEPT, description="how many resolved ones, the last first")
        ] = 20,
    ) -> Alerts:
        """Return the alerts that are pending or fire, and the last ones that were resolved."""
        active = [] if state == "resolved" else alerts.active()
        return Alerts(
            time=alerts.now_s,
            alerts=[alert for alert in active if state in (None, alert.state)],
            history=alerts.past(history) if state in (None, "resolved") else [],
            webhook=None if alerts.webhook is None else alerts.webhook.status,
        )

    @app.get("/alerts/{id}")
    async def one_alert(id: str) -> Alert:
        """Return one alert."""
        return _found(alerts.find(id), id)

    @app.post("/alerts/{id}/silence")
    async def silence(id: str, order: SilenceOrder) -> Alert:
        """Tell nobody of an alert for a while, nor of another one about the same."""
        return _silenced(alerts, id, order.seconds)

    @app.delete("/alerts/{id}/silence")
    async def end_silence(id: str) -> Alert:
        """Tell of an alert again."""
        return _silenced(alerts, id, None)


def _silenced(alerts: LabAlerts, id: str, seconds: float | None) -> Alert:
    if alerts.find(id) is not None and alerts.silence(id, seconds) is None:
        raise Problem(409, "Over already", f"the alert {id} is resolved: there is nothing to silence")
    return _found(alerts.find(id), id)


def _found(alert: Alert | None, id: str) -> Alert:
    if alert is None:
        raise Problem(404, "No such alert", f"there is no alert {id!r}, or it was resolved long ago")
    return alert
