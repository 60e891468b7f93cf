from __future__ import annotations

from array import array
from itertools import product
from random import Random

import pytest

from topowave.checker.state_graph import NOWHERE, StateGraph, StatePath


def graph(*rows: list[tuple[int, int]]) -> StateGraph:
    """Return the graph in which state i has the steps `rows[i]`, each with target and messages sent."""
    made = StateGraph()
    parent = {0: NOWHERE}
    for state, row in enumerate(rows):
        made.begins.append(made.steps)
        for target, sent in row:
            made.targets.append(target)
            made.sent.append(sent)
            parent.setdefault(target, state)
    made.parents = array("I", [parent[state] for state in range(len(rows))])
    return made


def test_a_way_goes_along_the_parents() -> None:
    assert graph([(1, 1), (2, 1)], [(3, 0)], [(3, 0)], []).path_to(3) == (0, 1, 3)


def test_counts_are_the_least_and_the_most_of_all_ways() -> None:
    made = graph([(1, 1), (2, 5)], [(3, 1)], [(3, 0)], [])
    order, marked = made.order()
    assert sorted(order) == [0, 1, 2, 3]
    assert not any(marked)
    least, most = made.counts(order)
    assert list(least) == [0, 1, 5, 2]
    assert list(most) == [0, 1, 5, 5]


def test_states_on_a_circle_and_behind_one_are_marked() -> None:
    order, marked = graph([(1, 0), (3, 0)], [(2, 0)], [(1, 0), (4, 0)], [], []).order()
    assert list(order) == [0, 3]
    assert list(marked) == [0, 1, 1, 0, 1]


def test_the_shortest_way_round_is_found() -> None:
    made = graph([(1, 0), (2, 0)], [(3, 0)], [(2, 0)], [(1, 0)])
    parts = list(made.strongly_connected_components(made.order()[1]))
    assert sorted(parts) == [[1, 3], [2]]
    assert made.shortest_lasso([1, 3], lambda _: True) == StatePath((0, 1, 3), 1)
    assert made.shortest_lasso([2], lambda _: True) == StatePath((0, 2), 1)
    assert made.shortest_lasso([2], lambda _: False) is None


def test_a_way_with_a_wanted_count_need_not_be_the_shortest_way_to_its_state() -> None:
    made = graph([(1, 1), (2, 1)], [(3, 0)], [(1, 1)], [])
    assert made.shortest(lambda state, sent: state == 3 and sent == 1) == StatePath((0, 1, 3))
    assert made.shortest(lambda state, sent: state == 3 and sent == 2) == StatePath((0, 2, 1, 3))
    assert made.shortest(lambda state, sent: state == 3 and sent == 2, longest=2) is None
    assert made.shortest(lambda _, sent: sent == 3) is None


@pytest.mark.parametrize("seed", range(20))
def test_circles_are_those_that_following_every_step_finds(seed: int) -> None:
    random = Random(seed)
    size = 7
    steps = [pair for pair in product(range(size), repeat=2) if random.random() < 0.2]
    rows = [[(b, 0) for a, b in steps if a == state] for state in range(size)]
    made = (
        graph(*rows)
        if _reaches_all(rows)
        else graph(*[[*row, (i + 1, 0)] for i, row in enumerate(rows[:-1])], rows[-1])
    )
    edges = [{made.targets[step] for step in made.steps_of(state)} for state in range(size)]
    reach = [_behind(edges, state) for state in range(size)]
    expected = {frozenset(b for b in reach[a] if a in reach[b]) for a in range(size) if a in reach[a]}
    assert {frozenset(part) for part in made.strongly_connected_components(made.order()[1])} == expected


def _reaches_all(rows: list[list[tuple[int, int]]]) -> bool:
    return len({target for row in rows for target, _ in row} | {0}) == len(rows)


def _behind(edges: list[set[int]], state: int) -> set[int]:
    found: set[int] = set()
    todo = [state]
    while todo:
        for target in edges[todo.pop()] - found:
            found.add(target)
            todo.append(target)
    return found
