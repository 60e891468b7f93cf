"""The balancing policies that come with Topowave, by name."""

from __future__ import annotations

from topowave.balancer.policies.base import Policy
from topowave.balancer.policies.course_heap import CourseHeap
from topowave.balancer.policies.dimension_exchange import DimensionExchange
from topowave.balancer.policies.finn_spread import FinnSpread
from topowave.balancer.policies.first_order_diffusion import FirstOrderDiffusion
from topowave.balancer.policies.max_load_heap import MaxLoadHeap
from topowave.balancer.policies.predictive import Predictive
from topowave.balancer.policies.receiver_initiated import ReceiverInitiated
from topowave.balancer.policies.second_order_diffusion import SecondOrderDiffusion
from topowave.balancer.policies.sender_initiated import SenderInitiated
from topowave.balancer.policies.tree_exact import TreeExact
from topowave.balancer.policies.work_stealing import WorkStealing

POLICIES: dict[str, type[Policy]] = {
    policy.name: policy
    for policy in (
        MaxLoadHeap,
        Predictive,
        TreeExact,
        FirstOrderDiffusion,
        SecondOrderDiffusion,
        DimensionExchange,
        WorkStealing,
        ReceiverInitiated,
        SenderInitiated,
        FinnSpread,
        CourseHeap,
    )
}  # fmt: skip
"""Every policy by its name; `policy` in config.json chooses one."""


def find_policy(name: str) -> type[Policy]:
    """Return the policy called `name`. Raises KeyError with a sentence that lists the names there are."""
    found = POLICIES.get(name)
    if found is None:
        raise KeyError(f"there is no policy {name!r}; there are {', '.join(POLICIES)}")
    return found
