"""Which alerts there are: what the rules find, over time. Pure: the clock comes in with the facts.

Theory of operation. A rule finds subjects (`rules.py`). Each subject that was found beyond its bound is a
member of one alert: of one that has a member of the same group, or else of a new one. A member is

    is       | found                                     | not found
    ---------+-------------------------------------------+------------------------------------------
    waiting  | told, once it has been for `lasts_s`      | gone
    told     | told; it is not quiet any more            | gone, once it has been so for `quiet_for`

where "found" of a subject that is no member yet means beyond the bound, and of a member only that it is not
calm again. So what wavers around a bound, or comes and goes within `quiet_for`, is told once.

An alert follows from its members:

    none is told yet            pending
    some are told               firing; those that wait are not shown
    those that were told went   resolved, for ever; members that wait go on in a new alert
    all went, and none was told it is forgotten, nobody has heard of it

What must hold: an alert is pending, then firing, then resolved, and leaves no state out that it was not made
in (one whose rule waits for nothing fires as it is made); a subject is a member of one alert at the most;
after `look` no alert is without members; there are at most ALERTS_AT_ONCE of them, and one more a rule.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from topowave.balancer.alerts.facts import Facts
from topowave.balancer.alerts.rules import RULES, Finding, Rule
from topowave.balancer.limits import ALERT_NODES, ALERTS_AT_ONCE, ALERTS_KEPT
from topowave.translation import Text

State: TypeAlias = Literal["pending", "firing", "resolved"]


@dataclass(slots=True)
class _Member:
    """A subject that an alert is about; times on the clock of the facts (s)."""

    since_s: float
    finding: Finding
    is_told: bool = False
    quiet_since_s: float | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """What people are shown of an alert; it never changes.

    Attributes:
        nodes: those concerned, the first ALERT_NODES.
        more_nodes: how many there are besides.
        value: the worst, in the rule's unit; None where it is no number.
        bound: beyond which it is too much; None where that is no number.
        text: the sentence.
    """

    nodes: tuple[str, ...]
    more_nodes: int
    value: float | None
    bound: float | None
    text: Text


@dataclass(slots=True, eq=False)
class AlertRecord:
    """An alert; times on the clock of the facts (s).

    Attributes:
        id: unique in this balancer's life.
        rule: what it is of.
        group: what its first member was found with.
        since_s: when its reason began.
        fired_s, resolved_s: when it fired and was resolved; None where it has not.
        shown: what people are shown of it.
    """

    id: str
    rule: Rule
    group: str
    since_s: float
    shown: Shown
    fired_s: float | None = None
    resolved_s: float | None = None
    members: dict[str, _Member] = field(default_factory=dict[str, _Member])

    @property
    def state(self) -> State:
        """How far it is."""
        if self.resolved_s is not None:
            return "resolved"
        return "pending" if self.fired_s is None else "firing"


class AlertEngine:
    """All alerts of one lab.

    Args:
        new_id: returns the id of a new alert.
        rules: what is looked at.
    """

    def __init__(self, new_id: Callable[[], str], rules: Sequence[Rule] = RULES) -> None:
        self._new_id = new_id
        self._rules = rules
        self.active: list[AlertRecord] = []
        """Those that are pending or fire, in the order in which they came."""
        self.history: deque[AlertRecord] = deque(maxlen=ALERTS_KEPT)
        """Those that were resolved, the last one last."""
        self.changes = 0
        """Goes up whenever something changes that people are shown."""

    def look(self, facts: Facts) -> None:
        """Take in the facts of a moment, not before those of the last one."""
        for rule in self._rules:
            is_off = rule.name in facts.settings.off
            self._look(rule, facts, {} if is_off else _by_subject(rule.find(facts)), at_once=is_off)
        before = len(self.active)
        self.active = [alert for alert in self.active if alert.members and alert.resolved_s is None]
        self.changes += before != len(self.active)

    def _look(self, rule: Rule, facts: Facts, found: dict[str, Finding], *, at_once: bool) -> None:
        quiet_s = 0.0 if at_once else facts.settings.quiet_for
        alerts = [alert for alert in self.active if alert.rule is rule]
        for alert in alerts:
            for subject, member in list(alert.members.items()):
                if _has_gone(member, found.pop(subject, None), facts.now_s, quiet_s):
                    del alert.members[subject]
        groups = {member.finding.group: alert for alert in alerts for member in alert.members.values()}
        for finding in found.values():
            if finding.beyond:
                alert = groups.get(finding.group) or self._alert_for(rule, finding, facts, alerts)
                groups[finding.group] = alert
                alert.members[finding.subject] = _Member(facts.now_s, finding)
        for alert in alerts:
            self._advance(alert, facts)

    def _alert_for(
        self, rule: Rule, finding: Finding, facts: Facts, alerts: list[AlertRecord]
    ) -> AlertRecord:
        """Return the alert of a group that has none; `alerts` are all of the rule."""
        if alerts and len(self.active) >= ALERTS_AT_ONCE:
            return alerts[-1]
        alert = self._new(rule, finding, facts)
        alerts.append(alert)
        return alert

    def _new(self, rule: Rule, finding: Finding, facts: Facts) -> AlertRecord:
        alert = AlertRecord(self._new_id(), rule, finding.group, facts.now_s, _shown(rule, [finding], facts))
        self.active.append(alert)
        self.changes += 1
        return alert

    def _advance(self, alert: AlertRecord, facts: Facts) -> None:
        """Let an alert be what follows from its members."""
        lasts_s = alert.rule.lasts_s(facts.settings)
        for member in alert.members.values():
            if member.quiet_since_s is None and facts.now_s - member.since_s >= lasts_s:
                member.is_told = True
        told = [member for member in alert.members.values() if member.is_told]
        if told and alert.fired_s is None:
            alert.fired_s = facts.now_s
            self.changes += 1
        if alert.fired_s is not None and not told:
            self._resolve(alert, facts)
            return
        shown = told or list(alert.members.values())
        if shown:
            self._show(alert, [member.finding for member in shown], facts)

    def _resolve(self, alert: AlertRecord, facts: Facts) -> None:
        alert.resolved_s = facts.now_s
        self.history.append(alert)
        self.changes += 1
        waiting, alert.members = alert.members, {}
        if waiting:
            first = next(iter(waiting.values()))
            after = self._new(alert.rule, first.finding, facts)
            after.since_s = min(member.since_s for member in waiting.values())
            after.members = waiting
            self._show(after, [member.finding for member in waiting.values()], facts)

    def _show(self, alert: AlertRecord, findings: list[Finding], facts: Facts) -> None:
        shown = _shown(alert.rule, findings, facts)
        if shown != alert.shown:
            alert.shown = shown
            self.changes += 1


def _by_subject(findings: Iterable[Finding]) -> dict[str, Finding]:
    return {finding.subject: finding for finding in findings}


def _has_gone(member: _Member, finding: Finding | None, now_s: float, quiet_s: float) -> bool:
    """Take in what was found of a member now; return whether it is none any more."""
    if finding is not None:
        member.finding, member.quiet_since_s = finding, None
        return False
    if not member.is_told:
        return True
    if member.quiet_since_s is None:
        member.quiet_since_s = now_s
    return now_s - member.quiet_since_s >= quiet_s


def _shown(rule: Rule, findings: list[Finding], facts: Facts) -> Shown:
    findings = sorted(findings, key=lambda finding: -(finding.value or 0.0))
    nodes = tuple(dict.fromkeys(node for finding in findings for node in finding.nodes))
    return Shown(
        nodes[:ALERT_NODES],
        max(0, len(nodes) - ALERT_NODES),
        findings[0].value,
        rule.bound(facts),
        rule.say(findings, facts),
    )
