"""The checker against a plain enumeration: it sees as many states, and no shorter run breaks a property."""

from __future__ import annotations

import pytest

from tests.support.waiting import PATIENCE_S
from tests.unit.algorithms.networks import clique, path, ring, star
from tests.unit.algorithms.planted import PLANTED, Planted
from tests.unit.simulator.every_run import every_run
from topowave.algorithms import Algorithm, Network
from topowave.algorithms.registry import LIBRARY
from topowave.algorithms.waves.echo import Echo
from topowave.algorithms.waves.finn import Finn
from topowave.checker import CheckResult, check
from topowave.runtime.algorithm_error import InterruptedRunError

SMALL: list[tuple[str, Network, list[int]]] = [
    ("echo", path(1), [0]),
    ("echo", path(2), [0]),
    ("echo", path(3), [1]),
    ("echo", ring(3), [0]),
    ("echo", star(4), [0]),
    ("tree", path(2), [0, 1]),
    ("tree", path(3), [0, 2]),
    ("tree", path(3), [0, 1, 2]),
    ("phase", path(2), [0, 1]),
    ("phase", ring(3), [0]),
    ("finn", path(2), [0, 1]),
    ("finn", path(3), [0]),
    ("cidon", ring(3), [1]),
    ("awerbuch", ring(3), [0]),
    ("bfs-tree", ring(3), [0]),
    ("lelann", ring(3, fifo=True), [0, 1]),
    ("peterson", ring(3, fifo=True), [0, 1, 2]),
    ("echo-extinction", path(2), [0, 1]),
    ("tree-election", path(3), [0]),
    ("ring", Network.from_arcs(3, [(0, 1), (1, 2), (2, 0)]), [0]),
    ("finn", Network.from_arcs(3, [(0, 1), (1, 2), (2, 0), (1, 0)]), [0, 2]),
]


def checked(algorithm: type[Algorithm], network: Network, initiators: list[int]) -> CheckResult:
    return check(algorithm, network, initiators=[str(node) for node in initiators])


@pytest.mark.slow
@pytest.mark.parametrize(("name", "network", "initiators"), SMALL)
def test_it_sees_each_state_that_a_plain_enumeration_sees_and_no_other(
    name: str, network: Network, initiators: list[int]
) -> None:
    algorithm = LIBRARY.find(name)
    seen = every_run(algorithm, network, initiators)
    result = checked(algorithm, network, initiators)
    assert result.complete
    assert not seen.broken
    assert result.states == seen.states


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.algorithm.__name__)
def test_a_run_that_breaks_a_condition_is_as_short_as_a_plain_enumeration_finds(planted: Planted) -> None:
    violation = checked(planted.algorithm, planted.network, list(planted.initiators)).violation
    if violation is None or violation.property_name in ("handlers", "termination"):
        pytest.skip("there the enumeration has nothing to compare with")
    length = len(violation.steps)
    seen = every_run(
        planted.algorithm, planted.network, planted.initiators, counting=True, most_events=length
    )
    assert violation.shortest
    assert min(seen.broken.values()) == length
    assert seen.broken[violation.property_name] == length


def test_echo_on_a_path_of_two_nodes_has_four_states_which_can_be_counted_by_hand() -> None:
    # before the start; the token is under way; the reply is under way; decided
    assert checked(Echo, path(2), [0]).states == 4


def test_two_initiators_start_in_any_order_and_after_hearing_from_each_other() -> None:
    # each node may start first, second, or after the other's packet has come: 41 states, as enumerated
    assert checked(Finn, path(2), [0, 1]).states == every_run(Finn, path(2), [0, 1]).states == 41


def test_on_fifo_links_there_are_fewer_states() -> None:
    phase = LIBRARY.find("phase")
    free = check(phase, path(3), initiators=["0"])
    ordered = check(phase, path(3), initiators=["0"], fifo=True)
    assert ordered.complete
    assert ordered.states == every_run(phase, path(3, fifo=True), [0]).states <= free.states


def test_the_same_check_sees_the_same_states_and_finds_the_same_run_each_time() -> None:
    wrong = next(each for each in PLANTED if each.algorithm.__name__ == "EchoLastSenderIsParent")
    first, second = (checked(wrong.algorithm, wrong.network, [0]) for _ in range(2))
    assert first.to_json() == second.to_json()


def test_a_search_that_may_see_too_few_states_says_so_and_how_far_it_got() -> None:
    result = check(Echo, clique(4), max_states=100)
    assert result.ok
    assert not result.complete
    assert result.checked[0].stopped == "states"
    assert result.states >= 100
    assert set(result.holds.values()) == {None}
    assert "NOT ALL SEEN" in str(result)


def test_a_search_without_any_time_ends_at_once() -> None:
    result = check(Echo, clique(4), time_s=0)
    assert result.checked[0].stopped == "time"
    assert result.states < 1_000


def test_ctrl_c_ends_a_search_with_what_is_known_so_far() -> None:

    class Interrupted(Echo):
        def on_start(self) -> None:
            super().on_start()
            if self.id == 0:
                raise InterruptedRunError

    result = check(Interrupted, clique(4), initiators=["0"])
    assert result.checked[0].stopped == "interrupted"
    assert not result.complete


def test_progress_is_told_during_a_long_search() -> None:
    told: list[tuple[int, int]] = []

    def progress(_: str, states: int, done: int, instances: int) -> None:
        told.append((done, instances))
        if states > 1:
            raise KeyboardInterrupt  # enough is seen

    result = check("phase", clique(4), initiators=list("0123"), time_s=PATIENCE_S, progress=progress)
    assert result.checked[0].stopped == "interrupted"
    assert told[-1] == (0, 1)
