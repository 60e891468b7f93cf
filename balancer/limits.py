"""Every limit of the balancer: a name, a unit, one place. Those of the wire are in `wire.limits`."""

STREAM_CLIENTS = 100
"""Most browsers on `/stream` at a time."""
STREAM_INTERVAL = 0.1
"""Seconds between two frames of the stream, at least."""
STREAM_HEARTBEAT = 1.5
"""Seconds without a change after which a frame of the stream says that the line is alive."""
STATUS_CHANGES = 20_000
"""Most changes of nodes (states, cuts, loads) that are kept for the waves during which they happened."""
CHANGES_KEPT = 20_000
"""Most changes that are kept for those who follow the lab; whoever is further behind gets everything anew."""
STREAM_EVENTS = 100
"""Most feed events in one frame of the stream; the rest is counted."""
SNAPSHOT_WAVES = 150
"""Waves in a snapshot, without those of the rebalancer."""
SNAPSHOT_REBALANCES = 10
"""Waves of the rebalancer in a snapshot."""
FEED_EVENTS = 200
"""Events that the feed keeps."""
ALERTS_TOLD = 20
"""Most predicted bottlenecks that a round tells of one by one, begun or over; the rest is counted."""
PROBLEM_CHARS = 500
"""Most characters of what a forecast's error says."""
HISTORY_POINTS = 600
"""Points that the chart keeps."""
HISTORY_INTERVAL = 1.0
"""Seconds between two points of the chart while something changes."""

LISTENERS = 200
"""Most connections on `/ws` that are told of finished waves."""
LISTENER_FRAMES = 16
"""Most frames that wait for one of them; past it the oldest is dropped."""
BAD_FRAMES = 100
"""Frames of one connection that were not understood, after which it is closed."""

MISTAKES_KEPT = 100
"""Most mistakes, and most troubles with other people's programs, of one wave that are kept."""
MISTAKE_CHARS = 2000
"""Characters of a mistake or a trouble that are kept."""
RUNNING_EVENTS = 1_000_000
"""Most events that are kept of all waves together, running ones included; the rest is counted."""
MISTAKES_SHOWN = 5
"""Most mistakes of one wave that are shown, and most witnesses against it."""
RESULT_BYTES = 256 * 1024
"""Most bytes of JSON that are kept of one wave's decided values and final states; the rest is counted."""
PAST_BITS = 400_000_000
"""Most nodes times events of a wave for which it is computed on which nodes each decide depended."""
WAVES_KEPT = 150
"""Ended waves that the registry keeps, without those of the rebalancer."""
REBALANCES_KEPT = 50
"""Ended waves of the rebalancer that the registry keeps."""
WAVES_RUNNING = 500
"""Most waves that run at a time; a further one waits for its turn."""
MESSAGES_AT_ONCE = 20_000
"""Messages that the running waves together may have before them, whatever the lab's speed; others wait."""
AT_ONCE_S = 1.0
"""Seconds that the running waves together may need for what is before them, at the speed of the lab."""
MESSAGES_PER_S = 10_000
"""Messages that a lab is supposed to handle in a second, until it is known from its waves."""
RATE_MESSAGES = 1000
"""Messages from which on a wave tells how fast the lab is; a smaller one tells how long its links are."""
WAVE_WAIT = 30.0
"""Seconds that a wave waits for its turn at the most; one that would wait longer is refused with 429."""
LINKS_WAIT = 30.0
"""Seconds that a wave waits for links that are being opened at the most; then it is refused with 503."""
OPENING_KNOWN = 2.0
"""Seconds from which on it is told that links are being opened, and how long that is still to take."""
WAVE_IDLE = 5.0
"""Seconds without a report after which a running wave counts as one that waits, and takes nobody's turn."""
ADMISSION_INTERVAL = 0.05
"""Seconds between two looks at whether there is room for a wave that waits."""
WAVES_ENDED = 5000
"""Ids of ended waves that are remembered, so that a late report wakes none of them."""
UNCLAIMED = 1000
"""Most reports that are held until their wave is known; the oldest makes a wave of its own then."""
UNCLAIMED_WAIT = 3.0
"""Seconds for which a report is held until its wave is known."""
WAVE_EVENTS = 200_000
"""Most events of one wave that are kept; the rest is counted."""
ALL_EVENTS = 400_000
"""Most events of all waves together that are kept; those of the oldest waves go first."""
DELIVER_TIMEOUT = 4.0
"""Seconds that a request to let messages of a held wave through waits until their nodes have handled them."""
SETTLE = 1.0
"""Seconds without a report after which a decided wave is not waited for any longer."""

START_FRAMES = 600
"""Most start frames that wait for an initiator that cannot be reached."""
RECEIVER_TIMEOUT = 5.0
"""Seconds for handing a tree to the receiver that somebody named."""
RECEIVERS = 50
"""Most trees on their way to such receivers at a time."""

