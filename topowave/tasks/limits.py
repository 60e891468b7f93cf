"""Every limit of tasks and of their journal: a name, a unit, one place."""

QUEUE_TASKS = 100_000
"""Most tasks in one queue."""
MOVE_TASKS = 1000
"""Most tasks that one move carries."""
MOVE_LOOK = 10_000
"""Tasks at the end of a queue that are looked at for those that a receiver may have."""
ATTEMPTS = 10
"""How often a task is started whose node dies while it runs, before it is failed."""
SCRIPT_ATTEMPTS = 3
"""The same of a script task, which may be what kills its node."""
TASKS_AT_ONCE = 1000
"""Most tasks that one request may add, unless they are emulated ones for a node of which nothing is said."""
TASKS_BYTES = 4_000_000
"""Largest JSON of all tasks that one request adds, each as often as it is to run (bytes)."""
WEIGHT_MOST = 64
"""Most cores that one task may hold."""
REQUEST_CHARS = 100
"""Longest name of a request to which tasks belong, in characters."""
DEADLINE_MOST = 31_536_000.0
"""Longest time after which a task is given up that is not over, in seconds: a year."""
DURATION_MOST = 31_536_000.0
"""Longest duration of its own that a task may have, in seconds: a year."""
TRIES_MOST = 10
"""Most attempts at a script that gives no result."""
PARAMS_BYTES = 1_000_000
"""Largest `params` of one script task, as JSON (bytes): what an engine takes."""
SCRIPT_CHARS = 4096
"""Longest path of a script, in characters."""
TITLE_CHARS = 200
"""Longest title or category of a task, in characters."""
BACKOFF_USUAL = 1.0
"""Seconds before a script that gave no result is tried again, where its task says nothing else."""
BACKOFF_MOST = 300.0
"""Seconds before a script is tried again, at the most."""
BACKOFF_SPREAD = 0.25
"""Share by which such a pause is longer or shorter, by the task's id."""
RESULT_BYTES = 1_000_000
"""Largest result of a script task that is kept, as JSON (bytes); one that returns more is failed."""
OUTCOMES_BYTES = 500_000_000
"""All results and outputs of script tasks that the journal keeps (bytes); the oldest are let go first."""
OUTCOMES_SPARE = 25_000_000
"""Bytes beyond OUTCOMES_BYTES that may gather before the oldest results and outputs are let go."""
OUTCOMES_AT_ONCE = 1_000_000
"""Bytes of results and outputs that are let go in one transaction, and the one that fills them."""
OUTCOME_SMALL = 500
"""A task's result and output are kept as long as the task, and not counted, where both have so few bytes."""
FINISHED_KEPT = 100_000
"""Finished tasks that are kept with their history, unless the settings say otherwise; others are counted."""
FINISHED_KEPT_FOR = 604_800.0
"""Seconds for which a finished task is kept with its history, unless the settings say otherwise."""
RESULTS_KEPT_FOR = 604_800.0
"""Seconds for which what a script returned and printed is kept, unless the settings say otherwise."""
FINISHED_SPARE = 5_000
"""Finished tasks beyond FINISHED_KEPT that may gather before the oldest are let go."""
PRUNED_MOST = 20_000
"""Finished tasks, or their results, that are let go in one go; the rest is the next time."""
RECOUNT_SHARE = 0.05
"""Share of its time that the balancer spends on counting all rows at the most, to see that the law holds."""
GROUP_OVERLAP = 2.0
"""Seconds by which clocks of machines may differ before figures have to group all finished tasks anew."""
GROUPS_MOST = 100_000
"""Groups of finished tasks that figures tell apart; past it a further one has the category `other`."""
SOON = 60.0
"""Seconds before its deadline from which on a task that is not over counts as late soon."""
IDS_AT_ONCE = 500
"""Tasks that are asked after in one statement."""
PRUNED_AT_ONCE = 500
"""Finished tasks, or their results, that are let go in one transaction."""
HISTORY_CHARS = 4000
"""Length of a task's history, in characters, after which nothing is added but how it ends."""
PAGE_TASKS = 1000
"""Most tasks in one page of a listing."""
QUERY_CHARS = 200
"""Longest word that a listing of tasks may be asked for, in characters."""
LONGEST_TIME = 1e11
"""Latest moment that a listing may be asked for, in seconds since 1970."""
LISTING_ROWS = 2_000
"""Rows that are looked at for one page where no index knows which are wanted; then it ends short."""
COUNTED_ROWS = 200_000
"""Rows that are looked at to count or pass over tasks of a listing where no index knows which are wanted."""
COUNTED_IN_INDEX = 5_000_000
"""Tasks of a listing that are counted or passed over where an index knows them all: 0.1 s for a million."""

COMMIT_ROWS = 500
"""Tasks that are written in one transaction, about: some milliseconds of the writer's event loop."""
COMMIT_SHARE = 0.1
"""Share of its time that a process spends on commits at the most; so they gather what happens in between."""
COMMIT_PAUSE_MOST = 0.02
"""Seconds between two commits of a process, at the most."""
BUSY_FIRST = 0.0005
"""Seconds before the first attempt to write while another process writes; doubles with each further one."""
BUSY_MOST = 0.05
"""Seconds between two such attempts, at the most."""
LOOK_INTERVAL = 0.25
"""Seconds between two looks of a connection at all files of a journal; it looks at two of them each time."""
RETRY_PAUSE = 0.25
"""Seconds between two attempts to write a journal that cannot be written."""
CLOSE_WAIT_MS = 300
"""Milliseconds that a process which ends waits for another's lock, to write what it has left."""
PROMISE_TIMEOUT = 2.0
"""Seconds that a change may wait to be written before it is refused."""
CHANGES_WAITING = 10_000
"""Most changes of a process that wait to be written; a further one that may be refused is."""
PAGE_CACHE_KIB = 64
"""Memory of one connection for the journal's pages, in KiB."""
READ_TIMEOUT = 2.0
"""Seconds that a reader, or who begins a run, waits for another process's lock."""
WAL_BYTES = 8 * 1024 * 1024
"""Size of the write-ahead log, in bytes, from which it is written back whole and begun anew."""
JOURNALS_KEPT = 5
"""Journals of earlier runs, unfinished or passed over, that are kept beside the last two."""
ROOM_BYTES = 512 * 1024
"""Free room, in bytes, without which no journal is begun."""
SERVER_TIMEOUT = 2.0
"""Seconds that a database's server may take to answer; then its connection is closed, and made anew."""
TRANSACTION_TIMEOUT = 10.0
"""Seconds that all answers of a database's server in one transaction may take together."""
LOCK_WAIT = 2.0
"""How long a lab that begins waits for its database's lock (s); a server frees it a bit after its holder."""
BEGIN_TIMEOUT = 60.0
"""Seconds that a database's server may take for each step of the beginning of a run."""
