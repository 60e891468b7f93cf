"""The limits of workloads and of what is made of them, each with its unit."""

from __future__ import annotations

MOST_TASKS = 10_000_000
"""Most tasks of one workload."""
LONGEST_TASK = 1e9
"""Longest duration of a task of a workload, and its latest arrival, in seconds: 31 years."""
CATEGORY_CHARS = 200
"""Longest category of a task of a workload, in characters: as a lab takes it."""
LINE_BYTES = 10_000
"""Longest line of a log, in bytes."""
LOG_BYTES = 4 * 1024**3
"""Largest log, unpacked, in bytes: a small file may unpack to any size."""
CHUNK_BYTES = 1024 * 1024
"""Bytes of a log that are read at a time."""
SPEC_CHARS = 5_000
"""Longest text that describes a workload, in characters."""
CHOICES = 1_000
"""Most values of a parameter from which each task gets one."""
LARGEST_RATE = 1e9
"""Largest rate of arrivals, in tasks a second."""
