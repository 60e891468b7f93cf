"""An alert as pages and programs get it."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import JsonValue

from topowave.balancer.alerts.engine import AlertRecord, State
from topowave.balancer.alerts.rules import Severity, Unit
from topowave.balancer.json_form import JsonForm
from topowave.topology.alert_settings import AlertRule
from topowave.translation import Text


class Alert(JsonForm):
    """An alert; times are in seconds since 1970, null where it has not come to that.

    It is `pending` while its reason is there and not yet for long enough, `firing` from then on (`fired`),
    and `resolved` once the reason has been gone for a while. `nodes` are those concerned, and `more_nodes`
    how many there are besides. `value` is the worst of them and `bound` what it is held against, in `unit`;
    null where they are no numbers. `text` is the sentence in English, `code` its template and `parameters`
    what is put in, by which it is said in other languages. People and webhooks are not told of one that is
    silenced, until then (`silenced_until`).
    """

    id: str
    rule: AlertRule
    severity: Severity
    state: State
    since: float
    fired: float | None
    resolved: float | None
    silenced_until: float | None
    nodes: list[str]
    more_nodes: int
    value: float | None
    bound: float | None
    unit: Unit
    text: str
    code: str
    parameters: dict[str, JsonValue]


def alert_of(record: AlertRecord, silenced_until: float | None) -> Alert:
    """Return an alert in its JSON form."""
    shown = record.shown
    return Alert(
        id=record.id,
        rule=record.rule.name,
        severity=record.rule.severity,
        state=record.state,
        since=round(record.since_s, 3),
        fired=_rounded(record.fired_s),
        resolved=_rounded(record.resolved_s),
        silenced_until=_rounded(silenced_until),
        nodes=list(shown.nodes),
        more_nodes=shown.more_nodes,
        value=None if shown.value is None else float(f"{shown.value:.6g}"),
        bound=shown.bound,
        unit=record.rule.unit,
        text=str(shown.text),
        code=shown.text.code,
        parameters=parameters_of(shown.text.parameters),
    )


def parameters_of(parameters: Mapping[str, object]) -> dict[str, JsonValue]:
    """Return a sentence's parameters in their JSON form."""
    return {name: _parameter(value) for name, value in parameters.items()}


def _parameter(value: object) -> JsonValue:
    if isinstance(value, Text):
        return {"code": value.code, "parameters": parameters_of(value.parameters)}
    return value if isinstance(value, int | float) else str(value)


def _rounded(time_s: float | None) -> float | None:
    return None if time_s is None else round(time_s, 3)
