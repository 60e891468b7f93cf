"""Pages of a listing together have every task that is wanted, once and in its order, while others come."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from topowave.tasks.listing import SORTS, Cursor, Sort, TaskFilter, TooFarError
from topowave.tasks.script import PRIORITIES, Kind, Priority
from topowave.tasks.states import FINISHED, STATES, State
from topowave.tasks.store import pages
from topowave.tasks.store.database import Database
from topowave.tasks.store.pages import count_listed, pass_over, read_page
from topowave.tasks.store.sqlite import know_all_letters, private_journal

TIMES = st.sampled_from([1.0, 2.0, 2.5, 3.0])  # few, so that many are equal
WORDS = st.sampled_from(["", "Blue", "green", "50%", "a_b", "été"])


@dataclass(frozen=True)
class Row:
    """A task as the test knows it; `number` is its place in the order in which they came."""

    status: State
    priority: Priority
    kind: Kind
    node: str
    category: str
    title: str
    request: str
    roles: tuple[str, ...]
    submitted_at: float
    finished_at: float | None
    number: int = 0


STATUSES = st.sampled_from(STATES)
ROWS = st.builds(
    Row,
    STATUSES,
    st.sampled_from(PRIORITIES),
    st.sampled_from(get_args(Kind)),
    st.sampled_from(["a", "b"]),
    WORDS,
    WORDS,
    st.sampled_from(["", "r1", "r2"]),
    st.lists(st.sampled_from(["gpu", "g", "leaf"]), max_size=2, unique=True).map(tuple),
    TIMES,
    TIMES,
)


def some_of(values: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    """None, one or two of these."""
    return st.lists(values, max_size=2, unique=True).map(tuple)


FILTERS = st.builds(
    TaskFilter,
    st.lists(STATUSES, max_size=3).map(tuple),
    some_of(st.sampled_from(PRIORITIES)),
    st.none() | st.sampled_from(get_args(Kind)),
    some_of(WORDS),
    some_of(st.sampled_from(["a", "b", "c", ""])),
    st.none() | st.sampled_from(["r1", "r3"]),
    some_of(st.sampled_from(["g", "gpu", ""])),
    st.none() | st.sampled_from(["blue", "%", "_", "ÉT", "a.1-1.1", "bin", "!"]),
    st.none() | TIMES,
    st.none() | TIMES,
)


def enter(db: Database, rows: Sequence[Row], first: int) -> list[Row]:
    """Enter rows as they are; returns them with their numbers."""
    entered: list[Row] = []
    for number, row in enumerate(rows, first):
        over = row.finished_at if row.status in FINISHED else None
        columns = {
            "number": number,
            "id": f"{row.node}.1-1.{number}",
            "node": row.node,
            "status": row.status,
            "position": 0,
            "history": "",
            "kind": row.kind,
            "title": row.title,
            "category": row.category,
            "priority": PRIORITIES.index(row.priority),
            "request": row.request or None,
            "roles": json.dumps(row.roles) if row.roles else None,
            "submitted_at": row.submitted_at,
            "finished_at": over,
        }
        marks = ", ".join("?" * len(columns))
        db.execute(f"INSERT INTO task ({', '.join(columns)}) VALUES ({marks})", tuple(columns.values()))
        if row.kind == "script":
            path = f"/scripts/{'bin' if number % 3 else 'Été'}.py"
            db.execute(
                "INSERT INTO script (task, type, path, params) VALUES (?, 'cpu', ?, '{}')", (number, path)
            )
        entered.append(replace(row, finished_at=over, number=number))
    return entered


def wanted(row: Row, asked: TaskFilter) -> bool:
    path = "" if row.kind == "emulated" else f"/scripts/{'bin' if row.number % 3 else 'Été'}.py"
    texts = (f"{row.node}.1-1.{row.number}", row.title, row.category, path)
    return (
        (not asked.statuses or row.status in asked.statuses)
        and (not asked.priorities or row.priority in asked.priorities)
        and asked.kind in {None, row.kind}
        and (not asked.categories or row.category in asked.categories)
        and (not asked.nodes or row.node in asked.nodes)
        and asked.request in {None, row.request}
        and (not asked.roles or not {*asked.roles}.isdisjoint(row.roles or [""]))
        and (asked.text is None or any(asked.text.lower() in text.lower() for text in texts))
        and (asked.since is None or row.submitted_at >= asked.since)
        and (asked.until is None or row.submitted_at < asked.until)
    )


def in_order(rows: Sequence[Row], asked: TaskFilter, sort: Sort) -> list[int]:
    """Return the numbers of the rows that are wanted, as one look at all of them finds them."""
    found = [row for row in rows if wanted(row, asked)]
    if sort == "priority":
        found.sort(key=lambda row: (PRIORITIES.index(row.priority), row.submitted_at, row.number))
    elif sort.endswith("submitted"):
        found.sort(key=lambda row: (row.submitted_at, row.number), reverse=sort[0] == "-")
    else:
        found = [row for row in found if row.finished_at is not None]
        found.sort(key=lambda row: (row.finished_at or 0, row.number), reverse=sort[0] == "-")
    return [row.number for row in found]


@dataclass(frozen=True)
class Case:
    """A journal with `rows`, into which one of `later` comes after each page; and what is asked of it."""

    rows: list[Row]
    later: list[Row]
    asked: TaskFilter
    sort: Sort
    limit: int
    window: int


CASES = st.builds(
    Case,
    st.lists(ROWS, max_size=25),
    st.lists(ROWS, max_size=25),
    FILTERS,
    st.sampled_from(SORTS),
    st.integers(1, 5),
    st.integers(1, 9),
)


@settings(max_examples=200, deadline=None)
@given(CASES)
def test_pages_together_are_what_one_look_finds_while_tasks_come(case: Case) -> None:
    db = private_journal()
    know_all_letters(db)
    assert_pages_are_what_one_look_finds(db, case)
    db.close()


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(CASES)
def test_pages_in_a_database_are_what_one_look_finds(postgres: Database, case: Case) -> None:
    postgres.execute("TRUNCATE task, script")
    assert_pages_are_what_one_look_finds(postgres, case)


def assert_pages_are_what_one_look_finds(db: Database, case: Case) -> None:
    """Read all pages, with windows of so few rows that many of them end short."""

    def read(statement: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        return db.execute(statement, tuple(values)).fetchall()

    there = enter(db, case.rows, 1)
    wanted = in_order(there, case.asked, case.sort)
    assert count_listed(read, case.asked, case.sort) == (len(wanted), True)
    for skip in range(1, len(wanted) + 1):
        behind = pass_over(read, case.asked, case.sort, None, skip)
        assert behind is not None
        found, _ = read_page(read, ("number",), case.asked, case.sort, behind, 1)
        assert [number for (number,) in found] in ([], wanted[skip : skip + 1])  # [] where a window ends
    assert pass_over(read, case.asked, case.sort, None, len(wanted) + 1) is None
    seen: list[int] = []
    place: Cursor | None = None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pages, "LISTING_ROWS", case.window)
        for turn in range(1000):
            found, place = read_page(read, ("number",), case.asked, case.sort, place, case.limit)
            assert len(found) <= case.limit
            seen += [number for (number,) in found]
            if place is None:
                break
            place = Cursor.read(place.to_text(), case.sort)
            enter(db, case.later[turn : turn + 1], 1000 + turn)
        else:
            raise AssertionError("there is no end of pages")
    assert len(set(seen)) == len(seen)
    assert [number for number in seen if number < 1000] == wanted


def test_a_count_says_where_it_has_not_looked_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    db = private_journal()
    know_all_letters(db)
    row = Row("pending", "medium", "emulated", "a", "Blue", "", "", (), 1.0, None)
    enter(db, [row] * 5, 1)

    def read(statement: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        return db.execute(statement, tuple(values)).fetchall()

    for most, counted in ((5, (5, True)), (4, (4, False))):
        monkeypatch.setattr(pages, "COUNTED_ROWS", most)
        monkeypatch.setattr(pages, "COUNTED_IN_INDEX", most)
        assert count_listed(read, TaskFilter(), "submitted") == counted
        assert count_listed(read, TaskFilter(categories=("Blue",)), "-submitted") == counted
        assert count_listed(read, TaskFilter(categories=("green",)), "priority") == (0, counted[1])
        assert count_listed(read, TaskFilter(("pending",)), "finished") == (0, True)
    db.close()


def test_what_cannot_be_passed_over_in_so_many_rows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    db = private_journal()
    know_all_letters(db)
    row = Row("pending", "medium", "emulated", "a", "Blue", "", "", (), 1.0, None)
    enter(db, [row] * 5, 1)

    def read(statement: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        return db.execute(statement, tuple(values)).fetchall()

    monkeypatch.setattr(pages, "COUNTED_ROWS", 4)
    monkeypatch.setattr(pages, "COUNTED_IN_INDEX", 4)
    for asked in (TaskFilter(), TaskFilter(categories=("Blue",))):
        for sort in ("-submitted", "priority"):
            place = pass_over(read, asked, sort, None, 3)
            assert place is not None
            assert pass_over(read, asked, sort, place, 3) is None
            with pytest.raises(TooFarError):
                pass_over(read, asked, sort, None, 5)
    with pytest.raises(TooFarError):
        pass_over(read, TaskFilter(categories=("green",)), "submitted", None, 1)
    db.close()


@settings(max_examples=100, deadline=None)
@given(FILTERS, st.sampled_from(SORTS))
def test_each_stream_of_a_page_is_read_along_an_index_that_has_its_order(
    asked: TaskFilter, sort: Sort
) -> None:
    db = private_journal()
    know_all_letters(db)
    enter(db, [Row("completed", "medium", "emulated", "a", "", "", "r1", (), 1.0, 2.0)], 1)
    place = Cursor(sort, 0, 0.5, 0) if sort[0] != "-" else Cursor(sort, 0, 9.0, 0)

    def read(statement: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        steps = db.execute(f"EXPLAIN QUERY PLAN {statement}", tuple(values)).fetchall()
        streams = {number for number, _, _, what in steps if re.fullmatch(r"CO-ROUTINE s\d+", what)}
        along = [what for _, above, _, what in steps if above in streams or " task " in what]
        assert [what for what in along if not re.match(r"(SEARCH|SCAN) task USING .*INDEX", what)] == []
        assert [what for _, above, _, what in steps if "TEMP B-TREE" in what and above in streams] == []
        return db.execute(statement, tuple(values)).fetchall()

    for start in (None, place):
        read_page(read, ("number",), asked, sort, start, 3)
    db.close()
