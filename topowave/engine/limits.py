"""The engine's limits: what one task may be, print and return, and how long the engine waits for what."""

from __future__ import annotations

PARAMS_BYTES = 1_000_000
"""Largest `params` of a task, as JSON (bytes)."""
RESULT_BYTES = 16_000_000
"""Largest result of a task, as JSON (bytes)."""
JSON_DEPTH = 500
"""How deep the `params` and the result of a task may be nested: whoever reads them follows as deep."""
OUTPUT_CHARACTERS = 65_536
"""How much of what a task prints is kept; what comes after it is counted and left out (characters)."""
ERROR_CHARACTERS = 4_000
"""How much of an error's text is kept (characters)."""
TIMEOUT_S = 300.0
"""How long a task may run that names no timeout of its own, unless the settings say otherwise (s)."""
MEMORY_MB = 2_000
"""Memory that a worker process may take beyond what it begins with, unless the settings say more (MB)."""
THREAD_MB = 80
"""What is added to that for each thread of a worker: its stack and its arena are address space too (MB)."""
QUEUE_SIZE = 10_000_000
"""Largest size of a queue (tasks, results)."""
WORKERS = 1_024
"""Most worker processes of a kind."""
THREADS = 1_024
"""Most tasks that one worker process runs at once."""
RETRIES = 1_000
"""Most retries of one task."""
TASK_SECONDS = 31_536_000.0
"""Longest time that may be set for anything: a year (s)."""
RETRY_DELAY_S = 0.1
"""How long a task waits before its first retry; before each further one twice as long (s)."""
RETRY_DELAY_MOST_S = 5.0
"""How long a task waits before a retry, in the end (s)."""
TINY_S = 0.002
"""How long the tasks of a script usually take if a worker is given several at once (s)."""
CHUNK_S = 0.01
"""How much work a worker is then given at once (s): so long a more urgent task may wait for it."""
CHUNK_TASKS = 250
"""How many tasks that is, at most."""
SHORT_S = 0.1
"""How long tasks of a script usually take if they may be given to a worker that is busy, so that it need not
wait for the next one (s)."""
LATE_S = 0.05
"""How long a worker is at a task before what waits behind it goes to others that have nothing to do (s)."""
CLAIM_S = 0.1
"""How long the engine waits for a worker that is just about to begin a task (s)."""
OUTBOX_BYTES = 65_536
"""How much a worker may keep of what it has to say of such tasks (bytes)."""
OUTBOX_S = 0.01
"""How long it keeps it, at most (s)."""
OUTBOX_THREADS_S = 0.004
"""The same of a worker with threads, all of which have something to do (s)."""
OPEN_FILES_SHARE = 0.75
"""Share of the files that a process may have open from which a worker gets no more tasks."""
START_S = 60.0
"""How long a worker process may take to start (s)."""
FAILED_STARTS = 3
"""How many worker processes in a row may end while they start before tasks of their kind fail."""
END_S = 2.0
"""How long a worker process that was told to end may take, before it is killed (s)."""
PING_S = 2.0
"""How long a worker with an overdue task may take to answer before its other tasks go elsewhere (s)."""
CHILDREN_S = 0.2
"""How long what a script started may still run when the script has returned (s)."""
