"""A class with chance does the same wherever it runs: in both kernels, a session, a replay, on a server."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import pytest

from tests.unit.algorithms.gossip import Gossip
from topowave.algorithms import Algorithm
from topowave.algorithms.base import EffectList
from topowave.algorithms.chance import Chance
from topowave.nodes.waves.handlers import Handlers
from topowave.nodes.waves.instances import effects_for, make_instance
from topowave.runtime.message_types import MessageTypes
from topowave.sessions import Session
from topowave.simulator import SimulationConfig, Wave, simulate, simulate_waves
from topowave.traces.reader import parse_trace
from topowave.traces.replay import replay

NETWORK = "random:12:4"


class Draws(Algorithm):
    """Decides on what it drew: in `setup`, and at its start."""

    wave = False

    def setup(self) -> None:
        self.first = self.random.random()

    def on_start(self) -> None:
        self.decide((self.first, self.random.random()))


class OwnName(Algorithm):
    def setup(self) -> None:
        self.random = 3  # the mistake


class Shows(Algorithm):
    def on_start(self) -> None:
        self.decide(self.random)


def drawn(seed: int, wave: str, node: int) -> tuple[float, float]:
    chance = Chance(seed, wave).of(node)
    return chance.random(), chance.random()


def test_each_node_has_draws_of_its_own_that_follow_from_seed_wave_and_number() -> None:
    run = simulate(Draws, "path:3:1", seed=5, initiators=["root"])
    assert run.decisions == {"root": drawn(5, "root-1", 0)}
    first, second = simulate_waves([Wave(Draws), Wave(Draws)], "path:3:1", seed=5)
    assert first.decisions == run.decisions
    assert second.decisions == {"root": drawn(5, "root-2", 0)}
    all_drawn = {drawn(seed, wave, node) for seed in (0, 1) for wave in ("a-1", "b-1") for node in (0, 1)}
    assert len(all_drawn) == 8


def test_gossip_reaches_everybody_and_another_seed_gossips_otherwise() -> None:
    run, again, other = (simulate(Gossip, NETWORK, seed=seed) for seed in (1, 1, 2))
    assert len(run.decisions) == 12
    assert run.trace_sha256 == again.trace_sha256
    assert [json.loads(line) for line in run.events][1:] != [json.loads(line) for line in other.events][1:]


@pytest.mark.parametrize("seed", [0, 1, 99])
def test_both_kernels_and_a_session_draw_the_same(seed: int) -> None:
    options: dict[str, Any] = {"seed": seed, "delay": "uniform:1,3"}
    run = simulate(Gossip, NETWORK, **options)
    fast = simulate(Gossip, NETWORK, fast=True, **options)
    assert (fast.messages, fast.time, fast.decisions) == (run.messages, run.time, run.decisions)
    session = Session(Gossip, NETWORK, SimulationConfig(**options))
    for _ in range(20):
        session.step()
    kept = session.snapshot()
    session.step()
    session.restore(kept)
    while session.step():
        pass
    assert session.run().events == run.events


def test_a_run_with_chance_replays_and_not_with_another_seed() -> None:
    faults = {"faults": [{"at": 3, "crash": "root"}, {"at": 4, "restart": "root", "state": "lost"}]}
    run = simulate(Gossip, NETWORK, seed=3, delay="uniform:1,3", loss=0.1, faults=faults)
    found = replay(parse_trace(run.events, "t"), Gossip)
    assert found.reproduced, found.differences
    assert found.sends == run.messages
    header = json.loads(run.events[0]) | {"seed": 4}
    assert not replay(parse_trace([json.dumps(header), *run.events[1:]], "t"), Gossip).reproduced


def test_a_live_node_draws_what_a_simulated_one_draws_with_seed_0() -> None:
    effects = effects_for(Draws, (1,), MessageTypes(Draws), "root-1")
    run = partial(Handlers().run, "root-1", "root", Draws)
    made = make_instance(Draws, 0, (1,), (1,), (1,), None, {}, effects, run)
    assert isinstance(made, Draws)
    assert (made.first, made.random.random()) == drawn(0, "root-1", 0)


def test_an_instance_made_by_hand_draws_too_and_what_is_given_is_no_state() -> None:
    made = Draws(4, [5])
    assert made.first == drawn(0, "", 4)[0]
    assert made.random is made.random
    assert made.state() == {"first": made.first}
    assert Draws(4, [5], effects=EffectList(Chance(7, "x-1"))).first == drawn(7, "x-1", 4)[0]


def test_who_never_draws_carries_no_generator() -> None:
    assert all("andom" not in name for name in vars(Gossip(0, [1])))


def test_a_random_of_ones_own_is_told_with_its_line_and_a_class_attribute_is_left_alone() -> None:
    run = simulate(OwnName, "path:3")
    assert run.mistake is not None
    assert "self.random is given: chance that the run's seed reaches" in run.mistake.problem
    assert run.mistake.code.startswith("self.random = 3")
    assert simulate(type("Shows", (Shows,), {"random": 3}), "path:3:1").decisions == {"root": 3}
