"""The routes of alerts, on a balancer with nodes."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.support.waiting import PATIENCE_S, eventually
from tests.unit.balancer.lab import Bench, bench, told
from tests.unit.balancer.reported_waves import tree
from topowave.balancer.limits import ALERT_SILENCE
from topowave.topology.alert_settings import AlertSettings

pytestmark = pytest.mark.anyio
QUICK = AlertSettings(node_down_for=0, quiet_for=0, overload_for=0)


def node_is(lab: Bench, name: str, state: str, restarts: int = 0, reason: str | None = None) -> None:
    lab.orchestrator.say(
        kind="node", name=name, others=[], state=state, pid=1, restarts=restarts, reason=reason
    )


async def said(lab: Bench, state: str) -> None:
    """Wait until the balancer has heard of it, and let it look."""
    await eventually(lambda: lab.balancer.lab.status["root0"].said == state)
    lab.balancer.alerts.look()


async def firing(lab: Bench) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await lab.get("/alerts?state=firing"))["alerts"]
    return found


async def test_a_node_that_dies_is_an_alert_until_it_is_back_and_then_history() -> None:
    async with bench(tree(1), run_nodes=False, alerts=QUICK) as lab:
        async with lab.connect("/stream") as browser:
            assert (await told(browser))["alerts"] == []
            node_is(lab, "root0", "dead", reason="killed by SIGKILL")
            await eventually(lambda: lab.balancer.lab.status["root0"].said == "dead")
            lab.balancer.alerts.look()
            (alert,) = await firing(lab)
            assert (alert["rule"], alert["severity"], alert["nodes"]) == ("node-down", "warning", ["root0"])
            assert alert["text"] == "root0 is down: killed by SIGKILL"
            assert alert["code"] == "{count} nodes are down: {nodes}: {why}"
            assert alert["parameters"] == {
                "count": 1,
                "nodes": "root0",
                "why": "killed by SIGKILL",
            }
            assert await lab.get(f"/alerts/{alert['id']}") == alert
            frame = await told(browser)
            while frame["alerts"] is None:
                frame = await told(browser)
            assert frame["alerts"] == [alert]
        node_is(lab, "root0", "up", 1)
        await eventually(lambda: lab.balancer.lab.status["root0"].said == "up")
        lab.balancer.alerts.look()
        listed = await lab.get("/alerts")
        assert listed["alerts"] == []
        assert [(past["id"], past["state"]) for past in listed["history"]] == [(alert["id"], "resolved")]
        assert listed["history"][0]["resolved"] >= listed["history"][0]["fired"] >= alert["since"]
        assert (await lab.get("/alerts?history=0"))["history"] == []
        assert (await lab.get("/alerts?state=firing"))["history"] == []


async def test_an_alert_is_silenced_and_heard_again_and_its_silence_is_about_what_it_is_about() -> None:
    async with bench(tree(1), run_nodes=False, alerts=QUICK) as lab:
        node_is(lab, "root0", "dead")
        await said(lab, "dead")
        (alert,) = await firing(lab)
        silenced = await lab.post(f"/alerts/{alert['id']}/silence", {"seconds": 60})
        assert silenced["silenced_until"] > alert["since"] + 59
        assert (await firing(lab))[0]["silenced_until"] == silenced["silenced_until"]
        answer = await lab.http.delete(f"/alerts/{alert['id']}/silence")
        assert answer.json()["silenced_until"] is None
        await lab.post(f"/alerts/{alert['id']}/silence", {"seconds": 60})
        for state in ("up", "dead"):
            node_is(lab, "root0", state, 1)
            await said(lab, state)
        (again,) = await firing(lab)
        assert again["id"] != alert["id"]
        assert again["silenced_until"] is not None
        answer = await lab.http.post(f"/alerts/{alert['id']}/silence", json={"seconds": 60})
        assert (answer.status_code, answer.json()["title"]) == (409, "Over already")


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/alerts/nobody/silence", {"seconds": 1}, 404),
        ("/alerts/nobody/silence", {"seconds": ALERT_SILENCE + 1}, 422),
        ("/alerts/nobody/silence", {"seconds": 0}, 422),
        ("/alerts/nobody/silence", {"for": 1}, 422),
    ],
)
async def test_a_silence_that_makes_no_sense_is_refused(path: str, body: object, status: int) -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        assert (await lab.http.post(path, json=body)).status_code == status
        assert (await lab.http.get("/alerts/nobody")).status_code == 404
        assert (await lab.http.get("/alerts?state=over")).status_code == 422
        assert (await lab.http.get("/alerts?history=501")).status_code == 422


async def test_an_incomplete_wave_is_an_alert_until_one_of_its_kind_is_complete() -> None:
    async with bench(tree(1), wave_timeout=60.0, alerts=QUICK, probe_after=0.05) as lab:
        await lab.stop("root0")
        wave = (await lab.get("/echo_ws"))["wave"]
        assert (await lab.over(wave))["state"] == "incomplete"
        lab.balancer.alerts.look()
        (alert,) = await firing(lab)
        assert (alert["rule"], alert["nodes"]) == ("wave-incomplete", ["root0"])
        assert alert["text"] == f"Echo {wave} is incomplete: root0 is missing"
        await lab.start("root0")
        async with asyncio.timeout(PATIENCE_S):  # which it is once the link is open again
            while (await lab.over((await lab.get("/echo_ws"))["wave"]))["state"] != "complete":
                lab.balancer.alerts.look()
        lab.balancer.alerts.look()
        assert await firing(lab) == []
