"""Every limit of the orchestrator, with its unit."""

STOP_GRACE_S = 2.5
"""How long a process may take to end after SIGTERM, before it is killed (s)."""
START_DEADLINE_S = 60.0
"""How long a process may take to say that it is ready, before it is killed and counts as dead (s)."""
FLEET_DEADLINE_S = 300.0
"""As long may the process take that starts agents elsewhere, which begins by starting a cluster (s)."""
START_PAUSE_S = 2.0
"""Pause before a process that the system could not start is tried again (s)."""
RESTARTS = 5
"""How often a process is started again within `RESTARTS_WINDOW_S`, before it is given up."""
RESTARTS_WINDOW_S = 60.0
"""The window in which restarts are counted (s)."""
AGENTS_STOP_S = 6.0
"""How long agents may take to end what they run of a lab that stops, before it ends without them (s)."""
KILL_AGAIN_S = 5.0
"""Pause before a process on an agent that did not become ready in time is killed once more (s)."""
HELD_BACK_S = 0.25
"""Pause before it is looked again whether a process may start on an agent where nodes are joining (s)."""
UNSEEN_WORDS = 4
"""How often an agent speaks without a process that it was told to end and has never listed, until that counts
as ended: more often than it may go without an answer, so it has heard what it was told."""
BACKLOG = 1024
"""Connections that wait on a listening socket, as while its node is being started again."""
CONTROL_LINE_BYTES = 16 * 1024 * 1024
"""Longest control message from the balancer (bytes); a topology of 10,000 nodes takes about 1 MB."""
CONTROL_REPLIES = 64
"""Answers that may wait for a slow balancer; until it takes them, nothing more is read from it."""
CONTROL_CHUNK_BYTES = 64 * 1024
"""How much is read from the control channel at once (bytes)."""
DESCRIPTORS_SPARE = 200
"""File descriptors that a process needs besides those for its ports and links: requests, browsers, files."""
COLLECTIONS = (20_000, 20, 20)
"""New objects until a server looks for garbage among them; such looks until it looks among older ones too;
those until it looks among all, which for 500 nodes holds a wave up for 0.1 s or more."""
NODES_A_CORE = 32
"""Nodes for each core up to which every node has a process of its own, if nobody says otherwise."""
PROCESS_MB = 15
"""Memory that the process of one node takes (MB)."""
MEMORY_SHARE = 0.5
"""Part of the free memory that the processes of the nodes may take together, if nobody says otherwise."""
OUTPUT_RETRY_S = 0.1
"""Time between two attempts to show what a terminal has not taken yet (s)."""
PRINTED_LINES = 200
"""Lines that one process may print (not log) in `PRINTED_S`, as a user's class does; more are counted."""
PRINTED_S = 10.0
"""The time in which such lines are counted (s)."""
PRINTED_CHARS = 500
"""Longest such line that is shown whole, in characters."""
PRINTED_CHUNK_BYTES = 64 * 1024
"""How much is read at once of what a process prints (bytes): as much as a pipe holds."""
AGENT_LOOK_S = 1.0
"""An agent looks at its clock at least so often, since a timer stands still while the machine sleeps (s)."""
PROBE_INTERVAL_S = 0.1
"""Time between two looks whether the command of an agent serves already (s)."""
PROBE_TIMEOUT_S = 0.2
"""How long one such look may take (s)."""
LINK_PAUSE_FIRST_S = 0.05
"""Pause before an agent tries for the second time to reach its controller (s); each one is twice the last."""
LINK_PAUSE_S = 2.0
"""What those pauses grow to, and the pause before a link that ended is started again (s)."""
BEATS_KEPT = 1000
"""Heartbeats of an agent that may wait for their answers; the time of sending of older ones is forgotten."""
ENDED_KEPT = 10_000
"""Processes that have ended and that an agent remembers, so that none of them is started again."""
