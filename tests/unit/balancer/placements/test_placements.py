"""What every placement keeps, and what each proves."""

from __future__ import annotations

import re
from collections import Counter
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topowave.balancer.placements.base import ExecutorLoad, Executors, Placement, TaskNeeds, fits
from topowave.balancer.placements.registry import PLACEMENTS, find_placement

every_placement = pytest.mark.parametrize("name", PLACEMENTS)
ROLES = ["cpu", "io", "gpu"]
executors = st.builds(
    ExecutorLoad,
    st.integers(1, 8),
    st.integers(0, 20),
    st.sampled_from([0.5, 1.0, 3.0]),
    st.frozensets(st.sampled_from(ROLES)),
    st.one_of(st.none(), st.integers(0, 5)),
    takes=st.booleans(),
)
needs = st.builds(TaskNeeds, st.frozensets(st.sampled_from(ROLES)), st.integers(1, 9))


def made(name: str, nodes: list[ExecutorLoad], parents: list[int | None] | None = None) -> Placement:
    tree = [None, *range(len(nodes) - 1)][: len(nodes)] if parents is None else parents
    return find_placement(name)(Executors(nodes, Random(7), tree))


def chosen(name: str, nodes: list[ExecutorLoad], count: int) -> list[int | None]:
    placement = made(name, nodes)
    return [placement.choose() for _ in range(count)]


def test_an_unknown_placement_is_refused_with_what_there_is() -> None:
    with pytest.raises(KeyError, match=r"there is no placement 'best'; there are least-loaded, .*locality"):
        find_placement("best")


@every_placement
def test_a_placement_says_what_it_is(name: str) -> None:
    placement = find_placement(name)
    assert placement.name == name
    assert re.fullmatch(r"[a-z][a-z0-9-]*", name)
    for text in (placement.title, placement.summary, placement.source, placement.knows, placement.wins):
        assert text


@every_placement
@settings(max_examples=40)
@given(st.data())
def test_a_task_goes_where_it_may_run_and_only_nowhere_if_no_open_node_fits(
    name: str, data: st.DataObject
) -> None:
    nodes = data.draw(st.lists(executors, max_size=6))
    parents = [None if not at else data.draw(st.integers(0, at - 1)) for at in range(len(nodes))]
    placement, again = made(name, nodes, parents), made(name, nodes, parents)
    load, room = [node.load for node in nodes], [node.room for node in nodes]
    count, takes = [node.load for node in nodes], [node.takes for node in nodes]
    for _ in range(data.draw(st.integers(0, 25))):
        at = data.draw(st.integers(0, max(0, len(nodes) - 1)))
        step = (
            data.draw(st.sampled_from(["choose", "choose", "load", "room", "takes"])) if nodes else "choose"
        )
        if step == "load":
            load[at], count[at] = data.draw(st.integers(0, 20)), data.draw(st.integers(0, 20))
            placement.set_load(at, load[at], count[at])
            again.set_load(at, load[at], count[at])
        elif step == "room":
            room[at] = data.draw(st.one_of(st.none(), st.integers(0, 3)))
            placement.set_room(at, room[at])
            again.set_room(at, room[at])
        elif step == "takes":
            takes[at] = not takes[at]
            placement.set_takes(at, takes[at])
            again.set_takes(at, takes[at])
        else:
            task = data.draw(needs)
            may = [
                number
                for number, node in enumerate(nodes)
                if fits(node.cpu, node.roles, task) and takes[number] and room[number] != 0
            ]
            origin = data.draw(st.one_of(st.none(), st.just(at))) if nodes else None
            node = placement.choose(task, origin)
            assert node == again.choose(task, origin)  # the same seed and calls
            assert (node is None) == (not may)
            if node is None:
                continue
            assert node in may
            _check(placement, node, task, may, origin or 0)
            load[node] += task.weight
            count[node] += 1
            left = room[node]
            room[node] = None if left is None else left - 1
        assert (placement.load, placement.room, placement.count) == (load, room, count)


