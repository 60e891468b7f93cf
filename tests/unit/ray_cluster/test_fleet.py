"""The fleet keeps agents running in Ray's actors, here of a stand-in for Ray; a real one is in tests/live."""

from __future__ import annotations

import queue
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topowave.ray_cluster.agent_actor import AgentActor, AgentEnd, AgentSpec
from topowave.ray_cluster.fleet import Fleet, RayFleetStart, cpus_for_each
from topowave.ray_cluster.limits import AGENT_CPUS, AGENT_LONGEST_PAUSE_S, AGENT_PAUSE_S
from topowave.wire.token import Token


@pytest.mark.parametrize(
    ("agents", "cpus", "share"),
    [
        (1, [2.0], AGENT_CPUS),
        (2, [2.0], AGENT_CPUS),
        (3, [2.0, 2.0, 2.0], AGENT_CPUS),
        (4, [2.0], AGENT_CPUS / 2),
        (50, [2.0], AGENT_CPUS / 25),
    ],
)
def test_an_agent_has_half_a_cpu_and_less_where_there_are_more_agents_than_cpus(
    agents: int, cpus: Sequence[float], share: float
) -> None:
    assert cpus_for_each(agents, [*cpus]) == share


@given(st.integers(1, 300), st.lists(st.integers(0, 64), min_size=1, max_size=8).filter(any))
def test_all_agents_fit_into_half_of_the_cpus(agents: int, cpus: list[int]) -> None:
    parts = round(AGENT_CPUS / cpus_for_each(agents, [float(each) for each in cpus]))
    assert sum(each * parts for each in cpus) >= agents


PLACE = object()
"""Where an actor is put."""


class RayError(Exception):
    pass


class Actor:
    """An actor whose calls of `run` are in the hands of the test."""

    def __init__(self) -> None:
        self.runs: list[Future[AgentEnd]] = []
        self.specs: list[AgentSpec] = []
        self.run = SimpleNamespace(remote=self._run)
        self.end = SimpleNamespace(remote=lambda: self)

    def _run(self, spec: AgentSpec) -> Any:
        self.specs.append(spec)
        self.runs.append(Future())
        return SimpleNamespace(future=lambda: self.runs[-1])


class Ray:
    """What the fleet uses of Ray: one machine with two CPUs."""

    def __init__(self) -> None:
        self.exceptions = SimpleNamespace(RayError=RayError)
        self.actors: list[Actor] = []
        self.killed: list[Actor] = []
        self.options: list[dict[str, Any]] = []

    def nodes(self) -> list[dict[str, Any]]:
        return [{"Alive": True, "Resources": {"CPU": 2.0}}, {"Alive": False, "Resources": {}}]

    def remote(self, **options: Any) -> Callable[[type], Any]:
        self.options.append(options)
        return self._class

    def _class(self, of: type) -> Any:
        assert of is AgentActor
        return SimpleNamespace(options=self._placed)

    def _placed(self, scheduling_strategy: object) -> Any:
        assert scheduling_strategy is PLACE
        return SimpleNamespace(remote=self._make)

    def _make(self) -> Actor:
        self.actors.append(Actor())
        return self.actors[-1]

    def wait(self, asked: list[Any], **_: Any) -> None:
        assert asked

    def kill(self, actor: Actor) -> None:
        self.killed.append(actor)


class Running:
    """A fleet whose events come from the test, and which ends where it would wait for more."""

    def __init__(self, ray: Ray, agents: int, token: Token | None = None) -> None:
        self.events: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.ready = 0
        start = RayFleetStart("auto", agents, "127.0.0.1", 7999, 8000, 2.0, token, self._is_ready)
        self.fleet = Fleet(ray, start, self.events)

    def _is_ready(self) -> None:
        self.ready += 1

    def run(self) -> None:
        self.events.put(None)
        self.fleet.run()


@pytest.fixture
def ray(monkeypatch: pytest.MonkeyPatch) -> Ray:
    def placement_group(bundles: list[dict[str, float]], strategy: str) -> Any:
        assert strategy == "SPREAD"
        assert [*bundles[0]] == ["CPU"]
        return SimpleNamespace(wait=bool)

    def place(placement_group: Any, placement_group_bundle_index: int) -> object:
        return PLACE

    util = SimpleNamespace(placement_group=placement_group)
    strategies = SimpleNamespace(PlacementGroupSchedulingStrategy=place)
    monkeypatch.setitem(sys.modules, "ray.util", util)
    monkeypatch.setitem(sys.modules, "ray.util.scheduling_strategies", strategies)
    return Ray()


def test_each_agent_has_an_actor_that_ray_restarts_for_ever_and_all_end_with_the_fleet(ray: Ray) -> None:
    running = Running(ray, 2, Token("secret"))
    running.run()
    assert running.ready == 1
    assert [actor.specs[0].name for actor in ray.actors] == ["ray-0", "ray-1"]
    assert ray.options == [{"num_cpus": AGENT_CPUS, "max_restarts": -1, "max_task_retries": -1}] * 2
    assert ray.killed == ray.actors
    words = [*ray.actors[0].specs[0].words]
    assert words == ["--controller", "http://127.0.0.1:7999", "--port", "8000", "--heartbeat", "2"]
    assert ray.actors[0].specs[0].secret == "secret"


def test_an_agent_that_has_ended_runs_again_in_its_actor_after_a_pause_that_doubles(
    ray: Ray, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    now = [0.0]
    monkeypatch.setattr("topowave.ray_cluster.fleet.time.monotonic", lambda: now[0])
    running = Running(ray, 1)
    pauses: list[float] = []

    def get(timeout: float | None = None) -> Any:
        if timeout is not None:  # nothing happens but time
            pauses.append(timeout)
            now[0] += timeout
            raise queue.Empty
        if len(pauses) == 8:
            return None
        ray.actors[0].runs[-1].set_result(AgentEnd(2, "first line\nport 8000: refused\n"))
        return running.events.get()

    monkeypatch.setattr(running.fleet, "_events", SimpleNamespace(get=get, put=running.events.put))
    running.fleet.run()
    assert pauses[:3] == [AGENT_PAUSE_S, 2 * AGENT_PAUSE_S, 4 * AGENT_PAUSE_S]
    assert pauses[-1] == AGENT_LONGEST_PAUSE_S
    assert len(ray.actors) == 1
    assert "agent ray-0: port 8000: refused; started again in 1 s" in caplog.text


def test_an_actor_that_is_lost_for_good_is_made_anew(ray: Ray, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("topowave.ray_cluster.fleet.time.monotonic", lambda: now[0])
    running = Running(ray, 1)

    def get(timeout: float | None = None) -> Any:
        if timeout is not None:
            now[0] += timeout
            raise queue.Empty
        if len(ray.actors) == 2:
            return None
        ray.actors[0].runs[-1].set_exception(RayError("its machine is gone"))
        return running.events.get()

    monkeypatch.setattr(running.fleet, "_events", SimpleNamespace(get=get, put=running.events.put))
    running.fleet.run()
    assert len(ray.actors) == 2
    assert ray.killed == [ray.actors[1]]
