"""Nodes that are down together: by the tree, and by their processes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from topowave.balancer.alerts.down_nodes import causes


def of_path(down: list[int], process: int = 1) -> dict[str, str]:
    """Return the causes on a path of numbers, each `process` of which share a process."""

    def together(name: str) -> list[str]:
        first = int(name) // process * process
        return [str(number) for number in range(first, first + process)]

    names = list(map(str, down))
    return causes(names, lambda name: str(int(name) - 1) if name != "0" else None, together)


def test_a_dead_part_of_the_tree_has_its_topmost_node_as_its_cause() -> None:
    assert of_path([2, 3, 4, 7, 8]) == {"2": "2", "3": "2", "4": "2", "7": "7", "8": "7"}


def test_nodes_of_one_process_are_down_together_wherever_they_are() -> None:
    assert causes(["a", "z"], lambda _: None, lambda _: ["a", "z"]) == {"a": "a", "z": "a"}
    assert of_path([0, 1, 3], process=2) == {"0": "0", "1": "0", "3": "3"}


@given(st.sets(st.integers(0, 60)), st.integers(1, 4))
def test_a_cause_is_down_itself_and_comes_first(down: set[int], process: int) -> None:
    found = of_path(sorted(down), process)
    assert found.keys() == set(map(str, down))
    assert all(cause in found and int(cause) <= int(name) for name, cause in found.items())
    assert all(found[cause] == cause for cause in found.values())
