"""The limits of the simulator, each with its unit."""

from __future__ import annotations

MAX_EVENTS = 5_000_000
"""Events after which a run ends as one that does not, unless told otherwise or more are to be expected."""
PAST_NODES = 10_000
"""Nodes up to which a run has bits and dependence looked at; a larger network goes to the fast kernel."""
MOST_FAULTS = 100_000
"""Most entries of a fault file."""
LONGEST_SHOWN = 60
"""Characters of a message that the description of an algorithm's error repeats."""
WITNESSES = 3
"""Witnesses that are named for one violated property; the rest are counted."""
BUCKETS = 256
"""Buckets of time into which the fast kernel divides a typical delay."""
AT_A_TIME = 10_000
"""Events of the fast kernel between two looks at whether it must end."""
