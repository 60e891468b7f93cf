"""Open files: what a lab needs, and the refusal where that is too much."""

import resource

import pytest

from topowave.orchestrator.descriptors import check_descriptors, descriptors_of
from topowave.orchestrator.limits import DESCRIPTORS_SPARE
from topowave.topology import Problems, generate


def test_a_hub_needs_two_for_every_neighbour() -> None:
    star = generate("star", nodes=101, seed=1)
    hub = star.root.name
    assert descriptors_of(star, (hub,), 101) == 2 + 2 * 100 + DESCRIPTORS_SPARE
    leaf = star.nodes[1].name
    assert descriptors_of(star, (leaf,), 101) == 101 + DESCRIPTORS_SPARE
    assert descriptors_of(star, (leaf,), 1) == 4 + DESCRIPTORS_SPARE


def test_a_lab_at_the_limit_is_taken_and_one_above_it_is_refused_with_both_numbers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    star = generate("star", nodes=101, seed=1)
    parts = [tuple(node.name for node in star.nodes)]
    needed = descriptors_of(star, parts[0], 101)

    def limit(_: int) -> tuple[int, int]:
        return allowed, allowed

    monkeypatch.setattr(resource, "getrlimit", limit)
    allowed = needed
    check_descriptors(star, parts)
    allowed = needed - 1
    with pytest.raises(
        Problems, match=f"needs {needed} open files in one process and the system allows {allowed}"
    ):
        check_descriptors(star, parts)
    allowed = resource.RLIM_INFINITY
    check_descriptors(star, parts)
