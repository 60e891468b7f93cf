"""The limits of workloads and of what is made of them, each with its unit."""

from __future__ import annotations

MOST_TASKS = 10_000_000
"""Most tasks of one workload."""
LONGEST_TASK = 1e9
"""Longest duration and deadline of a task of a workload, and its latest arrival, in seconds: 31 years."""
CATEGORY_CHARS = 200
"""Longest category of a task of a workload, in characters: as a lab takes it."""
