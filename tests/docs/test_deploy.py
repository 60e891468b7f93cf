"""What lies in deploy/ asks for metrics that the servers export, by labels that those have."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.support.prometheus import ROOT, program
from topowave.balancer.metric_forms import METRICS as BALANCER
from topowave.nodes.metrics import METRICS as NODE
from topowave.web.metrics_answer import PROCESS

DEPLOY = ROOT / "deploy"
PROMETHEUS = DEPLOY / "prometheus"
TARGET = {"job", "instance", "component", "node", "role", "agent"}
"""Labels that a series has from its target, by `GET /sd` and by Prometheus itself."""
OF_PROMETHEUS: dict[str, set[str]] = {
    "up": TARGET,
    "ALERTS": TARGET | {"alertname", "alertstate", "severity"},
}
EXPORTED: dict[str, set[str]] = OF_PROMETHEUS | {
    name: {*form.all_labels} | TARGET for form in (*BALANCER, *NODE, *PROCESS) for name in form.series
}
SERIES = re.compile(r"\b((?:topowave|process)_\w+|up|ALERTS)\b(?:\{([^}]*)\})?")
LABEL = re.compile(r'(\w+)\s*(?:=~|!~|!=|=)\s*"')
GROUPED = re.compile(r"\b(?:by|on)\s*\(([^)]*)\)")


def rules() -> list[dict[str, Any]]:
    text = (PROMETHEUS / "topowave.rules.yml").read_text("utf-8")
    return [rule for group in yaml.safe_load(text)["groups"] for rule in group["rules"]]


def dashboard() -> dict[str, Any]:
    text = (DEPLOY / "grafana" / "dashboards" / "topowave.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def shown() -> Iterator[tuple[str, str]]:
    """Yield each expression of the dashboard, and how its series are called."""
    for panel in dashboard()["panels"]:
        for target in panel.get("targets", []):
            yield target["expr"], target["legendFormat"]


EXPRESSIONS = [*(rule["expr"] for rule in rules()), *(expression for expression, _ in shown())]


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_what_is_asked_for_is_exported_with_these_labels(expression: str) -> None:
    recorded = {rule["record"] for rule in rules() if "record" in rule}
    rest = expression
    for name in recorded:
        rest = rest.replace(name, "")
    found = SERIES.findall(rest)
    assert found or rest != expression
    known = set[str]()
    for name, selector in found:
        assert name in EXPORTED, f"{name} is not exported"
        assert set(LABEL.findall(selector)) <= EXPORTED[name], f"{name} has no such label"
        known |= EXPORTED[name]
    grouped = {label.strip() for labels in GROUPED.findall(expression) for label in labels.split(",")}
    assert grouped <= known


def test_the_names_of_what_is_shown_are_labels_that_it_has() -> None:
    for expression, legend in shown():
        known = set[str]().union(*(EXPORTED[name] for name, _ in SERIES.findall(expression)))
        assert set(re.findall(r"\{\{(\w+)\}\}", legend)) <= known


def test_a_state_or_status_that_is_asked_for_is_one_that_there_is() -> None:
    from topowave.balancer.metrics import NODE_STATES, OUTCOMES  # noqa: PLC0415 - a table of its own
    from topowave.tasks.states import STATES  # noqa: PLC0415

    known: dict[tuple[str, str], set[str]] = {
        ("topowave_nodes", "state"): set(NODE_STATES),
        ("topowave_tasks", "status"): set(STATES),
        ("topowave_waves_total", "outcome"): set(OUTCOMES),
        ("topowave_alerts", "severity"): {"critical", "warning", "info"},
        ("topowave_alerts", "state"): {"pending", "firing"},
    }
    for expression in EXPRESSIONS:
        for name, selector in SERIES.findall(expression):
            for label, values in re.findall(r'(\w+)=~?"([^"]*)"', selector):
                if (name, label) in known:
                    assert set(values.split("|")) <= known[name, label]


def test_every_alert_says_how_grave_it_is_and_what_it_is_about() -> None:
    alerts = [rule for rule in rules() if "alert" in rule]
    assert {rule["labels"]["severity"] for rule in alerts} == {"warning", "critical"}
    assert all(rule["alert"].startswith("Topowave") and rule["annotations"]["summary"] for rule in alerts)
    assert len({rule["alert"] for rule in alerts}) == len(alerts)


def test_the_dashboards_panels_have_places_of_their_own() -> None:
    panels = dashboard()["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    cells = [
        (x, y)
        for panel in panels
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    assert len(set(cells)) == len(cells)
    assert max(x for x, _ in cells) < 24


def test_grafana_is_told_where_prometheus_and_the_dashboard_are() -> None:
    provisioning = DEPLOY / "grafana" / "provisioning"
    source = yaml.safe_load((provisioning / "datasources" / "topowave.yaml").read_text("utf-8"))
    (found,) = source["datasources"]
    assert (found["type"], found["url"]) == ("prometheus", "http://localhost:9090")
    assert found["jsonData"]["exemplarTraceIdDestinations"][0]["name"] == "wave"
    boards = yaml.safe_load((provisioning / "dashboards" / "topowave.yaml").read_text("utf-8"))
    assert boards["providers"][0]["options"]["path"] == "/var/lib/grafana/dashboards"


@pytest.mark.parametrize(
    "command",
    [
        ("check", "config", "prometheus.yml"),
        ("check", "rules", "topowave.rules.yml"),
        ("test", "rules", "topowave.rules.test.yml"),
    ],
    ids=" ".join,
)
def test_promtool_finds_nothing_wrong(command: tuple[str, ...]) -> None:
    done = subprocess.run(
        (program("promtool"), *command), cwd=PROMETHEUS, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
