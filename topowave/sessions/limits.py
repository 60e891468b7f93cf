"""The limits of sessions, each with its unit."""

from __future__ import annotations

SESSION_NODES = 10_000
"""Most nodes of a network that can be stepped through."""
MOST_INTERVENTIONS = 100_000
"""Most interventions that one branch remembers, so that a session can go back; a further one is refused."""
MOST_BRANCHES = 1_000
"""Most branches of a session; a further one is refused."""
LONGEST_NAME = 80
"""Longest name of a branch, in characters."""
CHECKPOINT_EVENTS = 128
"""Events between two checkpoints of a run, to begin with: so many are played again at most to go back."""
CHECKPOINT_BYTES = 256 * 1024 * 1024
"""Memory for the checkpoints of a session (bytes, estimated); above it every second one is given up."""
CACHED_ROWS = 64
"""Stretches of `CHECKPOINT_EVENTS` events whose rows are kept, so that scrolling to and fro is cheap."""
MOST_BREAKPOINTS = 100
"""Most breakpoints that a session looks for at once; more are refused."""
LONGEST_CONDITION = 200
"""Longest condition of a breakpoint, in characters."""
COMPARED_EVENTS = 200_000
"""Events after which two branches without a difference count as without one."""
REMEMBERED_MOVES = 10_000
"""Moves that can be taken back with `undo`."""
