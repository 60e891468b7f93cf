"""The quick form of least loaded chooses as the placement itself does."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from topowave.balancer.placements.base import ExecutorLoad, Executors
from topowave.balancer.placements.least_loaded import LeastLoaded
from topowave.load.placing import Placing
from topowave.load.quick_placing import QuickLeastLoaded

acts = st.lists(
    st.tuples(st.sampled_from(["place", "place", "given", "gone", "down", "up"]), st.integers(0, 3))
)


@given(st.lists(st.integers(1, 6), min_size=4, max_size=4), acts)
@settings(max_examples=200, deadline=None)
def test_it_chooses_as_least_loaded_does(cpus: list[int], asked: list[tuple[str, int]]) -> None:
    quick = QuickLeastLoaded(cpus, [True] * 4)
    usual = Placing(LeastLoaded(Executors([ExecutorLoad(cpu, 0) for cpu in cpus], Random(1))))
    load = [0] * 4
    for act, node in asked:
        if act == "place":
            chosen = quick.place(1, 0.0)
            assert chosen == usual.place(1, 0.0)
            if chosen >= 0:
                load[chosen] += 1
        elif act == "given":
            quick.given(node, 1)
            usual.given(node, 1)
            load[node] += 1
        elif act == "gone" and load[node]:
            quick.gone(node, 1, 0.0)
            usual.gone(node, 1, 0.0)
            load[node] -= 1
        elif act in {"down", "up"}:
            quick.set_takes(node, takes=act == "up")
            usual.set_takes(node, takes=act == "up")


def test_its_heap_does_not_grow_with_the_number_of_tasks() -> None:
    quick = QuickLeastLoaded([2, 2], [True, True])
    for _ in range(5000):
        quick.gone(quick.place(1, 0.0), 1, 0.0)
    assert quick.place(1, 0.0) == 0
    assert quick.place(1, 0.0) == 1


def test_a_placement_hears_of_ends_only_after_its_delay() -> None:
    late = Placing(LeastLoaded(Executors([ExecutorLoad(1, 0), ExecutorLoad(1, 0)], Random(1))), delay=2.0)
    assert [late.place(1, 0.0), late.place(1, 0.0)] == [0, 1]
    late.gone(1, 1, 1.0)
    assert late.place(1, 2.9) == 0
    late.gone(1, 0, 3.0, 0)
    assert late.place(1, 3.0) == 1
