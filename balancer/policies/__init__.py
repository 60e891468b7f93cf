"""Balancing policies: pure functions from what a wave saw to a list of moves.

What a policy of one's own needs is offered here; `topowave.balancer.policies.registry` has those that come
with Topowave.
"""

from topowave.balancer.policies.base import (
    LoadView,
    Move,
    NodeLoad,
    Policy,
    PolicySettings,
    WrongPlanError,
    plan_checked,
)

__all__ = ["LoadView", "Move", "NodeLoad", "Policy", "PolicySettings", "WrongPlanError", "plan_checked"]