MOVES_AT_ONCE = 8
"""Givers that hand over tasks at the same time in a round of rebalancing."""
MOVE_TIMEOUT = 10.0
"""Seconds for one giver's answer."""
MOVES_ONE_BY_ONE = 10.0
"""Seconds that a program which gives a task at a time may go on giving in one round of rebalancing."""
POLICY_DEADLINE = 5.0
"""Seconds that a policy of a user's own may take for one round."""
POLICY_ENDING = 2.0
"""Seconds that such a policy has to end once it is told to; then it is left to itself."""
LEFT_OUT = 30.0
"""Seconds for which a node that refused tasks takes none, and one that could not give any gives none."""
ROUNDS_KEPT = 1000
"""Rounds of rebalancing that are kept with what their policies saw."""
ROUND_LOADS = 300_000
"""Most loads of nodes that those have together: the oldest rounds go first."""
ROUNDS_PAGE = 100
"""Most of these rounds in one answer."""
PENDING_TASKS = 100_000
"""Most tasks that may be pending, so that what nobody can run does not gather for ever."""
DISPATCH_TASKS = 1000
"""Pending tasks that are read, or fail since they are late, at a time."""
DISPATCH_PAGES = 20
"""Times DISPATCH_TASKS that one look at pending tasks goes through."""
DISPATCH_PAUSE = 0.05
"""Seconds between two looks at pending tasks, at least."""
DISPATCH_INTERVAL = 0.5
"""Seconds between two looks while some of them wait for their next attempt."""
DISPATCH_LONGEST = 30.0
"""Seconds between two looks while there are pending tasks, at the most."""
TAKEN_COUNTS = 1.0
"""Seconds for which pending tasks that a node took count as its load before it has reported again."""
DISPATCH_LEFT_OUT = 2.0
"""Seconds for which a node gets no pending tasks that did not take some."""
TASK_TIMEOUT = 5.0
"""Seconds for a node's answer about its tasks."""
BULK_TASKS = 1000
"""Most tasks that one request cancels, or makes as urgent as it says."""
BULK_AT_ONCE = 16
"""So many of them are asked about at nodes and the journal at once."""
TASK_WAIT = 60.0
"""Longest time that a request may wait for the end of a task (s)."""
TASK_WAITS = 1000
"""Most requests that wait for ends of tasks."""
TASK_LOOK_INTERVAL = 0.1
"""Seconds between two looks at whether tasks are over for which requests wait."""
COUNTS_INTERVAL = 0.5
"""Seconds between two readings of the journal while tasks come and go."""

FIGURES_INTERVAL = 1.0
"""Seconds between two points of the figures' history."""
FIGURES_SHARE = 0.05
"""Share of its time that the balancer spends on reading the journal for figures, at the most."""
FIGURES_REST = 5.0
"""Seconds for which the journal is not read for figures after a reading that took long, at the most."""
FIGURES_WAIT = 10.0
"""Seconds for which a request for figures waits for its turn to read the journal."""
FIGURES_POINTS = 2000
"""Most points of a history in one answer."""
FIGURES_VALUES = 400_000
"""Values of nodes in one answer, at the most; past it there are fewer points."""
FIGURES_FILTERS = 1000
"""Most roles, nodes or categories that one request may name."""
FIGURES_CATEGORIES = 12
"""Categories whose history is kept, the first that come; and most in one answer, the most frequent. The rest
is `other`."""
FIGURES_NODES = 12
"""Nodes of which one answer counts the tasks, at the most; the rest is `other`."""
FIGURES_NODE_VALUES = 1_500_000
"""Values of nodes that each level of the history keeps, at the most; the oldest go first."""
FIGURES_RATE_S = 10.0
"""Seconds over which rates of tasks are taken."""
FIGURES_MINUTE_S = 60.0
"""Seconds over which efficiency and waves a minute are taken."""
FIGURES_MEMORY_INTERVAL = 10.0
"""Seconds between two looks at the memory of processes."""
FIGURES_PROCESSES = 50
"""Processes whose memory is told one by one, the largest; the rest is told as a sum."""

REQUESTS_KEPT = 1000
"""Most requests with an Idempotency-Key whose answers are kept for their repetitions; the oldest go first."""
ANSWERS_BYTES = 16 * 1024 * 1024
"""Most bytes of those answers together."""
ANSWERS_S = 600.0
"""Seconds for which such an answer is kept."""

UPKEEP_INTERVAL = 60.0
"""Seconds between two looks at what has become too old in the journal, while nothing happens to tasks."""
JOURNAL_INTERVAL = 2.0
"""Seconds between two looks at whether the journal is there still, while nothing happens to tasks; and at
whether it can be written again, once it could not."""
JOURNAL_NO_ROOM_FOR = 10.0
"""Seconds for which it counts that something found no room in the journal, though something smaller does."""
JOURNAL_WRITE_INTERVAL = 5.0
"""Seconds between two looks at whether the journal can be written, while tasks are not over."""
CONTROL_LINE = 64 * 1024 * 1024
"""Longest line on the control channel, in bytes."""
CONTROL_REQUESTS = 100
"""Most requests to the orchestrator that wait for an answer."""
SIGNAL_TIMEOUT = 5.0
"""Seconds for the orchestrator's answer about one node."""
CONFIG_TIMEOUT = 5.0
"""Seconds that a change of settings waits for nodes to say that they have it; they take it all the same."""
REPLACE_TIMEOUT = 60.0
"""Seconds for replacing the topology."""
REPLACEMENTS = 10
"""Most requests for another topology, the one that is carried out and those that wait for their turn."""
GENERATED_NODES = 1000
"""Most nodes of a topology that is generated for a running lab."""

