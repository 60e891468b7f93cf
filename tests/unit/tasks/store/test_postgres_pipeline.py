"""A batch in PostgreSQL is sent ahead of its answers, and does what it does where each one is waited for."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator
from contextlib import closing
from typing import Any

import psycopg
import pytest

from tests.support.postgres import PostgresServer
from topowave.tasks import JournalError, LabTask, reader_at
from topowave.tasks.attributes import Attributes, NewTask
from topowave.tasks.commands import (
    COMMANDS,
    Add,
    Cancel,
    Command,
    Expire,
    ExpirePending,
    Fail,
    Finish,
    FinishExternal,
    ForgetNodes,
    Interrupt,
    Offer,
    Place,
    PutBack,
    Recover,
    Retry,
    SetPriority,
    Start,
    Submit,
    Take,
    TakeBack,
)
from topowave.tasks.script import Outcome, Script
from topowave.tasks.store.database import Database
from topowave.tasks.store.postgres import PostgresStore
from topowave.tasks.store.postgres_connection import Connection
from topowave.tasks.store.postgres_runs import PostgresRun
from topowave.tasks.store.sql_commands import apply_all
from topowave.tasks.store.sqlite import private_journal

E = tuple(LabTask(f"a.1-1.{number}") for number in range(9))
S = tuple(LabTask(f"a.1-1.{number}", kind="script") for number in range(10, 19))
TODO = Script("/x.py", '{"value": 1}')
FAILED = Outcome(reason="error", error="no")
MOMENT = 1e9
BATCH: tuple[Command[Any], ...] = (
    Recover("a"),
    Add("a", E, 1),
    Add("a", S, 2, {task.id: TODO for task in S}, {task.id: Attributes(max_attempts=2) for task in S}),
    Start("a", (*E[:4], *S[:6])),
    Start("b", E[4:6]),
    Finish("a", E[0]),
    Finish("a", E[0]),
    Finish("a", E[5]),
    Finish("a", S[0], Outcome("1")),
    Finish("b", S[1], Outcome("1")),
    Fail("a", S[1], FAILED),
    Fail("a", S[2], FAILED),
    Retry("a", S[3], FAILED, 1.0),
    Expire("a", (E[4], S[6], S[6])),
    Cancel("a", E[5], "assigned"),
    Cancel("a", S[7], "assigned"),
    Cancel("a", E[1], "assigned"),
    Offer("a", (E[1], E[6]), "m.1", "b"),
    Offer("a", (E[7], E[0]), "m.2", "b"),
    Offer("a", (E[8],), "m.3", "c"),
    Take("b", "m.1", 1, 2),
    TakeBack("a", "m.1"),
    TakeBack("a", "m.2"),
    FinishExternal("a", E[8], "c"),
    FinishExternal("a", E[8], "c"),
    Submit((NewTask(), NewTask(Attributes(deadline=MOMENT)), NewTask(script=TODO))),
    Submit((NewTask(Attributes(deadline=MOMENT), TODO), NewTask())),
    SetPriority("", LabTask("lab.1"), "high"),
    SetPriority("a", E[7], "critical", 9),
    SetPriority("a", E[0], "low", 9),
    ExpirePending(9),
    Place(("lab.1", "lab.3", "lab.2"), "m.4"),
    Place(("lab.5",), "m.5"),
    Take("b", "m.4", 2, 2),
    TakeBack("", "m.5"),
    TakeBack("", "m.4"),
    PutBack((S[1].id, S[2].id, S[2].id, E[0].id, "lab.2")),
    Interrupt("a"),
    Recover("b"),
    Start("b", (E[6],)),
    ForgetNodes(frozenset({"b"})),
    Recover("a"),
)
"""Every command, some of them too late or of the wrong node."""
ROWS = """SELECT id, node, status, position, move, attempts, interrupted, deaths, failures, kind, priority,
    deadline, reason, type, params, outcome, size FROM task LEFT JOIN script ON task = number ORDER BY id"""


@pytest.fixture
def store(run: PostgresRun) -> Generator[PostgresStore]:
    with closing(PostgresStore.open(run.place)) as found:
        yield found


def all_of(db: Database) -> list[list[tuple[Any, ...]]]:
    """Return what a journal holds, but times and histories."""
    tally = "SELECT node, what, count FROM tally WHERE count <> 0 ORDER BY node, what"
    return [[tuple(row) for row in db.execute(asked)] for asked in (ROWS, tally)]


def test_the_batch_has_every_command() -> None:
    assert {type(command) for command in BATCH} == set(COMMANDS)


@pytest.mark.parametrize("knows_pipelines", [True, False])
@pytest.mark.parametrize("at_once", [len(BATCH), 5, 1])
def test_a_batch_finds_and_does_the_same_as_in_sqlite(
    store: PostgresStore,
    postgres: Connection,
    at_once: int,
    knows_pipelines: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(psycopg.Pipeline, "is_supported", lambda: knows_pipelines)
    sqlite = private_journal()
    sqlite.execute("INSERT INTO run VALUES (1, 0, NULL)")
    found: list[Any] = []
    for start in range(0, len(BATCH), at_once):
        found += store.execute(BATCH[start : start + at_once])
    assert found == [result for command in BATCH for result in apply_all(sqlite, [command])]
    assert all_of(postgres) == all_of(sqlite)
    sqlite.close()


def test_many_commands_wait_for_the_server_a_few_times(
    store: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[str] = []

    def counted(kind: type[Any], name: str) -> None:
        real: Callable[..., Any] = getattr(kind, name)

        def method(self: Any, *arguments: Any) -> Any:
            waits.append(name)
            return real(self, *arguments)

        monkeypatch.setattr(kind, name, method)

    counted(psycopg.Pipeline, "sync")
    counted(psycopg.Pipeline, "__exit__")
    counted(Connection, "script")
    many = [LabTask(f"a.1-1.{number}", kind="script") for number in range(300)]
    store.execute([Add("a", (task,), 1, {task.id: TODO}) for task in many])
    assert waits == ["script", "__exit__", "script"]
    waits.clear()
    store.execute([Start("a", (task,)) for task in many])
    store.execute([Finish("a", task, Outcome("1")) for task in many])
    assert waits.count("sync") <= 2  # none where the answers were there before anybody looked
    assert (waits.count("script"), waits.count("__exit__")) == (4, 2)


def test_a_server_that_ends_amid_a_batch_has_none_of_it_and_nothing_else_is_said(
    postgres_server: PostgresServer,
    run: PostgresRun,
    store: PostgresStore,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    store.execute([Add("a", E, 1)])
    real = Connection.execute
    sent: list[str] = []

    def crash_once(self: Connection, statement: str, *parameters: Any) -> Any:
        sent.append(statement)
        if len(sent) == 3:
            postgres_server.crash()
            postgres_server.wait_until_up()
        return real(self, statement, *parameters)

    finished: list[Command[Any]] = [Start("a", E), *(Finish("a", task) for task in E)]
    with monkeypatch.context() as patch, caplog.at_level(logging.DEBUG):
        patch.setattr(Connection, "execute", crash_once)
        with pytest.raises(JournalError, match="cannot be written"):
            store.execute(finished)
    assert [record.message for record in caplog.records if record.levelno >= logging.WARNING] == []
    with closing(reader_at(run.place)) as reader:
        assert reader.counts().assigned == len(E)
        store.execute(finished)
        assert (reader.counts().completed, reader.counts().conserved) == (len(E), True)


def test_an_answer_that_nobody_has_looked_at_may_be_an_error_all_the_same(postgres: Connection) -> None:
    with pytest.raises(psycopg.errors.DivisionByZero), postgres.pipelined():
        postgres.execute("SELECT 1 / ?::bigint", (0,))
    with postgres.pipelined():
        first = postgres.execute("SELECT 1")
        second = postgres.execute("SELECT 2")
        assert list(second) == [(2,)]
        assert first.fetchall() == [(1,)]
