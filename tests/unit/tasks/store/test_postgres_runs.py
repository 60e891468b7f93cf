"""Runs of labs in one database: begun anew, taken up, ended, and never two at a time."""

from __future__ import annotations

from contextlib import closing

import pytest

from tests.support.postgres import PostgresServer
from topowave.tasks import JournalError, LabTask, TaskCounts, limits, reader_at
from topowave.tasks.commands import Add, Finish, Recover, Start
from topowave.tasks.store.migrations import TASK_INDEXES_6
from topowave.tasks.store.postgres_connection import SCHEMA_NAME, Connection, connect
from topowave.tasks.store.postgres_runs import PostgresRun, begin_postgres_run
from topowave.tasks.store.schema import TASK_INDEXES, VERSION
from topowave.tasks.store.sql_commands import apply


def begin(server: PostgresServer, *, resume: bool = False) -> PostgresRun:
    return begin_postgres_run(server.url(), ("a", "b"), go_on=resume)


def counts(run: PostgresRun) -> TaskCounts:
    with closing(reader_at(run.place)) as reader:
        return reader.counts()


def fill(run: PostgresRun, count: int, node: str = "a", finish: bool = False) -> None:
    """Add tasks and let one run, or end, as a node would."""
    with closing(connect(run.place.url)) as db:
        (number,) = db.execute("SELECT MAX(number) FROM run").fetchone() or (0,)
        tasks = tuple(LabTask(f"{node}.{number}-1.{each}") for each in range(count))
        apply(db, Add(node, tasks, 1))
        apply(db, Start(node, tasks if finish else tasks[:1]))
        for task in tasks if finish else ():
            apply(db, Finish(node, task))


def schemas(server: PostgresServer) -> list[str]:
    with closing(connect(server.url())) as db:
        found = db.execute(
            "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'topo%' ORDER BY 1"
        ).fetchall()
    return [str(name) for (name,) in found]


def test_the_last_run_is_kept_once(postgres_server: PostgresServer) -> None:
    for count in (1, 2, 3):
        run = begin(postgres_server)
        assert run.notes == []
        fill(run, count, finish=True)
        assert counts(run).submitted == count
        run.end()
    assert schemas(postgres_server) == ["topowave", "topowave_previous"]


def test_a_run_that_is_taken_up_goes_on_with_its_tasks(postgres_server: PostgresServer) -> None:
    run = begin(postgres_server)
    fill(run, 5)
    fill(run, 3, node="gone")
    run.close()  # as a killed orchestrator does
    again = begin(postgres_server, resume=True)
    assert again.notes == [
        "5 tasks of the last run are taken up",
        "3 tasks of nodes that are not in this topology are pending, and go to others",
    ]
    assert again.place.mark != run.place.mark
    with closing(connect(again.place.url)) as db:
        found = apply(db, Recover("a"))
    assert (len(found.assigned), found.run, found.submitted) == (5, 2, 5)
    assert (counts(again).pending, counts(again).conserved) == (3, True)
    again.end()


@pytest.mark.parametrize("well", [True, False])
def test_a_run_that_did_not_end_well_is_told_of_and_can_still_be_taken_up(
    postgres_server: PostgresServer, well: bool
) -> None:
    run = begin(postgres_server)
    fill(run, 4)
    run.end() if well else run.close()
    second = begin(postgres_server)
    assert [("left 4 tasks unfinished" in note, "--resume" in note) for note in second.notes] == (
        [] if well else [(True, True)]
    )
    second.end()
    back = begin(postgres_server, resume=True)
    assert (counts(back).unfinished, back.notes) == (4, ["4 tasks of the last run are taken up"])
    back.end()


def test_tasks_that_are_all_over_stay_when_their_run_goes_on(postgres_server: PostgresServer) -> None:
    begin(postgres_server, resume=True).end()
    run = begin(postgres_server)
    fill(run, 2, finish=True)
    run.close()
    begin(postgres_server).end()
    for _ in range(2):
        again = begin(postgres_server, resume=True)
        assert again.notes == ["all tasks of the last run are over; they are kept, with their results"]
        assert (counts(again).submitted, counts(again).completed) == (2, 2)
        again.end()