PREPARE_TIMEOUT = 60.0
"""Seconds for starting nodes that are to join the running network."""
QUIET_WAIT = 10.0
"""Seconds that a change of the running network waits for waves to end, and for nodes to have taken it."""
DRAIN_INTERVAL = 0.25
"""Seconds between two looks at what a node that is to leave still has."""
DRAIN_PATIENCE = 30.0
"""Seconds after which tasks that run on a node that is to leave are interrupted, and begin anew elsewhere."""
DRAIN_WAIT = 30.0
"""Seconds that `DELETE /nodes/{name}` waits for a node to leave, if nobody says otherwise."""
DRAIN_WAIT_MOST = 300.0
"""Most seconds for which a request may wait for a node to leave."""

GROW_AT_ONCE = 8
"""How many nodes are started together when the network grows, at most; waves are quiet once for them all."""
SCALE_INTERVAL = 30.0
"""Seconds between two looks at whether the lab is as it is wanted, while nothing happens to its nodes."""
RETRY_PAUSE = 1.0
"""Seconds after which what failed while the network was changed is tried again; doubled each time."""
RETRY_PAUSE_MOST = 60.0
"""Seconds between two such attempts, at the most."""
AUTOSCALE_INTERVAL = 1.0
"""Seconds between two looks of autoscaling at the load."""
FORECAST_ROUNDS = 3.0
"""Intervals of balancing for which a forecast stands in for the load; older, it says nothing of now."""

AGENTS = 1000
"""Most agents that are known at a time; past it the longest silent one is forgotten."""
AGENTS_PORTS = 1000
"""Most ports of an agent's host that are remembered as taken by other programs."""
AGENT_HELLO = 5.0
"""Seconds that a program on `/agents` may take to say what it is."""
AGENT_SIGNALS = 1000
"""Most signals that wait for one agent; past it the oldest is dropped."""
AGENTS_WAIT = 30.0
"""Seconds that a lab without nodes on its own machine waits for the rest of its agents, once one is there."""
MOVE_TIME = 0.05
"""Seconds for each node more that a move of nodes to other agents may take."""

ALERT_INTERVAL = 1.0
"""Seconds between two looks of the rules of alerts at the lab."""
ALERTS_AT_ONCE = 100
"""Most alerts that are pending or fire at a time; past it what a rule finds more joins its last one."""
ALERTS_KEPT = 500
"""Alerts that are kept after they were resolved."""
ALERT_NODES = 100
"""Nodes that an alert lists; the rest is counted."""
ALERT_NODES_NAMED = 5
"""Nodes that the sentence of an alert names."""
ALERT_SILENCE = 604_800.0
"""Longest time for which an alert is silenced (s)."""
ALERT_SILENCES = 500
"""Most silences at a time; past it the one that ends first goes."""
WEBHOOK_WAITING = 200
"""Most notices that wait for the webhook of alerts; past it the oldest goes."""
WEBHOOK_TIMEOUT = 5.0
"""Seconds for the webhook's answer."""
WEBHOOK_ATTEMPTS = 10
"""Times that one notice is tried, before it is given up."""
WEBHOOK_PAUSE = 1.0
"""Seconds after which a notice is tried again; doubled each time."""
WEBHOOK_PAUSE_MOST = 60.0
"""Seconds between two such attempts, at the most."""
BAD_WAVES = 50
"""Kinds of waves of which the last bad one is remembered for alerts."""

TRACE_EVENTS = 100_000
"""Most events that wait for the trace file; past it whole waves are left out and counted."""

REPORTS = 500
"""Most reports of experiments that are listed."""
REPORT_ENTRIES = 10_000
"""Most entries of a folder of reports that are looked at."""
REPORT_BYTES = 32_000_000
"""Most bytes of a file of a report that are read."""
REPORT_RUNS = 1_000_000_000_000
"""Most runs that a report's scenario may ask for: more is none that was ever run."""
REPORT_LINES = 5_000
"""Most lines of a report, or of two side by side, in one answer."""
REPORT_LINES_READ = 200_000
"""Most lines of a report's table that are read."""
COMPARED_BYTES = 64_000_000
"""Most bytes of finished runs of a report that is compared with another one on request."""
COMPARE_S = 60.0
"""Seconds that a comparison of two reports may take."""
COMPARISONS_WAITING = 4
"""Comparisons of two reports that wait for their turn; whoever comes then is refused."""
COMPARISONS_KEPT = 3
"""Comparisons of two reports that are kept; past it the oldest is forgotten."""
