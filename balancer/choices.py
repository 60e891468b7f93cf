"""What the settings may name that choose one thing of several."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from topowave.balancer.placements.registry import PLACEMENTS
from topowave.balancer.policies.registry import POLICIES
from topowave.tasks.disciplines.registry import DISCIPLINES

CHOICES: Mapping[str, Collection[str]] = {
    "policy": POLICIES,
    "placement": PLACEMENTS,
    "discipline": DISCIPLINES,
}
"""For each of those settings of config.json the names that it may have."""
