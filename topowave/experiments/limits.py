"""The limits of experiments, each with its unit."""

from __future__ import annotations

MOST_RUNS = 1_000_000
"""Runs of a scenario: the product of its lists."""
MOST_SEEDS = 100_000
"""Seeds of a scenario."""
MOST_LEVELS = 1_000
"""Entries of one list of a scenario."""
LONGEST_TEXT = 2_000
"""Characters of a text in a scenario."""
CHUNK_S = 0.5
"""Seconds of work that a process is given at once, as far as it can be foreseen."""
MOST_CHUNK = 200
"""Runs that a process is given at once."""
AHEAD = 3
"""Portions of work a process that wait for it, so that it never waits for one."""
SAVE_S = 1.0
"""Seconds after which finished runs are on the disk at the latest."""
PARENT_LOOK_S = 1.0
"""Seconds after which a process of an experiment ends at the latest once its parent was killed."""
RESAMPLES = 9_999
"""Resamples of a bootstrap (Davison and Hinkley 1997 ask for at least 999 for an interval of 95 %)."""
CONFIDENCE = 0.95
"""Of every interval."""
