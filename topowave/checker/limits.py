"""The limits of the checker, each with its unit."""

from __future__ import annotations

MAX_STATES = 4_000_000
"""States of one network after which a search ends, unless told otherwise; they take about 1 GB."""
LATE_S = 1.0
"""Time after the end of a search's time after which it is ended in the middle of a handler (s)."""
AFTER_S = 5.0
"""Time for looking which networks fail too, once one has failed (s)."""
TIME_S = 60.0
"""Time after which all searches end, unless told otherwise (s)."""
SIMPLE_STATES = 20_000
"""States from which on a search starts anew and leaves out messages that can change nothing any more."""
LARGEST_NETWORK = 64
"""Largest network to check, in nodes: a search of more is hopeless."""
ALL_CONNECTED_NODES = 7
"""Most nodes of `--all-connected`: all connected networks of so many are known."""
MOST_FAULTS = 100
"""Most losses, duplicates or crashes that may be asked for."""
LAST_CHARACTER = 0x10FFFF
"""Most states of single nodes and different messages that can be told apart; the search ends there."""
MOST_CALLS = 40_000
"""Most calls of handlers that look for inert messages; an algorithm with more is searched without."""
FEW_CALLS = 2_000
"""Calls after which it is seen whether states and messages go on and on: every other call meets one."""
LONGEST_SHARED = 4_000
"""Longest list, dict or set of a class that is looked at after every call, in characters of its text."""
TRIED_STATES = 2_000
"""Most states on cycles that are tried for the shortest run without end."""
LONGEST_SHOWN = 60
"""Longest message or value that is shown whole, in characters."""
LONGEST_STATE = 200
"""Longest state of a node that is shown whole, in characters."""
LISTED_LINKS = 10
"""Most links that a network's title lists; one with more is named by its nodes."""
LISTED_NETWORKS = 10
"""Most networks whose search did not end that are named; the rest are counted."""
