"""The rules of alerts, a table: what each finds in the lab's facts, and how it is said. Pure.

A rule finds subjects: a node, an agent, a kind of wave, or the lab as a whole. What is beyond its bound is
`beyond`; what is below again, and above `calm` percent of it, is only `found`, so that what has begun goes
on, and nothing begins. Findings of one group are one alert: all nodes of a process, or of a dead part of the
tree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from topowave.balancer.alerts.facts import DownNode, Facts
from topowave.balancer.limits import ALERT_NODES_NAMED
from topowave.tasks.limits import SOON
from topowave.topology.alert_settings import AlertRule, AlertSettings
from topowave.translation import Text, counted, text

Severity: TypeAlias = Literal["info", "warning", "critical"]
Unit: TypeAlias = Literal["", "percent", "tasks"]
SEVERITIES: tuple[Severity, ...] = ("critical", "warning", "info")
"""The worst first."""
LAB = ""
"""The subject of a finding about the lab as a whole."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a rule has found.

    Attributes:
        subject: what it is about, once in a rule.
        group: findings of a rule with the same one are one alert.
        nodes: which nodes have it.
        value: how bad it is, in the rule's unit; None where that is no number.
        beyond: whether it is beyond the bound, or only not calm yet.
        detail: what a sentence says of it besides.
    """

    subject: str
    group: str
    nodes: tuple[str, ...] = ()
    value: float | None = None
    beyond: bool = True
    detail: Text | str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule.

    Attributes:
        name: as the settings and an alert have it.
        severity: how bad its alerts are.
        unit: of its values and its bound; "" where they are plain numbers, or there are none.
        find: returns what it finds.
        say: returns the sentence about findings of one group, the worst first, and their bound.
        lasts_s: how long something must be there before it is told (s).
        bound: beyond which something is found; None where that is no number.
    """

    name: AlertRule
    severity: Severity
    unit: Unit
    find: Callable[[Facts], Iterable[Finding]]
    say: Callable[[Sequence[Finding], Facts], Text]
    lasts_s: Callable[[AlertSettings], float] = lambda _: 0.0
    bound: Callable[[Facts], float | None] = lambda _: None


def named(findings: Sequence[Finding]) -> tuple[str, int]:
    """Return the nodes of findings in words, the first few by name, and how many there are."""
    nodes = list(dict.fromkeys(node for finding in findings for node in finding.nodes))
    more = ", ..." if len(nodes) > ALERT_NODES_NAMED else ""
    return ", ".join(nodes[:ALERT_NODES_NAMED]) + more, len(nodes)


# Nodes and agents.


def _find_down(facts: Facts, *, failed: bool) -> Iterable[Finding]:
    lost = {node for nodes in facts.silent_agents.values() for node in nodes}
    for name, node in facts.down.items():
        if (node.state == "failed") is failed and name not in lost:
            yield Finding(name, node.cause, (name,), detail=_why_down(node))


def _why_down(node: DownNode) -> Text | str:
    if node.reason and node.state in {"dead", "failed"}:
        return node.reason
    return _WHY_DOWN[node.state]


_WHY_DOWN: Mapping[str, Text] = {
    "dead": text("its process has died"),
    "failed": text("its process died again and again"),
    "stopped": text("its process is stopped"),
    "inactive": text("it has not been heard for three heartbeats"),
}


def _say_down(findings: Sequence[Finding], _: Facts) -> Text:
    nodes, count = named(findings)
    why = findings[0].detail
    return counted(
        "{nodes} is down: {why}", "{count} nodes are down: {nodes}: {why}", count, nodes=nodes, why=why
    )


def _say_failed(findings: Sequence[Finding], _: Facts) -> Text:
    nodes, count = named(findings)
    why = findings[0].detail
    return counted(
        "{nodes} has failed and was given up: {why}",
        "{count} nodes have failed and were given up: {nodes}: {why}",
        count,
        nodes=nodes,
        why=why,
    )


def _find_silent_agents(facts: Facts) -> Iterable[Finding]:
    for name, nodes in facts.silent_agents.items():
        yield Finding(name, name, tuple(nodes))


def _say_silent_agent(findings: Sequence[Finding], _: Facts) -> Text:
    nodes, count = named(findings)
    agents = ", ".join(finding.subject for finding in findings)
    if not count:
        return text("the agent {agent} is silent; no node was to run there", agent=agents)
    return counted(
        "the agent {agent} is silent; {count} node was to run there: {nodes}",
        "the agent {agent} is silent; {count} nodes were to run there: {nodes}",
        count,
        agent=agents,
        nodes=nodes,
    )


def _find_overloaded(facts: Facts) -> Iterable[Finding]:
    for name, load in facts.loads.items():
        yield Finding(name, LAB, (name,), load, beyond=load >= facts.max_cpu)


def _say_overloaded(findings: Sequence[Finding], _: Facts) -> Text:
    nodes, count = named(findings)
    return counted(
        "{nodes} is overloaded: its load is {load} % of its cores",
        "{count} nodes are overloaded, with a load of up to {load} % of their cores: {nodes}",
        count,
        nodes=nodes,
        load=_number(findings[0].value),
    )


def _find_bottlenecks(facts: Facts) -> Iterable[Finding]:
    for name in facts.bottlenecks:
        yield Finding(name, LAB, (name,))


def _say_bottleneck(findings: Sequence[Finding], _: Facts) -> Text:
    nodes, count = named(findings)
    return counted(
        "{nodes} is predicted to be overloaded in the next round",
        "{count} nodes are predicted to be overloaded in the next round: {nodes}",
        count,
        nodes=nodes,
    )


# Waves.