def _check(placement: Placement, node: int, task: TaskNeeds, may: list[int], origin: int) -> None:
    """Hold a choice against its definition; the task counts at its node already."""
    load = [each - task.weight * (at == node) for at, each in enumerate(placement.load)]
    count = [each - (at == node) for at, each in enumerate(placement.count)]
    nodes = placement.nodes
    if placement.name == "join-shortest-queue":
        assert count[node] == min(count[at] for at in may)
    elif placement.name == "least-connections":
        assert count[node] / nodes[node].weight == min(count[at] / nodes[at].weight for at in may)
    elif placement.name == "least-loaded":
        free = {at: nodes[at].cpu * nodes[at].weight - load[at] for at in may}
        after = {at: (load[at] + task.weight) / (nodes[at].cpu * nodes[at].weight) for at in may}
        if max(free.values()) > 0:
            assert free[node] == max(free.values())
        else:
            assert after[node] == min(after.values())
    elif placement.name == "locality":
        share = {at: load[at] / (nodes[at].cpu * nodes[at].weight) for at in may}
        free_ones = [at for at in may if nodes[at].cpu - load[at] >= task.weight]
        best = free_ones or [at for at in may if share[at] == min(share.values())]
        assert node in best
        assert _distance(placement, origin, node) == min(_distance(placement, origin, at) for at in best)


def _distance(placement: Placement, one: int, other: int) -> int:
    def way_up(node: int) -> list[int]:
        parent = placement.parents[node]
        return [node] if parent is None else [node, *way_up(parent)]

    ours, theirs = way_up(one), way_up(other)
    common = set(ours) & set(theirs)
    return len(ours) + len(theirs) - 2 * len(common)


@pytest.mark.parametrize("name", ["round-robin", "weighted-round-robin"])
@given(st.integers(1, 7), st.integers(0, 40))
def test_equal_nodes_take_turns_in_their_order(name: str, nodes: int, count: int) -> None:
    found = chosen(name, [ExecutorLoad(2, at) for at in range(nodes)], count)
    assert found == [at % nodes for at in range(count)]


def test_the_smooth_order_is_that_of_nginx() -> None:
    found = chosen("weighted-round-robin", [ExecutorLoad(5, 0), ExecutorLoad(1, 0), ExecutorLoad(1, 0)], 14)
    assert found == [0, 0, 1, 0, 2, 0, 0] * 2


@given(st.lists(st.integers(1, 6), min_size=1, max_size=6), st.data())
def test_each_node_gets_its_share_and_the_order_is_that_of_a_plain_loop(
    cpus: list[int], data: st.DataObject
) -> None:
    placement = made("weighted-round-robin", [ExecutorLoad(cpu, 0) for cpu in cpus])
    credit, is_open = [0] * len(cpus), [True] * len(cpus)
    for _ in range(data.draw(st.integers(0, 30))):
        if data.draw(st.integers(0, 4)) == 0:  # as a server that is down: it is passed over
            at = data.draw(st.integers(0, len(cpus) - 1))
            is_open[at] = not is_open[at]
            placement.set_takes(at, is_open[at])
        among = [at for at in range(len(cpus)) if is_open[at]]
        for at in among:
            credit[at] += cpus[at]
        expected = max(among, key=lambda at: (credit[at], -at), default=None)
        if expected is not None:
            credit[expected] -= sum(cpus[at] for at in among)
        assert placement.choose() == expected
    counts = Counter(chosen("weighted-round-robin", [ExecutorLoad(cpu, 0) for cpu in cpus], 2 * sum(cpus)))
    assert [counts[at] for at in range(len(cpus))] == [2 * cpu for cpu in cpus]


def test_a_node_that_had_its_turn_with_tasks_that_fit_nowhere_else_waits_for_the_others() -> None:
    nodes = [ExecutorLoad(1, 0), ExecutorLoad(1, 0, roles=frozenset({"gpu"})), ExecutorLoad(1, 0)]
    placement = made("round-robin", nodes)
    gpu = TaskNeeds(frozenset({"gpu"}))
    assert [placement.choose(task) for task in (gpu, gpu, TaskNeeds(), TaskNeeds(), TaskNeeds())] == [
        1,
        1,
        0,
        2,
        1,
    ]


