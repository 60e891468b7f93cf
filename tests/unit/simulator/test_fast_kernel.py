from __future__ import annotations

import gc
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.simulator import students
from topowave.algorithms import Algorithm
from topowave.algorithms.averaging.push_sum import PushSum
from topowave.algorithms.waves.echo import Echo, Reply, Token
from topowave.algorithms.waves.finn import Finn
from topowave.runtime.algorithm_error import InterruptedRunError
from topowave.runtime.graph import Graph
from topowave.runtime.message_copy import private_copy
from topowave.runtime.wave import WavePlan
from topowave.simulator import Run, fast_kernel, simulate
from topowave.simulator.delays import parse_delay
from topowave.simulator.fast_kernel import FastKernel

DELAYS = ["constant:1", "constant:0", "uniform:1,10", "uniform:0,0.00002", "exponential:2", "links:3"]


def both(algorithm: type[Algorithm] | str, network: str, **options: object) -> tuple[Run, Run]:
    return (
        simulate(algorithm, network, fast=True, **options),  # type: ignore[arg-type]
        simulate(algorithm, network, **options),  # type: ignore[arg-type]
    )


@pytest.mark.slow
@given(
    st.sampled_from([students.UsersEcho, Echo, Finn, PushSum, students.Clock]),
    st.sampled_from(["binary:7", "ring:6", "random:12:3", "star:40"]),
    st.sampled_from(DELAYS),
    st.booleans(),
    st.integers(0, 100),
)
def test_both_kernels_give_the_same_run(
    algorithm: type[Algorithm], network: str, delay: str, fifo: bool, seed: int
) -> None:
    fast, full = both(algorithm, network, delay=delay, fifo=fifo, seed=seed)
    assert (fast.messages, fast.time, fast.decisions, fast.ending) == (
        full.messages,
        full.time,
        full.decisions,
        full.ending,
    )
    assert list(fast.decisions) == list(full.decisions)
    assert (fast.bits, fast.holds["dependence"], fast.trace_sha256) == (None, None, None)


class Hurried(Algorithm):
    """Sets timers that run out amid the events of the same moment, and tells in which order all came."""

    wave = False

    def setup(self) -> None:
        self.seen: list[object] = []

    def on_start(self) -> None:
        self.send_all(self.neighbors, 3)

    def on_message(self, sender: int, message: object) -> None:
        assert isinstance(message, int)
        self.seen.append((sender, message))
        self.set_timer(f"{sender} {message}", 0.0001 * (1 + (self.id + message) % 3))

    def on_timer(self, name: str) -> None:
        self.seen.append(name)
        left = int(name.split()[1])
        if left:
            self.send_all(self.neighbors, left - 1)
        elif not any(seen == "decided" for seen in self.seen):
            self.decide(list(self.seen))
            self.seen.append("decided")


@pytest.mark.parametrize("delay", ["constant:1", "constant:0.0002", "uniform:1,1.001"])
def test_timers_that_run_out_at_once_keep_their_place(delay: str) -> None:
    fast, full = both(Hurried, "random:12:3", delay=delay)
    assert (fast.messages, fast.time, fast.decisions) == (full.messages, full.time, full.decisions)
    assert len(fast.decisions) == 12


def test_large_networks_are_run_fast_without_being_asked() -> None:
    run = simulate("echo", "sparse:10001:1", delay="uniform:1,10", seed=3)
    assert run.ok
    assert (run.messages, run.bits, run.deciders) == (2 * run.links, None, ["root"])


def test_a_hub_with_many_neighbours_finds_them_quickly() -> None:
    run = simulate("echo", "star:50000")
    assert run.messages == 2 * 49_999


