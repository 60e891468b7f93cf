"""How many nodes a load needs: bounds, tolerance, windows and cooldown, and that constant loads end steps."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topowave.balancer.scaling.autoscaler import Decision, Fleet, LoadReading, decide
from topowave.topology import LabConfig

QUICK = LabConfig(
    autoscale="measured",
    max_replicas=20,
    target_load=50.0,
    scale_cooldown=0.0,
    scale_up_window=0.0,
    scale_down_window=0.0,
)
"""Without anything that takes time."""


def fleet(count: int, cores: int = 2) -> Fleet:
    """So many nodes of equal cores."""
    return Fleet(count, count * cores, cores, (cores,) * (count - 1))


def now(load: float, nodes: Fleet, config: LabConfig = QUICK) -> Decision:
    return decide([LoadReading(0.0, load)], nodes, config, 0.0, None)


@dataclass
class Life:
    """A lab in virtual time that gets at once what is decided."""

    config: LabConfig
    cores: list[int]
    joining: int = 2
    now_s: float = 0.0
    readings: list[LoadReading] = field(default_factory=list[LoadReading])
    stepped_s: float | None = None
    steps: list[tuple[float, int, int]] = field(default_factory=list[tuple[float, int, int]])

    def look(self, load: float) -> Decision:
        self.readings.append(LoadReading(self.now_s, load))
        count = len(self.cores)
        nodes = Fleet(count, sum(self.cores), self.joining, tuple(reversed(self.cores[1:])))
        found = decide(self.readings, nodes, self.config, self.now_s, self.stepped_s)
        if found.replicas != count:
            self.stepped_s = self.now_s
            self.steps.append((self.now_s, count, found.replicas))
        del self.cores[found.replicas :]
        self.cores += [self.joining] * (found.replicas - len(self.cores))
        return found

    def live(self, load: Callable[[float], float], seconds: float, every_s: float = 1.0) -> None:
        until_s = self.now_s + seconds
        while self.now_s < until_s:
            self.look(load(self.now_s))
            self.now_s += every_s


def test_the_nodes_that_bring_the_load_to_the_target_are_wanted_and_why_is_said() -> None:
    assert now(12, fleet(3)) == Decision(
        12, "a load of 12 is 200 % of 6 cores, above the target of 50 %; 12 nodes bring it there"
    )
    assert now(2, fleet(6)) == Decision(
        2, "a load of 2 is 17 % of 12 cores, below the target of 50 %; 2 nodes bring it there"
    )
    assert now(0, fleet(6)).replicas == 1
    assert now(1, fleet(1)) == Decision(
        1, "a load of 1 is 50 % of 2 cores, within 10 % of the target of 50 %"
    )


def test_within_the_tolerance_nothing_is_done() -> None:
    assert [now(load, fleet(10)).replicas for load in (9.0, 10.0, 11.0)] == [10] * 3
    assert [now(load, fleet(10)).replicas for load in (8.9, 11.1)] == [9, 12]
    assert now(4.4, fleet(5)).reason.endswith(
        "below the target of 50 %, and would be above it with one node fewer"
    )


def test_bounds_hold_at_once_and_are_named() -> None:
    config = QUICK.model_copy(update={"min_replicas": 3, "max_replicas": 5})
    assert now(1000, fleet(2), config) == Decision(3, "min_replicas is 3")
    assert now(1000, fleet(7), config) == Decision(5, "max_replicas is 5")
    assert now(1000, fleet(4), config).reason.endswith("it takes 1000 nodes, and max_replicas is 5")
    assert now(1000, fleet(5), config) == Decision(
        5, "a load of 1000 is 10000 % of 10 cores, above the target of 50 %; max_replicas is 5"
    )
    assert now(0, fleet(3), config) == Decision(
        3, "a load of 0 is 0 % of 6 cores, below the target of 50 %; min_replicas is 3"
    )
    assert now(0, fleet(5), config).reason.endswith("it takes 1 node, and min_replicas is 3")
    assert decide([], fleet(4), config, 0.0, None) == Decision(4, "the load is not known yet")


def test_it_shrinks_only_to_what_was_enough_all_the_time_of_the_window() -> None:
    life = Life(QUICK.model_copy(update={"scale_down_window": 60.0}), [2] * 10)
    life.live(lambda _: 10.0, 30)
    assert life.look(0.0) == Decision(
        10,
        "a load of 0 is 0 % of 20 cores, below the target of 50 %, but not for long enough "
        "(scale_down_window, 60 s)",
    )
    life.live(lambda now_s: 6.0 if now_s < 40 else 0.0, 62)
    assert life.steps == [(90.0, 10, 6)]  # 60 s after the last load of 10, to what was enough for all since
    life.live(lambda _: 0.0, 30)
    assert life.steps[1:] == [(100.0, 6, 1)]


def test_it_grows_only_as_far_as_the_load_was_all_the_time_of_the_window() -> None:
    life = Life(QUICK.model_copy(update={"scale_up_window": 5.0}), [2])
    life.live(lambda now_s: 1.0 if now_s < 10 else 8.0 if now_s < 13 else 12.0, 15)
    assert life.steps == []
    found = life.look(12.0)
    assert found == Decision(
        8,
        "a load of 12 is 600 % of 2 cores, above the target of 50 %; it has needed 8 nodes for long "
        "enough (scale_up_window, 5 s)",
    )
    assert life.look(1.0).replicas == 1  # a load that was there for a moment


def test_what_is_not_known_for_the_whole_window_lets_nothing_shrink() -> None:
    life = Life(QUICK.model_copy(update={"scale_down_window": 60.0}), [2] * 4)
    life.live(lambda _: 0.0, 60)
    assert life.steps == []
    life.live(lambda _: 0.0, 1)
    assert life.steps == [(60.0, 4, 1)]


def test_after_a_step_the_next_one_waits_for_the_cooldown() -> None:
    life = Life(QUICK.model_copy(update={"scale_cooldown": 30.0}), [2])
    life.live(lambda now_s: 2.0 + now_s / 10, 40)
    assert life.steps == [(0.0, 1, 2), (30.0, 2, 5)]
    assert life.look(20.0).reason.endswith(
        "above the target of 50 %; the next step is in 20 s (scale_cooldown)"
    )


LOADS = st.floats(0, 500) | st.integers(0, 500).map(float)
CORES = st.lists(st.integers(1, 8), min_size=1, max_size=12)


@st.composite
def configs(draw: st.DrawFn) -> LabConfig:
    """Settings of any kind."""
    bounds = draw(st.tuples(st.integers(1, 40), st.integers(1, 40)))
    return QUICK.model_copy(
        update={
            "min_replicas": min(bounds),
            "max_replicas": max(bounds),
            "target_load": draw(st.floats(1, 1000)),
            "scale_tolerance": draw(st.sampled_from([0.0, 5.0, 10.0, 90.0])),
            "scale_cooldown": draw(st.sampled_from([0.0, 3.0])),
            "scale_up_window": draw(st.sampled_from([0.0, 2.0])),
            "scale_down_window": draw(st.sampled_from([0.0, 7.0])),
        }
    )


@given(configs(), st.lists(LOADS, min_size=1, max_size=30), CORES)
def test_it_never_leaves_the_bounds_whatever_comes(
    config: LabConfig, loads: list[float], cores: list[int]
) -> None:
    life = Life(config, list(cores))
    for load in loads:
        found = life.look(load)
        life.now_s += 1
        assert max(1, config.min_replicas) <= found.replicas <= config.max_replicas
        assert found.reason
        assert found.reason.isprintable()


@given(configs(), LOADS, CORES, st.integers(1, 8))
def test_under_a_constant_load_no_step_undoes_another(
    config: LabConfig, load: float, cores: list[int], joining: int
) -> None:
    life = Life(config, list(cores), joining)
    life.live(lambda _: load, 60)
    counts = [len(cores), *(after for _, _, after in life.steps)]
    between = [config.min_replicas <= count <= config.max_replicas for count in counts]
    ways = [after > before for _, before, after in life.steps[not between[0] :]]
    assert len(set(ways)) <= 1, life.steps
    before = len(life.steps)
    life.live(lambda _: load, 60)
    assert len(life.steps) == before


def day(now_s: float, draw: random.Random) -> float:
    """A day's load: little at night, most in the afternoon, and chance all the time."""
    usual = 20 - 16 * math.cos(2 * math.pi * now_s / 86_400)
    return max(0.0, usual + draw.gauss(0, 3))


@pytest.mark.parametrize(
    ("settings", "least", "most"),
    [
        ({"scale_tolerance": 0.0}, 5000, 8640),  # nothing holds it still
        ({"scale_tolerance": 10.0}, 3000, 6000),
        ({"scale_tolerance": 10.0, "scale_cooldown": 60.0, "scale_down_window": 300.0}, 20, 200),
        ({"scale_cooldown": 60.0, "scale_up_window": 60.0, "scale_down_window": 900.0}, 10, 60),
    ],
)
def test_over_a_day_in_virtual_time_hysteresis_makes_few_steps_of_thousands(
    settings: dict[str, object], least: int, most: int
) -> None:
    draw = random.Random(7)
    config = QUICK.model_copy(update={"max_replicas": 100} | settings)
    life = Life(config, [2])
    late, looks = 0, 0
    while life.now_s < 86_400:
        load = day(life.now_s, draw)
        life.look(load)
        late += load > sum(life.cores)
        looks += 1
        life.now_s += 10
    assert least <= len(life.steps) <= most
    assert late / looks < 0.01
    assert max(after for _, _, after in life.steps) >= 36  # the afternoon