@pytest.mark.parametrize("task", [TaskNeeds(), TaskNeeds(frozenset({"gpu", "io"}))])
def test_chance_takes_every_node_that_fits_as_often(task: TaskNeeds) -> None:
    both, one = frozenset({"gpu", "io"}), frozenset({"io"})
    nodes = [ExecutorLoad(1 + at % 3, 0, roles=both if at % 2 else one) for at in range(10)]
    placement = made("random", nodes)
    counts = Counter(placement.choose(task) for _ in range(20_000))
    assert set(counts) == set(range(10))
    assert all(abs(count - 2000) < 250 for count in counts.values())  # more than five deviations


def test_two_choices_are_far_more_even_than_one() -> None:
    nodes = [ExecutorLoad(1, 0)] * 1000
    one, two = (made(name, nodes) for name in ("random", "power-of-two"))
    for _ in range(1000):
        one.choose()
        two.choose()
    assert max(two.load) <= 4 < max(one.load)


def test_of_equal_queues_chance_decides() -> None:
    found = chosen("join-shortest-queue", [ExecutorLoad(1, 0)] * 8, 8)
    assert sorted(number for number in found if number is not None) == list(range(8))
    assert found != list(range(8))


@given(st.lists(st.integers(0, 9), min_size=1, max_size=6), st.integers(1, 20))
def test_where_each_node_has_one_core_three_are_the_same_but_for_which_of_equal_ones_they_take(
    loads: list[int], count: int
) -> None:
    nodes = [ExecutorLoad(1, load) for load in loads]
    ends: set[tuple[int, ...]] = set()
    for name in ("least-loaded", "least-connections", "join-shortest-queue"):
        placement = made(name, nodes)
        for _ in range(count):
            placement.choose()
        ends.add(tuple(sorted(placement.load)))
    assert len(ends) == 1


def test_the_nearest_node_with_a_free_core_is_taken_and_the_root_first_without_an_origin() -> None:
    #      0
    #    1   2
    #   3 4   5
    placement = made("locality", [ExecutorLoad(1, 0)] * 6, [None, 0, 0, 1, 1, 2])
    assert [placement.choose(origin=4) for _ in range(6)] == [4, 1, 0, 3, 2, 5]
    assert placement.choose(origin=4) == 4  # all are equally loaded
    placement.set_load(5, 0)
    assert placement.choose() == 5


def test_sets_of_what_is_near_are_kept_for_few_origins_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("topowave.balancer.placements.locality.BITS_KEPT", 200)
    placement = made("locality", [ExecutorLoad(1, 0)] * 8)
    assert [placement.choose(origin=at) for at in (7, 0, 3)] == [7, 0, 3]
    assert [placement.choose(origin=at) for at in (7, 0, 3, 7, 1)] == [6, 1, 2, 5, 4]


def test_a_heap_does_not_grow_with_what_changes() -> None:
    placement = made("least-loaded", [ExecutorLoad(4, 0)] * 3)
    for step in range(5000):
        node = placement.choose()
        assert node is not None
        placement.set_load(step % 3, step % 5)
    heaps = vars(placement)["_heaps"]
    assert [len(heap.entries) <= heap.most for heap in heaps.values()] == [True]


def test_the_turns_of_few_needs_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("topowave.balancer.placements.weighted_round_robin.RINGS", 2)
    placement = made("weighted-round-robin", [ExecutorLoad(4, 0)] * 2)
    weights = (1, 2, 3, 1, 1, 3)  # the third lets the turns of the first go
    assert [placement.choose(TaskNeeds(weight=weight)) for weight in weights] == [0, 0, 0, 0, 1, 1]
    assert len(vars(placement)["_rings"]) == 2
