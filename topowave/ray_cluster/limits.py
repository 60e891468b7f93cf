"""The limits of what is done with Ray, each with its unit."""

from __future__ import annotations

CONNECT_S = 5.0
"""Seconds in which somebody has to answer at the address of a Ray cluster."""
STORE_BYTES = 100 * 2**20
"""Bytes of memory that a Ray of this machine's own sets aside for what it sends: a scenario, and rows."""
STARTS = 3
"""Times that a Ray of this machine's own is started until it is there."""
SURVEY_S = 60.0
"""Seconds in which every machine of a Ray cluster has to say what is installed there."""
MOST_AGENTS = 1_000
"""Agents that one lab may have Ray start; each is a process of Ray's, with some 60 MB of its own."""
AGENT_CPUS = 0.5
"""CPUs that Ray sets aside for an agent where it has one for each; the rest is for others in the cluster, and
for the agents of a machine that is gone."""
ROOM_S = 60.0
"""Seconds in which Ray has to find room for all agents, before that is told."""
AGENT_PAUSE_S = 1.0
"""Seconds before an agent that has ended is started again; after each further end twice as many."""
AGENT_LONGEST_PAUSE_S = 30.0
"""Seconds before an agent that ends again and again is started again, at the most."""
AGENT_END_S = 1.5
"""Seconds in which agents that were told to end have to be gone; then Ray kills them."""
LAST_LINES = 20
"""Lines that an agent has printed last, of which the end of it is told."""
