"""A real Prometheus reads a real lab by the files in deploy/."""

from __future__ import annotations

import subprocess
from pathlib import Path

import httpx
import pytest

from tests.support.live_lab import ASKING, PATIENT, ROOT, LiveLab, live_lab
from tests.support.metrics import ACCEPT
from tests.support.ports import free_ports
from tests.support.prometheus import program, running_prometheus
from tests.support.waiting import until

DEPLOY = ROOT / "deploy" / "prometheus"
RULES = DEPLOY / "topowave.rules.yml"


def config_for(lab: LiveLab, folder: Path, token: str | None = None) -> Path:
    """Write deploy's own config beside its rules, for this lab's port, and quicker."""
    text = (DEPLOY / "prometheus.yml").read_text("utf-8")
    text = text.replace("localhost:7999", f"127.0.0.1:{lab.balancer_port}")
    text = text.replace("_interval: 5s", "_interval: 1s").replace(
        "refresh_interval: 15s", "refresh_interval: 1s"
    )
    if token is not None:
        assert text.count("# authorization: ") == 2
        text = text.replace("# authorization: ", "authorization: ")
        (folder / "topowave.token").write_text(token)
    (folder / RULES.name).write_bytes(RULES.read_bytes())
    config = folder / "prometheus.yml"
    config.write_text(text)
    return config


@pytest.mark.slow
def test_prometheus_finds_every_server_reads_its_metrics_and_sees_which_wave_it_was(tmp_path: Path) -> None:
    program("prometheus")
    with live_lab(tmp_path, ROOT / "topology.json", rebalance_interval=0, **PATIENT) as lab:
        nodes = len(lab.topology.nodes)
        folder = tmp_path / "prometheus"
        folder.mkdir()
        with running_prometheus(folder, free_ports(1)[0], config_for(lab, folder)) as prometheus:
            prometheus.until_value('count(up{job="topowave", component="node"} == 1)', nodes)
            prometheus.until_value('count(up{job="topowave", component="balancer"} == 1)', 1)
            labels = {target["labels"].get("node") for target in prometheus.get("targets")["activeTargets"]}
            assert labels == {None, *(node.name for node in lab.topology.nodes)}
            wave = lab.post("/waves", {"algorithm": "echo"})["wave"]
            assert lab.wave(wave)["state"] == "complete"
            prometheus.until_value('topowave_waves_total{algorithm="echo", outcome="complete"}', 1)
            name = "topowave_wave_duration_seconds_bucket"
            seen = until(
                lambda: prometheus.get("query_exemplars", query=name, start=0, end=2**33),
                lambda found: found != [],
            )
            assert [each["labels"] for series in seen for each in series["exemplars"]] == [{"wave": wave}]
            alerts = [
                rule
                for group in prometheus.get("rules")["groups"]
                for rule in group["rules"]
                if rule["type"] == "alerting"
            ]
            assert len(alerts) > 10
            assert {rule["health"] for rule in alerts} <= {"ok", "unknown"}
            lab.post(f"/nodes/{lab.topology.nodes[-1].name}/stop")
            prometheus.until_value('topowave_nodes{state="stopped"}', 1)
            until(
                lambda: prometheus.query('ALERTS{alertname="TopowaveNodesDown", alertstate="pending"}'),
                lambda found: [each["metric"]["state"] for each in found] == ["stopped"],
            )


@pytest.mark.slow
def test_a_lab_with_a_token_is_read_by_who_has_it_in_a_file(tmp_path: Path) -> None:
    program("prometheus")
    with live_lab(tmp_path, ROOT / "topology.json", rebalance_interval=0, host="0.0.0.0") as lab:
        assert lab.token is not None
        assert httpx.get(f"{lab.balancer}/sd", **ASKING).status_code == 401
        folder = tmp_path / "prometheus"
        folder.mkdir()
        config = config_for(lab, folder, lab.token)
        with running_prometheus(folder, free_ports(1)[0], config) as prometheus:
            prometheus.until_value('count(up{job="topowave"} == 1)', len(lab.topology.nodes) + 1)


@pytest.mark.slow
def test_promtool_finds_nothing_wrong_with_what_the_servers_say(tmp_path: Path) -> None:
    promtool = program("promtool")
    with live_lab(tmp_path, ROOT / "topology.json", rebalance_interval=0, **PATIENT) as lab:
        lab.wave(lab.post("/waves", {"algorithm": "echo"})["wave"])
        first = f"http://127.0.0.1:{lab.topology.nodes[0].port}"
        for server in (lab.balancer, first):
            text = httpx.get(f"{server}/metrics", **ASKING).text
            done = subprocess.run(
                (promtool, "check", "metrics"), input=text, capture_output=True, text=True, check=False
            )
            assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
            asked = httpx.get(f"{server}/metrics", headers={"accept": ACCEPT}, **ASKING)
            assert asked.text.endswith("# EOF\n")