@pytest.mark.parametrize(
    "algorithm",
    [
        students.ToStranger,
        students.Failing,
        students.Interrupts,
        students.TalksInSetup,
        students.DecidesInSetup,
    ],
)
def test_a_mistake_is_told_with_node_and_event_here_too(algorithm: type[Algorithm]) -> None:
    run = simulate(algorithm, "path:3:1", fast=True)
    assert run.mistake is not None
    full = simulate(algorithm, "path:3:1").mistake
    assert full is not None
    assert (run.mistake.node, run.mistake.event) == (full.node, full.event)
    assert run.mistake.problem.split()[0] == full.problem.split()[0]


def test_a_run_that_goes_on_for_ever_is_stopped_at_about_the_limit() -> None:
    for delay in ("constant:1", "constant:0"):
        run = simulate(students.Endless, "path:3:1", fast=True, max_events=30_000, delay=delay)
        assert run.ending == "limit"
        assert 30_000 <= run.messages <= 50_000


def test_ctrl_c_ends_with_what_is_known_so_far() -> None:
    class Interrupted(students.Endless):
        def on_message(self, sender: int, message: object) -> None:
            if message == 5:
                raise InterruptedRunError
            assert isinstance(message, int)
            self.send(sender, message + 1)

    run = simulate(Interrupted, "path:2:1", fast=True)
    assert (run.ending, run.messages) == ("interrupted", 6)


def test_a_class_that_is_false_is_still_there() -> None:
    class Falsy(students.UsersEcho):
        def __len__(self) -> int:
            return 0

    assert all(run.ok for run in both(Falsy, "ring:5"))


def test_the_garbage_collector_works_again_afterwards() -> None:
    with fast_kernel.collector_resting():
        assert not gc.isenabled()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0


def test_progress_is_counted_event_by_event_so_that_slow_handlers_are_not_taken_for_hanging_ones() -> None:
    seen: list[int] = []

    class Looks(students.UsersEcho):
        def on_message(self, sender: int, message: object) -> None:
            seen.append(kernel.beats)
            super().on_message(sender, message)

    for delay in ("constant:1", "uniform:1,10", "constant:0"):
        seen.clear()
        graph = Graph.of("star:50")
        plan = WavePlan("root-1", Looks, (0,), graph.network("links"))
        kernel = FastKernel(graph, plan, 0, parse_delay(delay), fifo=False, max_events=1_000)
        outcome = kernel.run()
        assert (outcome.ending, outcome.events) == ("quiet", 99)
        assert seen == list(range(2, 100))  # the first event is the start


class Slow(Echo):
    """A right class whose handlers take their time."""

    def on_message(self, sender: int, message: Token | Reply) -> None:
        time.sleep(0.001)
        super().on_message(sender, message)


@pytest.mark.slow
def test_a_right_class_with_slow_handlers_is_not_blamed() -> None:
    run = simulate(Slow, "star:1500", fast=True, deadline_s=0.9)
    assert (run.mistake, run.messages) == (None, 2998)
    assert run.ok


class SaysLists(Algorithm):
    """Sends everybody a list, which has to be copied for each."""

    wave = False

    def on_start(self) -> None:
        self.send_all(self.neighbors, ["news"])


def test_copying_messages_is_not_the_handlers_time(monkeypatch: pytest.MonkeyPatch) -> None:
    blamed: list[bool] = []

    def copied(message: object) -> object:
        blamed.append(kernel.in_handler)
        return private_copy(message)

    monkeypatch.setattr(fast_kernel, "private_copy", copied)
    graph = Graph.of("star:50")
    plan = WavePlan("root-1", SaysLists, (0,), graph.network("links"))
    kernel = FastKernel(graph, plan, 0, parse_delay("constant:1"), fifo=False, max_events=1_000)
    assert (kernel.run().mistake, blamed) == (None, [False] * 49)


@pytest.mark.slow
def test_every_event_counts_while_the_run_goes_on() -> None:
    counts: list[int] = []
    simulate(Slow, "star:1500", fast=True, progress=lambda events, _: counts.append(events), deadline_s=0.8)
    assert len(set(counts)) == len(counts) > 2, "less than 10,000 events, seen as they were taken"
    assert counts == sorted(counts)
