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
TASKS_AT_ONCE = 1_000
"""Most tasks of a workload that are sent to a lab in one request: what it takes."""
RETRY_USUAL = 0.5
"""Seconds before a batch is sent again that had no answer, or one that does not say when to ask again."""
RETRY_MOST = 5.0
"""Seconds between two attempts to send a batch, at the most, whatever an answer says."""
PATIENCE = 30.0
"""Seconds after which a lab that takes a batch at no attempt is given up, unless the user says otherwise."""
ANSWER_WAIT = 30.0
"""Seconds that the answer to a batch may take beyond what is usual: its tasks are placed meanwhile."""
POLL_LEAST = 0.2
"""Seconds between two looks at whether the tasks of a workload are over, at the least."""
POLL_SHARE = 0.2
"""Share of the time that such looks may take at the most."""
RECORDING_BYTES = 512 * 1024**2
"""Largest recording of a live run that is read, in bytes."""
ROUNDS_LOOK = 10.0
"""Seconds between two looks at the rounds of a lab that is recorded, at least: it keeps the last thousand."""
WRITTEN_LATE = 1.0
"""Seconds by which a recorded end or begin of a task may be later than it was: nodes write many together."""
HOP_ROWS = 2000
"""Nodes from which the distances to all others are kept, as tasks move from them."""
SAMPLES = 200
"""Looks at how evenly the nodes are loaded while tasks come, unless the run says how often."""
MOST_SAMPLES = 100_000
"""Most looks at how evenly the nodes are loaded in one run."""
MOST_ROUNDS = 1_000_000
"""Most rounds of rebalancing of one run in virtual time."""