def _find_waves(facts: Facts, state: str) -> Iterable[Finding]:
    told = {name for nodes in facts.silent_agents.values() for name in nodes} | facts.down.keys()
    for wave in facts.bad_waves:
        # Nodes that are down have an alert of their own, which names the cause of such a wave.
        if wave.state == state and not wave.is_explained(told):
            yield Finding(
                wave.kind,
                wave.kind,
                wave.missing,
                detail=text("{title} {wave}", title=wave.title, wave=wave.id),
            )


def _say_incomplete(findings: Sequence[Finding], _: Facts) -> Text:
    nodes, count = named(findings)
    wave = findings[0].detail
    if not count:
        return text("{wave} is incomplete; no node can be named", wave=wave)
    return counted(
        "{wave} is incomplete: {nodes} is missing",
        "{wave} is incomplete: {count} nodes are missing: {nodes}",
        count,
        wave=wave,
        nodes=nodes,
    )


def _say_wrong(findings: Sequence[Finding], _: Facts) -> Text:
    return text("{wave} is wrong: it is not what its algorithm promises", wave=findings[0].detail)


# The lab as a whole.


def _find_journal(facts: Facts) -> Iterable[Finding]:
    if facts.unreadable is not None:
        yield Finding(LAB, LAB, detail=text("tasks cannot be counted: {reason}", reason=facts.unreadable))
    elif facts.unwritable is not None:
        yield Finding(
            LAB, LAB, detail=text("no change of a task can be kept: {reason}", reason=facts.unwritable)
        )


def _say_journal(findings: Sequence[Finding], _: Facts) -> Text:
    said = findings[0].detail
    assert isinstance(said, Text)  # as it was found
    return said


def _find_missed(facts: Facts) -> Iterable[Finding]:
    if facts.missed:
        yield Finding(LAB, LAB, value=facts.missed)


def _say_missed(findings: Sequence[Finding], _: Facts) -> Text:
    return counted(
        "{count} task has missed its deadline", "{count} tasks have missed their deadlines", _count(findings)
    )


def _find_soon(facts: Facts) -> Iterable[Finding]:
    if facts.soon:
        yield Finding(LAB, LAB, value=facts.soon)


def _say_soon(findings: Sequence[Finding], _: Facts) -> Text:
    return counted(
        "{count} task is not over, and its deadline is less than {seconds} s away",
        "{count} tasks are not over, and their deadlines are less than {seconds} s away",
        _count(findings),
        seconds=_number(SOON),
    )


def _find_growing(facts: Facts) -> Iterable[Finding]:
    if facts.queue is not None:
        yield Finding(LAB, LAB, value=facts.queue.waiting, beyond=facts.queue.still)


def _say_growing(findings: Sequence[Finding], facts: Facts) -> Text:
    return counted(
        "{count} task waits; they have become more and more for {seconds} s",
        "{count} tasks wait; they have become more and more for {seconds} s",
        _count(findings),
        seconds=_number(facts.settings.queue_growing_for),
    )


def _find_imbalance(facts: Facts) -> Iterable[Finding]:
    """Find an imbalance that matters: without an overloaded node there is nothing to give away."""
    bound, calm = facts.settings.imbalance_above, facts.settings.calm / 100
    if facts.imbalance >= bound * calm and facts.loads:
        overloaded = any(load >= facts.max_cpu for load in facts.loads.values())
        yield Finding(LAB, LAB, value=facts.imbalance, beyond=overloaded and facts.imbalance >= bound)


def _say_imbalance(findings: Sequence[Finding], facts: Facts) -> Text:
    return text(
        "the load is spread unevenly: the imbalance is {value}, more than {bound} is too much",
        value=_number(findings[0].value),
        bound=_number(facts.settings.imbalance_above),
    )


def _count(findings: Sequence[Finding]) -> int:
    return int(findings[0].value or 0)


def _number(value: float | None) -> float | int:
    """Return a number as people read it, with three figures."""
    short = float(f"{value or 0:.3g}")
    return int(short) if short.is_integer() else short


RULES: tuple[Rule, ...] = (
    Rule("node-failed", "critical", "", lambda facts: _find_down(facts, failed=True), _say_failed),
    Rule("agent-silent", "critical", "", _find_silent_agents, _say_silent_agent),
    Rule(
        "node-down",
        "warning",
        "",
        lambda facts: _find_down(facts, failed=False),
        _say_down,
        lambda settings: settings.node_down_for,
    ),
    Rule("wave-wrong", "critical", "", lambda facts: _find_waves(facts, "wrong"), _say_wrong),
    Rule("wave-incomplete", "warning", "", lambda facts: _find_waves(facts, "incomplete"), _say_incomplete),
    Rule("journal", "critical", "", _find_journal, _say_journal, lambda settings: settings.journal_for),
    Rule("deadline-missed", "warning", "tasks", _find_missed, _say_missed, bound=lambda _: 0.0),
    Rule(
        "deadline-soon",
        "info",
        "tasks",
        _find_soon,
        _say_soon,
        lambda settings: settings.deadline_soon_for,
        lambda _: 0.0,
    ),
    Rule(
        "overload",
        "warning",
        "percent",
        _find_overloaded,
        _say_overloaded,
        lambda settings: settings.overload_for,
        lambda facts: facts.max_cpu,
    ),
    Rule("queue-growing", "warning", "tasks", _find_growing, _say_growing),
    Rule(
        "imbalance",
        "info",
        "",
        _find_imbalance,
        _say_imbalance,
        lambda settings: settings.imbalance_for,
        lambda facts: facts.settings.imbalance_above,
    ),
    Rule("bottleneck", "info", "", _find_bottlenecks, _say_bottleneck),
)
"""In the order in which they are looked at."""
