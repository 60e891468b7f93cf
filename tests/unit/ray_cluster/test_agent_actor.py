"""What the actor does with its agent; that Ray starts it elsewhere is in tests/live."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.support.waiting import eventually
from topowave.ray_cluster.agent_actor import AgentActor, AgentSpec
from topowave.wire.machine import boot_id

pytestmark = pytest.mark.anyio
NOWHERE = ("--controller", "http://127.0.0.1:1")


def spec(*words: str, lab_boot: str = "another", lab_host: str | None = None) -> AgentSpec:
    return AgentSpec("ray-0", words, "secret", lab_boot, lab_host)


@pytest.fixture(autouse=True)
def own_ip(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    util = SimpleNamespace(get_node_ip_address=lambda: "127.0.0.1")
    monkeypatch.setitem(sys.modules, "ray.util", util)
    return util


async def test_how_an_agent_ended_is_told_with_its_last_lines() -> None:
    end = await AgentActor().run(spec(*NOWHERE, "--heartbeat", "0"))
    assert end.code == 2
    assert "--heartbeat" in end.last


async def test_an_agent_runs_until_it_is_told_to_end_and_none_is_started_after_that() -> None:
    actor = AgentActor()
    running = asyncio.create_task(actor.run(spec(*NOWHERE)))
    await eventually(lambda: any("bound_program" in line for line in command_lines()))
    await actor.end()
    await running
    assert not any("bound_program" in line for line in command_lines())
    assert (await actor.run(spec(*NOWHERE))).code == 0


def command_lines() -> Sequence[str]:
    """What the children of this process were started with."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return [Path(f"/proc/{pid}/cmdline").read_text() for pid in children]


@pytest.mark.parametrize(
    ("own", "lab_boot", "lab_host", "host"),
    [
        ("10.0.0.2", "another", None, "10.0.0.2"),
        ("10.0.0.1", boot_id(), "127.0.0.1", "127.0.0.1"),
        ("127.0.0.3", boot_id(), "127.0.0.1", "127.0.0.3"),
        ("10.0.0.1", boot_id(), None, "10.0.0.1"),
    ],
)
def test_nodes_are_reached_as_ray_reaches_their_machine_or_as_a_lab_within_it_does(
    own_ip: SimpleNamespace, own: str, lab_boot: str, lab_host: str | None, host: str
) -> None:
    own_ip.get_node_ip_address = lambda: own
    assert AgentActor().host(spec(lab_boot=lab_boot, lab_host=lab_host)) == host
