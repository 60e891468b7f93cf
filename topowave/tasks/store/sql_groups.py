"""How many tasks there are of each kind, in SQL: exact, of one moment, without counting a million rows.

Theory of operation. Few tasks are not over: those are grouped anew at each reading, along the indices by
state. Of what is over there may be a million rows, so their groups are kept in memory from one reading to the
next, and a reading adds those that ended since, along the index `task_finished`, and takes away those that
upkeep has let go meanwhile (`note_gone`). Nothing is written for it: tasks cost what they did before.

That this is right is not assumed. The same transaction reads the tally, which each command keeps; so it is
known how many rows of each state there are. Where the kept groups have another sum, all rows of that state
are grouped anew. Nothing but an end adds to the rows of a state, each is added once, and what takes rows away
is known (upkeep) or has a count of its own (`put_back`); so equal sums are equal sets.

| what happens | what is seen | what is done |
|---|---|---|
| a task ended | a row behind the place that was read last | it is added |
| its node's clock is slow by up to OVERLAP | a row before that place, not seen before | it is added |
| it is slower, or a clock was set back | fewer than the tally has | all rows of that state are grouped |
| upkeep let rows go | as many as the tally says are gone | their groups are taken away |
| a failed task was put back | the tally's count of those | all failed rows are grouped |
"""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from topowave.tasks.groups import ALL, STATE_AT, Cell, Group, GroupedTasks, GroupFilter, GroupTotals, Row
from topowave.tasks.limits import GROUP_OVERLAP, GROUPS_MOST, SOON
from topowave.tasks.model import TaskCounts
from topowave.tasks.states import FINISHED, STATES, UNFINISHED, State
from topowave.tasks.store.database import Database
from topowave.tasks.store.schema import index_of
from topowave.tasks.store.sql_counts import GONE, PUT_BACK, QUICK

OTHER = "other"
"""The category of tasks whose own has no group, since there are GROUPS_MOST already."""
_OPEN = " UNION ALL ".join(
    f"""SELECT {STATE_AT[state]} AS at, priority, category, node, COALESCE(roles, '') AS named, COUNT(*),
    MIN(submitted_at), SUM(CASE WHEN deadline < ? THEN 1 ELSE 0 END)
    FROM task INDEXED BY {index} WHERE {condition} GROUP BY priority, category, node, named"""
    for state in UNFINISHED
    for index, condition in (index_of(state),)
)
_WORK = "weight * (finished_at - started_at)"
_ENDED = f"""SELECT number, finished_at, priority, category, node, COALESCE(roles, ''),
    CASE WHEN reason = 'deadline' THEN 1 ELSE 0 END, COALESCE({_WORK}, 0)
    FROM task INDEXED BY task_finished WHERE status = ? AND finished_at IS NOT NULL AND finished_at >= ?"""
_ALL_ENDED = """SELECT priority, category, node, COALESCE(roles, '') AS named,
    CASE WHEN reason = 'deadline' THEN 1 ELSE 0 END AS late, COUNT(*), MAX(finished_at)
    FROM task INDEXED BY task_finished WHERE status = ? AND finished_at IS NOT NULL
    GROUP BY priority, category, node, named, late"""
_LAST_SUBMITTED = "SELECT MAX(submitted_at) FROM task"
"""Along the index `task_submitted`: what a reading counts are the tasks up to it."""
_WAITING = {STATE_AT["pending"], STATE_AT["assigned"]}
_COMPLETED: State = "completed"


@dataclass(slots=True)
class _Ended:
    """The finished tasks of one state, as they were read last.

    until: when the last of them was over (s since 1970).
    seen: numbers of those that were over OVERLAP before that or later, and when.
    odd: how many more rows there are than the tally says, as all were counted last.
    """

    until: float = 0.0
    seen: dict[int, float] = field(default_factory=dict[int, float])
    odd: int = 0


