"""Every limit of the running lab: a name, a unit, one place."""

FRAME_BYTES = 4 * 1024 * 1024
"""Largest WebSocket frame that is read, in bytes; a longer one closes its connection with code 1009."""
FRAME_PARTS = 1000
"""Most parts in which one WebSocket frame may come (RFC 6455 calls them fragments), empty ones included."""
UNFINISHED_BYTES = 64 * 1024 * 1024
"""Most bytes of frames that have not ended, of all clients of a process; whoever sends more is refused."""
BODY_BYTES = 4 * 1024 * 1024
"""Largest body of an HTTP request, in bytes."""
BODIES_BYTES = 32 * 1024 * 1024
"""Most bytes of bodies of the requests that a process has not answered; a further one is refused with 503."""
SMALL_BODY_BYTES = 16 * 1024
"""Bytes of each body that do not count there, so that a large one keeps no small one out."""
ANSWER_BYTES = 4 * 1024 * 1024
"""Largest answer to a request of the lab's own that is read, in bytes."""
TEXT_CHARS = 200
"""Longest name and longest id in a report to the balancer, in characters."""
URL_CHARS = 2048
"""Longest address in a report to the balancer, in characters."""
SEND_BUFFER_BYTES = 16 * 1024 * 1024
"""Most bytes that may wait on one link for a peer that does not read; past it the link is given up."""
SEND_TIMEOUT = 2.0
"""Seconds that a peer may stop reading before its connection is given up."""
REQUEST_TIMEOUT = 4.0
"""Seconds that a request, headers and body, may take to come in."""
GONE_TIMEOUT = 4.0
"""Seconds after which a client on another machine that is gone without a word counts as gone."""
LAG_INTERVAL = 0.5
"""Seconds between two looks at how late an event loop is."""
LAG_WATCHED = 150.0
"""Seconds for which it is looked at after each reading of a server's metrics."""
KEEP_ALIVE = 30
"""Seconds for which a server keeps a connection on which nobody asks anything."""
IDLE_CONNECTION = 2.0
"""Seconds for which a client of the lab's own uses an idle connection again; far below KEEP_ALIVE."""
CONNECT_TIMEOUT = 2.0
"""Seconds for a connection and its WebSocket handshake, from its own turn on."""
HANDSHAKES = 100
"""Connections that one process opens at a time; further ones wait for their turn."""
RECONNECT_FIRST = 0.02
"""Seconds before the first attempt to repair a broken link; doubles with each further one."""
RECONNECT_MOST = 0.5
"""Seconds between two attempts to repair a link, at the most."""
PING_INTERVAL = 20.0
"""Seconds between the pings of a server to an idle client."""
PING_TIMEOUT = 5.0
"""Seconds that a client may take to answer a ping."""
STOP_TIMEOUT = 1
"""Seconds that open requests get to finish when a server stops."""
CONNECTIONS = 4096
"""Most connections to one server at a time: the links of a hub with a thousand neighbours, and visitors."""
BACKLOG = 1024
"""Connections that the kernel lets wait to be accepted."""

RECURSION = 20_000
"""Depth to which a process follows nested data, in Python's frames; an echo's report nests twice a hop."""
MESSAGE_BYTES = FRAME_BYTES - 64 * 1024
"""Longest message of an algorithm, in bytes of JSON: with what is around it, it has to fit into a frame."""
VALUE_BYTES = 4096
"""Longest decided value, and final state of a node, that is reported whole, in bytes of JSON."""
WAVES = 10_000
"""Most waves that one node takes part in at a time; a further one is refused."""
WAVES_REMEMBERED = 10_000
"""Most ended waves whose ids a node remembers until they expire; past it the oldest is forgotten."""
TIMERS = 10_000
"""Most timers of one node in one wave that are set at a time; a class that sets more makes a mistake."""
HANDLER_TIMEOUT = 2.0
"""Seconds that a handler of a user's own class may run before the wave goes on without it."""
HANDLER_MOST = 3.0
"""Seconds of a processor that a handler may use which cannot be ended so, before its process is ended."""
HANDLER_MEMORY_MB = 1000
"""MB that a process of nodes may grow by while handlers of users' classes run; one that takes more fails."""
WAVE_LIFE = 900
"""Seconds after which a node drops its part in a wave, whatever the frame that began it said."""
WAVE_EVENTS = 200_000
"""Most events of one wave that one node records; the rest is counted, not kept."""
HOLD_MOST = 3600
"""Seconds for which a wave may be held at the most, so that messages wait to be let through by hand."""
HELD_MESSAGES = 1000
"""Most messages of a held wave that wait at one node; where another comes, the oldest is handled."""
HELD_BYTES = 400
"""Longest message that waits and is shown whole, in bytes of JSON."""
EXTERNAL_REPLIES = 16
"""Most addresses outside the neighbourhood that a node answers at a time."""
ANSWERS_WAITING = 1000
"""Most answers that wait for addresses outside the neighbourhood; a further one is dropped."""
SENDERS = 1000
"""Most sender addresses that a node remembers."""
FOREIGN_WAITING = 100
"""Most frames that wait for a foreign neighbour, to which waves go one at a time."""
STOOD_STILL = 0.1
"""Seconds by which a wait ends late where its process, or the machine, stood still meanwhile."""
PING_WAITS = 3
"""Times at most that the answer to one ping is waited for, if each wait but the last ended so late."""
PROBE_PAUSES = 4
"""Times `probe_after` between two probes of one wave, at the most: the pause doubles up to that."""
BAD_FRAME_PAUSE = 0.5
"""Seconds between two reports of what a foreign neighbour sent that was not understood, at least."""
OPENINGS_INTERVAL = 0.25
"""Seconds between two reports of a process on how many of its links are still to be opened, at least."""
UNSENT_FRAMES = 10_000
"""Most frames that wait for a link that is being opened, and most that its delay holds back."""
UNSENT_REPORTS = 1000
"""Most reports that wait for the balancer while it is away; the oldest are dropped and counted."""

CUT_USUAL = 5.0
"""Seconds for which a node is cut off, if nobody says how long."""
CUT_LEAST = 0.1
"""Seconds for which a node may be cut off at a time, at the least."""
CUT_MOST = 60.0
"""Seconds for which a node may be cut off at a time, at the most."""

ADD_TASKS = 10_000
"""Most tasks that one request may add."""
MOVE_TIMEOUT = 2.0
"""Seconds that a node waits for another's answer in a move of tasks, before it asks again."""
MOVES_OPEN = 1000
"""Most moves that one node has open at a time, in either direction."""

WAVES_PER_INCARNATION = 1_000_000
"""Waves that one incarnation of a process may number."""
REPORT_EVENTS = 2000
"""Events after which a report is full and leaves at once."""
REPORT_BYTES = 512 * 1024
"""Size of the messages, in bytes, after which a report of their events is full: far below FRAME_BYTES."""
EVENTS_DELAY = 0.02
"""Seconds without an event after which a process reports the events of its nodes."""
EVENTS_MOST = 0.2
"""Seconds after which it reports them even if there is no pause."""
LOAD_DELAY = 0.1
"""Seconds between two reports of a process on the loads of its nodes, at least."""

AGENT_PORT = 9000
"""The first port that an agent's processes are given, where nobody says otherwise."""
HEARTBEAT_LEAST = 0.1
"""Shortest time between two heartbeats of an agent (s)."""
HEARTBEAT_MOST = 60.0
"""Longest time between two heartbeats of an agent (s)."""
