"""A journal in PostgreSQL: who writes waits for his turn, and a server that is gone is no end of the lab."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Generator
from contextlib import closing, contextmanager
from typing import Any

import psycopg
import pytest

from tests.support.postgres import PostgresServer
from topowave.tasks import (
    JournalBusyError,
    JournalError,
    JournalLostError,
    JournalReader,
    LabTask,
    PostgresDatabase,
    reader_at,
)
from topowave.tasks.attributes import NewTask
from topowave.tasks.commands import Add, Submit
from topowave.tasks.errors import JournalDoubtError
from topowave.tasks.listing import TaskFilter
from topowave.tasks.store import postgres_connection, postgres_reader
from topowave.tasks.store.postgres import TURN, PostgresStore
from topowave.tasks.store.postgres_connection import Connection, connect, without_password
from topowave.tasks.store.postgres_runs import PostgresRun, begin_postgres_run


def add(number: int) -> Add:
    return Add("a", (LabTask(f"a.1-1.{number}"),), 1)


@pytest.fixture
def store(run: PostgresRun) -> Generator[PostgresStore]:
    with closing(PostgresStore.open(run.place)) as found:
        yield found


@pytest.fixture
def reader(run: PostgresRun) -> Generator[JournalReader]:
    with closing(reader_at(run.place)) as found:
        yield found


@contextmanager
def stopped(server: PostgresServer) -> Generator[None]:
    """Let the server answer nobody."""
    pids = server.pids()
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def test_who_writes_waits_for_another_one_and_is_told_when_that_takes_long(
    store: PostgresStore, postgres: Connection, reader: JournalReader
) -> None:
    postgres.script(TURN)
    with pytest.raises(JournalBusyError, match="cannot be written"):
        store.execute([add(1)])
    assert reader.counts().submitted == 0
    postgres.script("ROLLBACK")
    store.execute([add(1)])
    assert reader.counts().submitted == 1


def test_a_batch_is_written_whole_or_not_at_all(store: PostgresStore, reader: JournalReader) -> None:
    store.execute([add(1)])
    with pytest.raises(JournalError, match="duplicate key"):
        store.execute([add(2), add(1)])
    assert reader.counts().submitted == 1
    store.execute([add(2)])
    assert (reader.counts().submitted, reader.counts().conserved) == (2, True)


@pytest.mark.slow
def test_a_server_that_is_stopped_is_an_error_in_time_and_goes_on_when_it_does(
    postgres_server: PostgresServer, run: PostgresRun
) -> None:
    with closing(PostgresStore.open(run.place)) as store, closing(reader_at(run.place)) as reader:
        store.execute([add(1)])
        assert reader.counts().submitted == 1
        with stopped(postgres_server):
            with pytest.raises(JournalError, match="does not answer in time"):
                store.execute([add(2)])
            with pytest.raises(JournalError, match="does not answer in time"):
                reader.counts()
        store.execute([add(2)])
        assert reader.counts().submitted == 2


def test_a_server_that_is_killed_and_comes_back_has_all_that_was_promised(
    postgres_server: PostgresServer, store: PostgresStore, reader: JournalReader
) -> None:
    store.execute([add(1)])
    assert reader.counts().submitted == 1
    postgres_server.crash()
    postgres_server.wait_until_up()
    store.execute([add(2)])
    assert (reader.counts().submitted, reader.counts().conserved) == (2, True)


@pytest.mark.parametrize("is_written", [True, False])
def test_whether_a_commit_came_to_pass_whose_answer_is_lost_is_asked_and_not_guessed(
    store: PostgresStore, reader: JournalReader, is_written: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.execute([])
    real = Connection.script

    def cut_off(self: Connection, statements: str) -> Any:
        if not statements.endswith("COMMIT"):
            return real(self, statements)
        if is_written:
            real(self, statements)
        self.close()
        raise psycopg.OperationalError("the connection is lost")

    batch = [add(1)]
    with monkeypatch.context() as patch:
        patch.setattr(Connection, "script", cut_off)
        with pytest.raises(JournalDoubtError, match="the connection is lost"):
            store.execute(batch)
    assert reader.counts().submitted == int(is_written)
    assert store.execute(batch) == [None]
    assert reader.counts().submitted == 1
    store.execute([add(2)])
    assert (reader.counts().submitted, reader.counts().conserved) == (2, True)


@pytest.mark.parametrize("is_written", [True, False])
def test_tasks_that_the_balancer_submits_are_there_once_where_a_commits_answer_is_lost(
    reader: JournalReader, is_written: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader.execute([])
    real = Connection.script
    lost: list[str] = []

    def cut_off_once(self: Connection, statements: str) -> Any:
        if lost or not statements.endswith("COMMIT"):
            return real(self, statements)
        lost.append(statements)
        if is_written:
            real(self, statements)
        self.close()
        raise psycopg.OperationalError("the connection is lost")

    monkeypatch.setattr(Connection, "script", cut_off_once)
    ((first,),) = reader.execute([Submit((NewTask(),))])
    assert lost
    assert [task["id"] for task in reader.page(TaskFilter(), "submitted", None, 9)["tasks"]] == [first]
    ((second,),) = reader.execute([Submit((NewTask(),))])
    assert (second != first, reader.counts().submitted, reader.counts().conserved) == (True, 2, True)


def test_tasks_of_which_nobody_can_say_in_time_whether_they_are_there_are_told_as_such(
    reader: JournalReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader.execute([])
    real = Connection.script

    def cut_off(self: Connection, statements: str) -> Any:
        if statements.endswith("COMMIT"):
            self.close()
            raise psycopg.OperationalError("the connection is lost")
        return real(self, statements)

    with monkeypatch.context() as patch:
        patch.setattr(Connection, "script", cut_off)
        patch.setattr(postgres_reader, "TRANSACTION_TIMEOUT", 0)
        with pytest.raises(JournalError, match="is lost; what was asked for may have been done"):
            reader.execute([Submit((NewTask(),))])
    reader.execute([Submit((NewTask(),))])
    assert reader.counts().submitted == 1


def test_a_server_that_dies_at_a_commit_is_asked_when_it_is_back(
    postgres_server: PostgresServer,
    store: PostgresStore,
    reader: JournalReader,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store.execute([])
    real = Connection.script

    def killed(self: Connection, statements: str) -> Any:
        if statements.endswith("COMMIT"):
            postgres_server.crash()
            postgres_server.wait_until_up()
        return real(self, statements)

    batch = [add(1)]
    with monkeypatch.context() as patch:
        patch.setattr(Connection, "script", killed)
        with pytest.raises(JournalDoubtError):
            store.execute(batch)
    store.execute(batch)
    assert (reader.counts().submitted, reader.counts().conserved) == (1, True)


def test_a_journal_in_which_another_lab_has_begun_is_lost(
    store: PostgresStore, reader: JournalReader, run: PostgresRun
) -> None:
    store.execute([add(1)])
    reader.counts()
    run.close()  # as if the server had been started anew, which lets the lock go
    another = begin_postgres_run(run.place.url, ["a"], go_on=True)
    with pytest.raises(JournalLostError, match="another lab has begun in it"):
        store.execute([add(2)])
    for read in (reader.counts, reader.check, reader.upkeep):
        with pytest.raises(JournalLostError):
            read()
    run.end()  # leaves the other's run as it is
    with closing(reader_at(another.place)) as own:
        assert own.counts().submitted == 1
    another.end()


def test_a_journal_that_somebody_removes_is_lost(
    store: PostgresStore, reader: JournalReader, postgres: Connection
) -> None:
    postgres.execute("DROP SCHEMA topowave CASCADE")
    with pytest.raises(JournalLostError, match="was removed"):
        store.execute([add(1)])
    with pytest.raises(JournalLostError, match="was removed"):
        reader.counts()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://me:s3cr3t@127.0.0.1:1/lab", "postgresql://me@127.0.0.1:1/lab"),
        ("postgres://me:s3cr3t@[::1]/lab?password=s3cr3t", "postgresql://me@[::1]/lab"),
        ("postgresql:///lab?host=/tmp/no&password=s3cr3t", "postgresql:///lab"),
        ("postgresql://me:s%333cr3t@127.0.0.1:1/lab", "postgresql://me@127.0.0.1:1/lab"),
    ],
)
def test_no_password_is_ever_told(url: str, said: str) -> None:
    assert without_password(url) == said
    with pytest.raises(JournalError) as caught:
        connect(url)
    assert str(caught.value).startswith(f"the journal in {said} cannot be written: ")
    for text in (str(caught.value), repr(PostgresDatabase(url)), str(PostgresDatabase(url))):
        assert "cr3t" not in text
        assert "\n" not in text


def test_without_the_library_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    postgres_connection.library.cache_clear()
    try:
        with pytest.raises(JournalError, match=r"needs psycopg, .* pip install 'topowave\[postgres\]'$"):
            connect("postgresql://127.0.0.1/lab")
    finally:
        postgres_connection.library.cache_clear()