class GroupReader:
    """Reads groups of tasks, from one reading to the next; one thread at a time."""

    def __init__(self) -> None:
        self._ended: dict[State, _Ended] = {}
        self._groups: dict[Group, int] = {}
        self._totals = GroupTotals()
        self._rows = [0] * len(STATES)
        self._gone_lock = threading.Lock()
        self._gone: deque[tuple[int, Counter[Group]]] = deque(maxlen=1000)
        self._gone_cells: dict[Cell, Row] = {}
        self._put_back = 0
        self._work = 0.0

    def note_gone(self, total: int, groups: Counter[Group]) -> None:
        """Note, before it is committed, which rows upkeep lets go; `total` are gone then. For any thread."""
        with self._gone_lock:
            self._gone.append((total, groups))

    def read(
        self, db: Database, moment: Callable[[Database], int], wanted: GroupFilter = ALL
    ) -> GroupedTasks:
        """Read the groups; the caller has a transaction that sees one moment, whose number `moment` says."""
        began = time.monotonic()
        now = time.time()
        found = {str(what): int(count) for what, count in db.execute(QUICK)}
        self._follow(db, found, now)
        totals = self._totals.copy() if wanted is ALL else self._sum(wanted)
        oldest: float | None = None
        soon = 0
        for *attributes, count, submitted, late in db.execute(_OPEN, (now + SOON,) * len(UNFINISHED)):
            status, priority, category, node, roles = attributes
            group = Group(status, priority, category, node, roles, late=False)
            if not wanted.has(group):
                continue
            totals.add(group, int(count))
            soon += int(late)
            if group.status in _WAITING and (oldest is None or submitted < oldest):
                oldest = submitted
        return GroupedTasks(
            moment=moment(db),
            time=now,
            took=time.monotonic() - began,
            counts=TaskCounts(**{what: found.get(what, 0) for what in ("submitted", *STATES)}),
            gone={state: found.get(GONE + state, 0) for state in FINISHED},
            gone_cells={cell: row.copy() for cell, row in self._gone_cells.items()},
            totals=totals,
            oldest_waiting=oldest,
            soon=soon,
            last_submitted=db.execute(_LAST_SUBMITTED).fetchone()[0],
            work=self._work,
        )

    def _follow(self, db: Database, found: Mapping[str, int], now: float) -> None:
        """Bring the groups of what is over up to date, as `found`, the tally of the same moment, has them."""
        self._take_gone(sum(found.get(GONE + state, 0) for state in FINISHED))
        back = found.get(PUT_BACK, 0)
        for state in FINISHED:
            expected = found.get(state, 0) - found.get(GONE + state, 0)
            ended = self._ended.get(state)
            if ended is not None and not (state == "failed" and back != self._put_back):
                self._add_ended(db, state, ended, now)
                if self._rows[STATE_AT[state]] == expected + ended.odd:
                    continue
            self._group_all(db, state, expected, now)
        self._put_back = back

    def _take_gone(self, total: int) -> None:
        with self._gone_lock:
            while self._gone and self._gone[0][0] <= total:
                _, groups = self._gone.popleft()
                for group, count in groups.items():
                    self._change(group, -count)
                    self._count_gone((group.priority, group.category), group.status, count)

    def _count_gone(self, cell: Cell, status: int, count: int) -> None:
        if cell not in self._gone_cells and len(self._gone_cells) >= GROUPS_MOST:
            cell = (cell[0], OTHER)
        self._gone_cells.setdefault(cell, [0] * len(STATES))[status] += count

    def _add_ended(self, db: Database, state: State, ended: _Ended, now: float) -> None:
        since = min(ended.until, now) - GROUP_OVERLAP
        at = STATE_AT[state]
        seen = ended.seen
        fresh: dict[int, float] = {}
        for number, finished, priority, category, node, roles, late, work in db.execute(
            _ENDED, (state, since)
        ):
            fresh[number] = finished
            if seen.get(number) == finished:
                continue
            self._change(Group(at, priority, category, node, roles, bool(late)), 1)
            if state == _COMPLETED:
                self._work += max(0.0, float(work))
        if fresh:
            ended.until = max(ended.until, *fresh.values())
        ended.seen = fresh

    def _group_all(self, db: Database, state: State, expected: int, now: float) -> None:
        """Group all rows of a state anew; what they have more than expected is no reason to do it again."""
        at = STATE_AT[state]
        for group in [group for group in self._groups if group.status == at]:
            self._change(group, -self._groups[group])
        ended = _Ended()
        for priority, category, node, roles, late, count, until in db.execute(_ALL_ENDED, (state,)):
            self._change(Group(at, priority, category, node, roles, bool(late)), int(count))
            ended.until = max(ended.until, until)
        since = min(ended.until, now) - GROUP_OVERLAP
        ended.seen = {number: finished for number, finished, *_ in db.execute(_ENDED, (state, since))}
        ended.odd = self._rows[at] - expected
        self._ended[state] = ended

    def _change(self, group: Group, count: int) -> None:
        if group not in self._groups and (count < 0 or len(self._groups) >= GROUPS_MOST):
            group = group._replace(category=OTHER, roles="")
        self._rows[group.status] += count
        self._totals.add(group, count)
        left = self._groups.get(group, 0) + count
        if left:
            self._groups[group] = left
        else:
            self._groups.pop(group, None)

    def _sum(self, wanted: GroupFilter) -> GroupTotals:
        found = GroupTotals()
        for group, count in self._groups.items():
            if wanted.has(group):
                found.add(group, count)
        return found


def groups_of(rows: Iterable[tuple[Any, ...]]) -> Counter[Group]:
    """Return the groups of finished rows: status, priority, category, node, roles, reason of each."""
    return Counter(
        Group(STATE_AT[status], priority, category, node, roles or "", reason == "deadline")
        for status, priority, category, node, roles, reason in rows
    )
