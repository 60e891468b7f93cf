"""The part of config.json that says of what people are alerted, after how long, and who else is told."""

from __future__ import annotations

import re
from typing import Annotated, Literal, TypeAlias, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from topowave.topology.limits import MAX_ALERT_TIME, MAX_URL
from topowave.topology.setting_units import Percent, Seconds

AlertRule: TypeAlias = Literal[
    "node-failed",
    "agent-silent",
    "node-down",
    "wave-wrong",
    "wave-incomplete",
    "journal",
    "deadline-missed",
    "deadline-soon",
    "overload",
    "queue-growing",
    "imbalance",
    "bottleneck",
]
"""What alerts are about; in the order in which they are looked at."""
ALERT_RULES: tuple[AlertRule, ...] = get_args(AlertRule)
_WEBHOOK = re.compile(r"https?://[!-~]+")


def _checked_webhook(url: str) -> str:
    if url and not _WEBHOOK.fullmatch(url):
        raise ValueError("not a plain http:// or https:// URL")
    return url


def _seconds(default: float, said: str, least: float = 0) -> float:
    found: float = Field(default=default, ge=least, le=MAX_ALERT_TIME, description=said)
    return found


class AlertSettings(BaseModel):
    """What the rules of alerts are set to. Immutable; `AlertSettings()` holds the defaults."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    off: list[AlertRule] = Field(
        default=["deadline-soon"], max_length=len(ALERT_RULES), description="rules that alert nobody"
    )
    node_down_for: Seconds = _seconds(5, "a node that is down longer is told")
    overload_for: Seconds = _seconds(30, "a node that is overloaded longer is told")
    imbalance_for: Seconds = _seconds(30, "an imbalance that lasts longer is told")
    imbalance_above: float = Field(
        default=1.0,
        gt=0,
        le=1_000_000,
        description="the imbalance that is too much: how far the highest load/cpu is above the average, in "
        "averages; looked at while some node is overloaded",
    )
    queue_growing_for: Seconds = _seconds(
        60, "a queue that has grown in each quarter of this time, and would fill every core, is told", 4
    )
    wave_told_for: Seconds = _seconds(
        60, "a wave that was incomplete or wrong is told for so long, or until one of its kind is complete", 1
    )
    deadline_soon_for: Seconds = _seconds(
        10, "tasks whose deadlines are less than 60 s away are told when there were some for so long"
    )
    deadline_told_for: Seconds = _seconds(60, "missed deadlines are told for so long after the last one", 1)
    journal_for: Seconds = _seconds(2, "a journal that cannot be read or written for longer is told")
    calm: Percent = Field(
        default=90,
        ge=1,
        le=100,
        description="what was above a bound is over once it is below so much of it",
    )
    quiet_for: Seconds = _seconds(10, "an alert is resolved once its reason has been gone for so long")
    webhook: Annotated[str, AfterValidator(_checked_webhook)] = Field(
        default="",
        max_length=MAX_URL,
        json_schema_extra={
            "takes": "a URL like http://127.0.0.1:9095/hook or https://alerts.example.org/hook"
        },
        description="who is told by HTTP of alerts that fire and are resolved; within the lab's reach "
        "(`answer_to`)",
    )
    webhook_secret: str = Field(
        default="",
        max_length=1000,
        repr=False,
        json_schema_extra={"takes": "a text of at most 1000 characters", "secret": True},
        description="with which what the webhook gets is signed (HMAC-SHA256)",
    )