def test_the_results_of_a_run_stay_where_the_one_before_it_is_taken_up(
    postgres_server: PostgresServer,
) -> None:
    for count, finish in ((3, False), (2, True)):
        run = begin(postgres_server)
        fill(run, count, finish=finish)
        run.end()
    back = begin(postgres_server, resume=True)
    (kept,) = [name for name in schemas(postgres_server) if "_2" in name]
    taken, beside = back.notes
    assert taken == "3 tasks of the run before the last one are taken up"
    assert f"all 2 tasks are over, is kept with its results in the schema {kept} of " in beside
    assert counts(back).unfinished == 3
    back.end()
    with closing(connect(postgres_server.url())) as db:
        found = db.execute(f"SELECT COUNT(*) FROM \"{kept}\".task WHERE status = 'completed'").fetchone()
    assert found == (2,)


def test_an_unfinished_run_that_would_be_pushed_out_is_kept_beside(
    postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    names: list[str] = []
    for _ in range(limits.JOURNALS_KEPT + 3):
        run = begin(postgres_server)
        names += [
            note for note in run.notes if note.startswith("an older run's 4 tasks are kept in the schema")
        ]
        fill(run, 4)
        run.close()
    assert len(names) == limits.JOURNALS_KEPT + 1
    assert len(schemas(postgres_server)) == limits.JOURNALS_KEPT + 2


def test_two_labs_never_use_one_database_at_a_time(postgres_server: PostgresServer) -> None:
    run = begin(postgres_server)
    for resume in (False, True):
        with pytest.raises(JournalError, match="another lab that runs has its journal there") as caught:
            begin(postgres_server, resume=resume)
        assert "names another database" in str(caught.value)
    other = begin_postgres_run(postgres_server.new_database("other"), ["a"], go_on=False)
    other.end()
    run.end()
    begin(postgres_server).end()


def test_where_a_run_cannot_begin_all_is_as_it_was(
    postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = begin(postgres_server)
    fill(run, 2)
    run.close()
    monkeypatch.setattr("topowave.tasks.store.postgres_runs.TABLES", ("CREATE TABLE lab (x NOTYPE)",))
    with pytest.raises(JournalError, match="notype"):
        begin(postgres_server)
    assert schemas(postgres_server) == ["topowave"]
    back = begin(postgres_server, resume=True)
    assert counts(back).unfinished == 2
    back.end()


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (f"UPDATE topowave.lab SET version = {VERSION + 1}", "a newer version of Topowave wrote it"),
        ("UPDATE topowave.lab SET version = 5", "an older version of Topowave wrote it"),
        (
            "DROP SCHEMA topowave CASCADE; CREATE SCHEMA topowave; CREATE TABLE topowave.x ()",
            "it is no journal",
        ),
    ],
)
def test_what_is_no_journal_of_ours_is_refused_and_left_as_it_is(
    postgres_server: PostgresServer, postgres: Connection, run: PostgresRun, statement: str, said: str
) -> None:
    run.close()
    postgres.script(statement)
    for resume in (False, True):
        with pytest.raises(JournalError, match=f"the schema topowave of postgresql:///postgres: {said}"):
            begin(postgres_server, resume=resume)
    assert schemas(postgres_server) == ["topowave"]


def test_a_run_resumes_what_an_earlier_version_left(postgres_server: PostgresServer) -> None:
    run = begin(postgres_server)
    fill(run, 2)
    with closing(connect(run.place.url)) as db:
        new = tables(db)
        names = [index.split()[2] for index in TASK_INDEXES]
        db.script("; ".join(f"DROP INDEX {name}" for name in names))
        db.script("ALTER TABLE task DROP COLUMN duration")
        db.script("; ".join(TASK_INDEXES_6))
        db.script("UPDATE lab SET version = 6")
        assert tables(db) != new
    run.close()
    back = begin(postgres_server, resume=True)
    assert back.notes == ["2 tasks of the last run are taken up"]
    assert counts(back).unfinished == 2
    with closing(connect(back.place.url)) as db:
        assert tables(db) == new
        assert db.execute("SELECT version FROM lab").fetchone() == (VERSION,)
    back.end()


def tables(db: Connection) -> set[tuple[str, ...]]:
    """What a journal consists of: columns with their types, and indexes."""
    columns = "SELECT table_name, column_name, data_type FROM information_schema.columns"
    found = db.execute(f"{columns} WHERE table_schema = ?", (SCHEMA_NAME,)).fetchall()
    return {*found, *db.execute("SELECT indexdef FROM pg_indexes WHERE schemaname = ?", (SCHEMA_NAME,))}
