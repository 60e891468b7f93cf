from pathlib import Path
from typing import Any

import pytest

from tests.support.waiting import eventually
from tests.unit.balancer.lab import Bench, bench
from tests.unit.balancer.reported_waves import tree
from topowave.balancer.balancer import Balancer
from topowave.balancer.state.change_log import Changes
from topowave.balancer.state.journal_monitor import JournalMonitor
from topowave.topology.flat_form import to_rows

pytestmark = pytest.mark.anyio


def texts(balancer: Balancer) -> list[str]:
    return [event.text for event in balancer.feed.between(0, balancer.feed.last)]


def node(lab: Bench, name: str, state: str, restarts: int = 0, reason: str | None = None) -> None:
    lab.orchestrator.say(kind="node", name=name, state=state, pid=1, restarts=restarts, reason=reason)


async def test_a_lab_that_came_up_is_one_event() -> None:
    async with bench(tree(2), run_nodes=False) as lab:
        for name in ("root", "root0", "root1"):
            node(lab, name, "up")
        await eventually(lambda: lab.balancer.lab.states() == {"up": 3})
        assert texts(lab.balancer) == ["3 nodes are up"]


async def test_what_happens_to_a_node_is_told_with_the_reason() -> None:
    async with bench(tree(2), run_nodes=False) as lab:
        node(lab, "root0", "up")
        node(lab, "root0", "dead", reason="killed by SIGKILL")
        node(lab, "root0", "starting", 1)
        node(lab, "root0", "up", 1, "killed by SIGKILL")
        node(lab, "root0", "stopped", 1)
        node(lab, "root0", "failed", 5, "exit code 1")
        node(lab, "root0", "failed", 5, "exit code 1")
        node(lab, "nobody", "dead")
        await eventually(lambda: lab.balancer.lab.status["root0"].state == "failed")
        assert texts(lab.balancer) == [
            "root0 died: killed by SIGKILL",
            "root0 is up again",
            "root0 is stopped",
            "root0 keeps dying and is given up: exit code 1",
        ]


async def test_a_class_that_ends_its_process_is_told_in_its_wave_at_once() -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        node(lab, "root0", "up")
        started = await lab.get("/echo_ws")
        text = "Mine: its process ended with code 0 while it ran Mine.on_start (mine.py, line 3: ...)"
        ran = {"wave": started["wave"], "node": "root0", "algorithm": "echo", "text": text}
        for state in ("dead", "starting", "up"):
            lab.orchestrator.say(kind="node", name="root0", state=state, restarts=1, reason="...", ran=ran)
        wave = await lab.over(started["wave"])
        assert (wave["state"], wave["mistakes"]) == ("wrong", [f"root0: {text}"])
        assert any(
            f"is wrong: 0 messages; missing: root; root0: {text}" in each for each in texts(lab.balancer)
        )


async def test_a_process_that_anybody_may_have_killed_makes_its_wave_incomplete_at_once() -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        node(lab, "root0", "up")
        started = await lab.get("/echo_ws")
        text = "Mine: its process was killed by SIGKILL, by its class or from outside, while it ran on_start"
        ran = {"wave": started["wave"], "node": "root0", "algorithm": "echo", "text": text, "to_blame": False}
        for state in ("dead", "starting", "up"):
            lab.orchestrator.say(kind="node", name="root0", state=state, restarts=1, reason="...", ran=ran)
        wave = await lab.over(started["wave"])
        assert (wave["state"], wave["mistakes"]) == ("incomplete", [text])
        assert any(text in each for each in texts(lab.balancer))


async def test_waves_of_a_network_that_is_gone_are_over_at_once() -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        started = await lab.get("/echo_ws")
        lab.orchestrator.say(kind="topology", topology=[{"name": "only", "port": 1, "cpu": 1}], version=2)
        wave = await lab.over(started["wave"])
        assert (wave["state"], wave["version"]) == ("incomplete", 1)
        assert lab.balancer.lab.version == 2


async def test_the_same_topology_again_changes_nothing() -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        before = lab.balancer.changes.last
        lab.orchestrator.say(kind="topology", topology=to_rows(lab.topology), version=1)
        node(lab, "root", "dead")
        await eventually(lambda: lab.balancer.lab.status["root"].state == "dead")
        assert lab.balancer.changes.since(before) == Changes(nodes=("root",), waves=())
        assert texts(lab.balancer) == ["root died"]


async def test_a_topology_that_is_not_understood_is_told_and_passed_over() -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        lab.orchestrator.say(kind="topology", topology=[{"name": "only"}], version=2)
        await eventually(lambda: lab.balancer.feed.last == 1)
        assert lab.balancer.lab.version == 1


async def test_a_balancer_that_is_started_again_calls_no_network_by_the_name_of_the_first() -> None:
    async with bench(tree(2), run_nodes=False) as lab:
        assert lab.balancer.lab.title == "a test"
    async with bench(tree(2), run_nodes=False, version=2) as lab:
        assert lab.balancer.lab.title == "3 nodes, 2 links, depth 1, diameter 2, a tree"


async def test_an_incomplete_wave_is_told_with_the_first_who_are_missing() -> None:
    async with bench(tree(9), run_nodes=False, wave_timeout=0.01) as lab:
        started = await lab.get("/echo_ws")
        await lab.over(started["wave"])
        assert texts(lab.balancer)[-1] == (
            "Echo root-1 is incomplete: 0 messages; missing: root, root0, root1, root2, root3 and 5 more; "
            "its time, 0.01 s, was over"
        )


async def test_a_balancer_whose_rounds_fail_does_not_live_on_as_if_nothing_were(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def broken(_: Any) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr("topowave.balancer.rebalancer.Rebalancer.run", broken)
    async with bench(tree(1), run_nodes=False) as lab:
        await eventually(lab.balancer.failed.done)
        with pytest.raises(RuntimeError, match="a bug"):
            lab.balancer.failed.result()


async def test_work_in_the_background_that_fails_is_logged_and_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: Any) -> None:
        raise RuntimeError("a bug")

    async with bench(tree(1), run_nodes=False) as lab:
        monkeypatch.setattr(JournalMonitor, "forget_nodes", broken)
        lab.orchestrator.say(kind="topology", topology=[{"name": "only", "port": 1, "cpu": 1}], version=2)
        said = "Handing over the tasks of nodes that have left failed"
        await eventually(lambda: texts(lab.balancer)[-1:] == [f"{said}: RuntimeError: a bug"])
    (record,) = [record for record in caplog.records if record.name == "topowave.balancer"]
    assert (record.levelname, record.getMessage()) == ("ERROR", said)


async def test_a_trace_whose_disk_is_full_is_told(caplog: pytest.LogCaptureFixture) -> None:
    async with bench(tree(1), run_nodes=False, trace=Path("/dev/full")) as lab:
        reason = "No space left on device; waves are left out of it until it can be"
        told = f"The trace cannot be written: {reason}"
        await eventually(lambda: told in texts(lab.balancer))
    assert told in caplog.text
