"""A page of a listing of tasks, in SQL that SQLite and PostgreSQL both know.

Theory of operation. A listing is read along indices that have its order: one stream of rows for each status
(and priority) that is wanted, merged. Each stream names its index, so SQLite takes that one or refuses. What
no index decides, such as a text, is looked for in the next LISTING_ROWS rows of the order at the most; so a
page takes some milliseconds however many tasks there are. Where they hold too few that are wanted the page is
short, and the next one goes on behind them.

| order | key | index that each stream is read along |
|---|---|---|
| submitted | when it was submitted, number | of all; by status and priority (`index_of`); or of a request |
| finished | when it was over, number | of each status of what is over; nothing else is listed |
| priority | how urgent, when submitted, number | by status and priority, one priority after another |

All statements of a page are of one moment: their caller has a transaction that sees one snapshot.

How many tasks a listing has is counted along the same streams: up to COUNTED_IN_INDEX where the index alone
decides, and else in COUNTED_ROWS of its rows; from there on it is said that there are at least so many. As
many can be passed over, merged in their order, so that who scrolls far need not read all that lies between.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from topowave.tasks.limits import COUNTED_IN_INDEX, COUNTED_ROWS, LISTING_ROWS, PAGE_TASKS
from topowave.tasks.listing import Cursor, Sort, TaskFilter, TooFarError
from topowave.tasks.script import PRIORITIES
from topowave.tasks.states import FINISHED, STATES, State
from topowave.tasks.store.schema import index_of

Row = tuple[Any, ...]
Read = Callable[[str, Sequence[object]], list[Row]]
"""Reads the rows that a statement, with its parameters (`?`), finds."""
_LOOKED_AT = (
    *("number", "id", "status", "node", "kind", "title", "category", "priority", "roles", "request"),
    "submitted_at",
)
"""Columns that tell whether a row is wanted."""


@dataclass(frozen=True, slots=True)
class _Where:
    """Conditions that must all hold, and their parameters."""

    conditions: tuple[str, ...] = ()
    values: tuple[object, ...] = ()

    def __and__(self, other: _Where) -> _Where:
        return _Where(self.conditions + other.conditions, self.values + other.values)

    @property
    def text(self) -> str:
        return " AND ".join(self.conditions) or "1 = 1"


@dataclass(frozen=True, slots=True)
class _Stream:
    """Rows in the order of an index, those for which a condition holds."""

    index: str
    where: _Where

    def __and__(self, where: _Where) -> _Stream:
        return _Stream(self.index, self.where & where)

    @property
    def text(self) -> str:
        """What follows FROM."""
        return f"task INDEXED BY {self.index} WHERE {self.where.text}"

    @property
    def values(self) -> tuple[object, ...]:
        """The parameters."""
        return self.where.values


@dataclass(frozen=True, slots=True)
class _Group:
    """Streams that are merged; all of their rows come before those of the next group.

    rank: place of its priority in PRIORITIES; 0 where the order is not by priority.
    """

    rank: int
    streams: tuple[_Stream, ...]


class _Listing:
    """One listing: its streams, and what each row must hold besides."""

    def __init__(self, wanted: TaskFilter, sort: Sort) -> None:
        self.sort: Sort = sort
        self.time = "finished_at" if sort.endswith("finished") else "submitted_at"
        self.is_down = sort.startswith("-")
        way = " DESC" if self.is_down else ""
        self.order = f"{self.time}{way}, number{way}"
        self.groups: list[_Group] = []
        when = self._when(wanted)
        statuses, priorities = wanted.wanted_statuses, wanted.wanted_priorities
        some_statuses = len(statuses) < len(STATES)
        ranks = [PRIORITIES.index(priority) for priority in priorities]
        some_ranks = ranks if len(ranks) < len(PRIORITIES) else []
        rest = [_any("category", wanted.categories), _any("node", wanted.nodes), _equal("kind", wanted.kind)]
        if self.time == "finished_at":
            over = _Stream("task_finished", _Where(("finished_at IS NOT NULL",)))
            ended = tuple(over & _equal("status", status) for status in statuses if status in FINISHED)
            self.groups = [_Group(0, ended)]
            rest += [_any("priority", some_ranks), _equal("request", wanted.request), when]
        elif sort == "priority":
            for rank in ranks:
                self.groups.append(_Group(rank, tuple(_status(status, rank) & when for status in statuses)))
            rest.append(_equal("request", wanted.request))
        elif wanted.request is not None:
            self.groups = [_Group(0, (_Stream("task_request", _equal("request", wanted.request) & when),))]
            rest += [_any("priority", some_ranks), _any("status", statuses if some_statuses else ())]
        elif some_statuses or some_ranks:
            streams = (_status(status, rank) & when for status in statuses for rank in ranks)
            self.groups = [_Group(0, tuple(streams))]
        else:
            self.groups = [_Group(0, (_Stream("task_submitted", when),))]
        self.rest = _Where()
        for each in (*rest, _roles(wanted.roles), _text(wanted.text)):
            self.rest &= each

    @staticmethod
    def _when(wanted: TaskFilter) -> _Where:
        since = () if wanted.since is None else (wanted.since,)
        until = () if wanted.until is None else (wanted.until,)
        conditions = ("submitted_at >= ?",) * len(since) + ("submitted_at < ?",) * len(until)
        return _Where(conditions, since + until)

    def behind(self, place: Cursor | None) -> _Where:
        """Return the condition that a row comes after a place."""
        if place is None:
            return _Where()
        return _Where(
            (f"({self.time}, number) {'<' if self.is_down else '>'} (?, ?)",), (place.time, place.number)
        )

    def not_behind(self, key: Row | None) -> _Where:
        """Return the condition that a row comes before a key or has it."""
        if key is None:
            return _Where()
        sign = ">=" if self.is_down else "<="
        return _Where((f"({self.time}, number) {sign} (?, ?)",), tuple(key))


def read_page(
    read: Read, columns: Sequence[str], wanted: TaskFilter, sort: Sort, after: Cursor | None, limit: int
) -> tuple[list[Row], Cursor | None]:
    """Read a page of tasks.

    Args:
        read: reads rows; all that it reads is of one moment.
        columns: of the table `task`, which are returned of each task.
        wanted: which tasks.
        sort: their order.
        after: where the page begins; None for the beginning.
        limit: most tasks, at most PAGE_TASKS.

    Returns:
        The tasks' columns, and where the next page begins; None where there is nothing further.
    """
    listing = _Listing(wanted, sort)
    most = min(limit, PAGE_TASKS)
    found: list[tuple[int, Row]] = []
    budget = LISTING_ROWS
    for group in listing.groups:
        if after is not None and group.rank < after.rank:
            continue
        if budget <= 0:  # the groups before it had that many
            return _page(found), Cursor(sort, group.rank, -1.0, 0)
        here = listing.behind(after if after is not None and group.rank == after.rank else None)
        streams = [stream & here for stream in group.streams]
        rows, end, looked = _read_group(read, columns, listing, streams, most + 1 - len(found), budget)
        found += [(group.rank, row) for row in rows]
        budget -= looked
        if len(found) > most:
            rank, (time, number, *_) = found[most - 1]
            return _page(found[:most]), Cursor(sort, rank, time, number)
        if end is not None:
            return _page(found), Cursor(sort, group.rank, *end)
    return _page(found), None


def count_listed(read: Read, wanted: TaskFilter, sort: Sort) -> tuple[int, bool]:
    """Count the tasks of a listing.

    Args:
        read: reads rows.
        wanted: which tasks.
        sort: their order; those sorted by when they finished are over.

    Returns:
        How many there are, and whether that is all of them: no more than COUNTED_ROWS rows are looked at, or
        COUNTED_IN_INDEX where an index knows them all.
    """
    listing = _Listing(wanted, sort)
    streams = [stream for group in listing.groups for stream in group.streams]
    if not streams:
        return 0, True
    if not listing.rest.conditions:
        counted = 0
        for each in streams:
            counted += _count(read, each, COUNTED_IN_INDEX + 1 - counted)
        return min(counted, COUNTED_IN_INDEX), counted <= COUNTED_IN_INDEX
    needed = ", ".join(_LOOKED_AT)
    rows = " UNION ALL ".join(f"SELECT {needed} FROM {stream.text}" for stream in streams)
    statement = (
        f"SELECT COUNT(*), COALESCE(SUM(CASE WHEN {listing.rest.text} THEN 1 ELSE 0 END), 0) "
        f"FROM (SELECT * FROM ({rows}) AS streamed LIMIT ?) AS listed"
    )
    values = [*listing.rest.values, *(value for stream in streams for value in stream.values)]
    ((looked, found),) = read(statement, [*values, COUNTED_ROWS + 1])
    return min(int(found), COUNTED_ROWS), looked <= COUNTED_ROWS


def pass_over(read: Read, wanted: TaskFilter, sort: Sort, after: Cursor | None, skip: int) -> Cursor | None:
    """Find the place in a listing behind so many tasks.

    Args:
        read: reads rows; all that it reads is of one moment.
        wanted: which tasks.
        sort: their order.
        after: behind which they are counted; None for the beginning.
        skip: how many, 1 or more.

    Returns:
        The place, None where there are fewer than so many.

    Raises:
        TooFarError: it is not among as many rows as `count_listed` looks at.
    """
    listing = _Listing(wanted, sort)
    budget = COUNTED_ROWS if listing.rest.conditions else COUNTED_IN_INDEX
    for group in listing.groups:
        if skip > budget:
            raise TooFarError
        if after is not None and group.rank < after.rank:
            continue
        here = listing.behind(after if after is not None and group.rank == after.rank else None)
        place, passed, looked = _pass_over_group(
            read, listing, [each & here for each in group.streams], skip, budget
        )
        if place is not None:
            return Cursor(sort, group.rank, *place)
        skip -= passed
        budget -= looked
        if budget <= 0:
            raise TooFarError
    return None


def _pass_over_group(
    read: Read, listing: _Listing, streams: Sequence[_Stream], skip: int, budget: int
) -> tuple[Row | None, int, int]:
    """Return the key of the last task that is passed over; else how many were, and rows looked at."""
    if not streams:
        return None, 0, 0
    order, rest = listing.order, listing.rest
    needed = ", ".join(dict.fromkeys((listing.time, *(_LOOKED_AT if rest.conditions else ("number",)))))
    rows = "(" + " UNION ALL ".join(f"SELECT {needed} FROM {each.text}" for each in streams) + ") AS streamed"
    values = [value for each in streams for value in each.values]
    if rest.conditions:
        rows = f"(SELECT * FROM {rows} ORDER BY {order} LIMIT ?) AS listed"
        values.append(budget)
    last = f"SELECT {listing.time}, number FROM {rows} WHERE {rest.text} ORDER BY {order} LIMIT 1 OFFSET ?"
    found = read(last, [*values, *rest.values, skip - 1])
    if found:
        return found[0], skip, 0
    if not rest.conditions:
        passed = sum(_count(read, each, budget) for each in streams)
        return None, passed, passed
    counts = f"SELECT COUNT(*), COALESCE(SUM(CASE WHEN {rest.text} THEN 1 ELSE 0 END), 0) FROM {rows}"
    ((looked, passed),) = read(counts, [*rest.values, *values])
    return None, int(passed), int(looked)


def _page(found: list[tuple[int, Row]]) -> list[Row]:
    """Return the columns that were asked for, without the key."""
    return [row[2:] for _, row in found]


def _read_group(
    read: Read, columns: Sequence[str], listing: _Listing, streams: Sequence[_Stream], most: int, budget: int
) -> tuple[list[Row], Row | None, int]:
    """Read the first rows of merged streams, each behind its key.

    Returns:
        The rows; the key up to which was looked, None for all there are; and how many rows were looked at.
    """
    bounded = bool(listing.rest.conditions)
    looked = 0
    end: Row | None = None
    window = most
    if bounded:
        streams = [each for each in streams if read(f"SELECT 1 FROM {each.text} LIMIT 1", each.values)]
        window = max(1, budget // max(1, len(streams)))
        for each in streams:
            key = f"SELECT {listing.time}, number FROM {each.text} ORDER BY {listing.order}"
            last = read(f"{key} LIMIT 1 OFFSET ?", (*each.values, window - 1))
            looked += window if last else _count(read, each, window)
            if last and (end is None or (last[0] > end if listing.is_down else last[0] < end)):
                end = last[0]
    if not streams:
        return [], None, 0
    needed = ", ".join(dict.fromkeys((listing.time, *_LOOKED_AT, *columns)))
    one = f"SELECT * FROM (SELECT {needed} FROM {{}} ORDER BY {listing.order} LIMIT ?) AS s{{}}"
    parts = [one.format(each.text, at) for at, each in enumerate(streams)]
    values: list[object] = []
    for each in streams:
        values += [*each.values, window]
    where = listing.rest & listing.not_behind(end)
    shown = ", ".join((listing.time, "number", *columns))
    statement = (
        f"SELECT {shown} FROM ({' UNION ALL '.join(parts)}) AS listed WHERE {where.text} "
        f"ORDER BY {listing.order} LIMIT ?"
    )
    return read(statement, [*values, *where.values, most]), end, looked


def _count(read: Read, stream: _Stream, most: int) -> int:
    statement = f"SELECT COUNT(*) FROM (SELECT 1 AS one FROM {stream.text} LIMIT ?) AS found"
    return int(read(statement, (*stream.values, most))[0][0])


def _equal(column: str, value: object) -> _Where:
    return _Where() if value is None else _Where((f"{column} = ?",), (value,))


def _status(status: State, rank: int) -> _Stream:
    index, condition = index_of(status)
    return _Stream(index, _Where((condition,)) & _equal("priority", rank))


def _any(column: str, values: Sequence[object]) -> _Where:
    if not values:
        return _Where()
    return _Where((f"{column} IN ({', '.join('?' * len(values))})",), tuple(values))


def _roles(roles: Sequence[str]) -> _Where:
    """Return the condition that a JSON list of roles has one of these; '' stands for a list that has none."""
    if not roles:
        return _Where()
    named = [role for role in roles if role]
    conditions = ["replace(roles, ?, '') <> roles"] * len(named)
    if len(named) < len(roles):
        conditions.append("COALESCE(roles, '') IN ('', '[]')")
    return _Where((f"({' OR '.join(conditions)})",), tuple(map(json.dumps, named)))


def _text(text: str | None) -> _Where:
    if text is None:
        return _Where()
    pattern = "".join(f"!{sign}" if sign in "!%_" else sign for sign in text.lower())
    path = "COALESCE((SELECT path FROM script WHERE script.task = listed.number), '')"
    fields = "id || '\n' || title || '\n' || category || '\n' || " + path
    return _Where((f"lower({fields}) LIKE ? ESCAPE '!'",), (f"%{pattern}%",))
