"""What a webhook gets: the form that receivers of Alertmanager's webhook know, and its signature. Pure.

The body has the fields of that form's version 4, so that existing receivers take it; each has one alert.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

from topowave.balancer.alerts.forms import Alert

NEVER = "0001-01-01T00:00:00Z"
"""As the end of an alert that fires still."""


def webhook_body(alert: Alert, lab: str, page: str) -> bytes:
    """Return what is told of an alert that fires or is resolved.

    Args:
        alert: what is told of.
        lab: what people call the lab.
        page: its address for people.
    """
    is_over = alert.resolved is not None
    status = "resolved" if is_over else "firing"
    labels = {"alertname": alert.rule, "severity": alert.severity, "lab": lab}
    if len(alert.nodes) == 1:
        labels["node"] = alert.nodes[0]
    annotations = {"summary": alert.text, "nodes": ", ".join(alert.nodes)}
    if alert.value is not None:
        annotations["value"] = f"{alert.value:g} {alert.unit}".rstrip()
    told: dict[str, Any] = {
        "status": status,
        "labels": labels,
        "annotations": annotations,
        "startsAt": _rfc3339(alert.since),
        "endsAt": NEVER if alert.resolved is None else _rfc3339(alert.resolved),
        "generatorURL": page,
        "fingerprint": _fingerprint(alert, page),
    }
    body: dict[str, Any] = {
        "version": "4",
        "groupKey": f'{{}}:{{alertname="{alert.rule}", id="{alert.id}"}}',
        "truncatedAlerts": 0,
        "status": status,
        "receiver": "topowave",
        "groupLabels": {"alertname": alert.rule},
        "commonLabels": labels,
        "commonAnnotations": annotations,
        "externalURL": page,
        "alerts": [told],
    }
    return json.dumps(body, ensure_ascii=False).encode()


def signature_headers(body: bytes, secret: str, time_s: int) -> dict[str, str]:
    """Return the headers by which a receiver knows that a body is the lab's, and of when it is.

    The signature is the HMAC-SHA256 of the time in decimal, a dot, and the body. Without a secret there is
    only the time.

    Args:
        body: what is sent.
        secret: which the receiver knows too; "" for none.
        time_s: when it is sent (seconds since 1970).
    """
    headers = {"x-topowave-timestamp": str(time_s)}
    if secret:
        signed = hmac.new(secret.encode(), f"{time_s}.".encode() + body, hashlib.sha256)
        headers["x-topowave-signature"] = f"sha256={signed.hexdigest()}"
    return headers


def _fingerprint(alert: Alert, page: str) -> str:
    """Return what receivers know an alert by; ids begin anew with each lab."""
    return hashlib.sha256(f"{page} {alert.id} {alert.since}".encode()).hexdigest()[:16]


def _rfc3339(time_s: float) -> str:
    return datetime.fromtimestamp(time_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
