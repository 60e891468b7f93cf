"""Limits of a network that no other test reaches: at each of them, and one above."""

from __future__ import annotations

import pytest

from topowave.topology import Problems, Topology
from topowave.topology.limits import MAX_LINK_DELAY_MS, MAX_NAME, MAX_PORT, MIN_PORT


def network(**fields: object) -> dict[str, object]:
    child: dict[str, object] = {"name": "leaf", "port": 8001, "cpu": 1}
    child |= fields
    return {"name": "root", "port": 8000, "cpu": 1, "children": [child]}


FIELDS: list[tuple[str, object, object]] = [
    ("name", "n" * MAX_NAME, "n" * (MAX_NAME + 1)),
    ("role", "r" * MAX_NAME, "r" * (MAX_NAME + 1)),
    ("link_delay", MAX_LINK_DELAY_MS, MAX_LINK_DELAY_MS + 1),
    ("port", MAX_PORT, MAX_PORT + 1),
    ("port", MIN_PORT, MIN_PORT - 1),
]


@pytest.mark.parametrize(("field", "most", "above"), FIELDS)
def test_a_value_at_the_limit_is_taken_and_one_above_is_refused(
    field: str, most: object, above: object
) -> None:
    Topology.from_json(network(**{field: most}))
    with pytest.raises(Problems) as refused:
        Topology.from_json(network(**{field: above}))
    (line,) = refused.value.problems
    assert field in line
