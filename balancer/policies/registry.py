"""The balancing policies that come with Topowave, by name."""

from __future__ import annotations

from topowave.balancer.policies.base import Policy
from topowave.balancer.policies.max_load_heap import MaxLoadHeap

POLICIES: dict[str, type[Policy]] = {
    policy.name: policy
    for policy in (
        MaxLoadHeap,
    )
}  # fmt: skip
"""Every policy by its name; `policy` in config.json chooses one."""


def find_policy(name: str) -> type[Policy]:
    """Return the policy called `name`. Raises KeyError with a sentence that lists the names there are."""
    found = POLICIES.get(name)
    if found is None:
        raise KeyError(f"there is no policy {name!r}; there are {', '.join(POLICIES)}")
    return found
