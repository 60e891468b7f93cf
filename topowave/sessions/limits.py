"""The limits of sessions, each with its unit."""

from __future__ import annotations

SESSION_NODES = 10_000
"""Most nodes of a network that can be stepped through."""
DRAWN_NODES = 1_000
"""Most nodes of a network that is drawn by hand."""
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
EVENTS_BEHIND = 2_000
"""Events behind a counterexample after which its run ends as one that does not: its networks are small."""
FIFO_CHECK_S = 5.0
"""Seconds for finding out whether a mistake is none on FIFO links; later it is not said."""
CHECK_NODES = 4
"""Nodes of the largest networks on which a session looks for a failing order, if none are asked for."""
CHECK_MOST_NODES = 5
"""Most nodes of these networks; more are refused."""
CHECK_S = 20.0
"""Seconds that such a search takes, unless it is asked for another time."""
CHECK_MOST_S = 120.0
"""Longest time of such a search (s); a longer one is refused."""
REMEMBERED_MOVES = 10_000
"""Moves that can be taken back with `undo`."""

MOST_SESSIONS = 8
"""Most sessions that a server has at a time, each a process of its own; a further one is refused."""
SESSION_MB = 1500
"""MB that the process of a session may take beyond what it has at its start."""
SESSION_NICE = 5
"""Steps by which the process of a session gives way to others (as `nice` counts them)."""
SESSION_HANDLER_S = 5.0
"""Seconds that a handler of a class may take in a session; then the run ends with a mistake of the class."""
STUCK_S = 15.0
"""Seconds without a word after which the process of a session is killed that is at something."""
OPEN_S = 60.0
"""The same while it starts, loads a class and makes a network (s)."""
IDLE_S = 1800.0
"""Seconds for which nobody has asked a session for anything, after which it ends."""
GRACE_S = 30.0
"""Seconds that a session waits for its page to come back, once its WebSocket has closed; then it ends."""
DUMP_S = 3.0
"""Seconds that a process which is stuck has to say where it is, before it is killed."""
BEAT_S = 0.25
"""Seconds between two words of a process that it is getting on with something long."""
ASKS_WAITING = 32
"""Most asks of a session that wait for the one before them; a further one is refused."""
ANSWER_BYTES = 8 * 1024 * 1024
"""Longest answer of a session, in bytes of JSON; of what is longer, less has to be asked for."""
ANSWER_TIMEOUT = 10.0
"""Seconds that a page may take to read an answer before its WebSocket is closed."""
PRINTED_CHARS = 20_000
"""Characters of what a class prints that wait for the page to read them; what is more is counted."""
ROWS_ASKED = 2_000
"""Most events whose rows one ask returns."""
LISTED = 1_000
"""Most nodes, or pending events, of which one ask tells."""
TRACE_CHARS = 1_000_000
"""Characters of a trace in one answer, about: it ends with a whole line."""
VALUE_CHARS = 2_000
"""Characters of one variable, message or decided value that are shown; of a longer one the beginning."""
CLASS_CHARS = 1_000_000
"""Longest text of a class, or of a network's file, in characters."""
EXPORTED_EVENTS = 20_000
"""Most events, of all branches together, of a session that goes into a file or a page's memory as a whole."""
FILE_NAME_CHARS = 100
"""Longest name of such a file, in characters."""
