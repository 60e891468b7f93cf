"""A run's journal: begun anew, taken up, ended; nothing that is unfinished is ever thrown away in silence."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Collection
from contextlib import closing
from pathlib import Path

import pytest

from topowave.tasks import JournalError, LabTask, TaskCounts, begin_run, limits, reader_at
from topowave.tasks.commands import Add, Finish, Recover, Start
from topowave.tasks.store import file_runs
from topowave.tasks.store.file_runs import FileRun
from topowave.tasks.store.schema import VERSION
from topowave.tasks.store.sql_commands import apply
from topowave.tasks.store.sqlite import open_journal


def counts(path: Path) -> TaskCounts:
    with closing(reader_at(path)) as reader:
        return reader.counts()


def fill(run: FileRun, count: int, node: str = "a", finish: bool = False) -> None:
    """Add tasks and let one run, or end, as a node would."""
    with closing(open_journal(run.path, 1)) as db:
        (number,) = db.execute("SELECT MAX(number) FROM run").fetchone()
        (last,) = db.execute("SELECT COUNT(*) FROM task").fetchone()
        tasks = [LabTask(f"{node}.{number}-1.{last + each}") for each in range(count)]
        apply(db, Add(node, tuple(tasks), 1))
        apply(db, Start(node, tuple(tasks if finish else tasks[:1])))
        for task in tasks if finish else []:
            apply(db, Finish(node, task))


def killed(run: FileRun) -> None:
    """End as a killed orchestrator does: the lock goes with the process, and nothing is noted."""
    run.close()


def begin(folder: Path, *, resume: bool = False, names: Collection[str] = ("a", "b")) -> FileRun:
    return begin_run(folder, names, resume=resume)


def files(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def test_a_run_begins_with_an_empty_journal_in_a_folder_that_is_made(tmp_path: Path) -> None:
    run = begin(tmp_path / "deep" / "data")
    assert run.path == tmp_path / "deep" / "data" / "journal.db"
    assert (counts(run.path).submitted, run.notes) == (0, [])
    run.end()
    assert files(run.path.parent) == ["journal.db"]


def test_the_last_run_is_kept_once(tmp_path: Path) -> None:
    for count in (1, 2, 3):
        run = begin(tmp_path)
        assert run.notes == []
        fill(run, count, finish=True)
        run.end()
    assert files(tmp_path) == ["journal-previous.db", "journal.db"]
    assert [counts(tmp_path / name).submitted for name in files(tmp_path)] == [2, 3]


def test_a_run_that_is_taken_up_goes_on_with_its_tasks_in_a_run_of_its_own_number(tmp_path: Path) -> None:
    run = begin(tmp_path)
    fill(run, 5)
    run.end()
    again = begin(tmp_path, resume=True)
    assert again.notes == ["5 tasks of the last run are taken up"]
    with closing(open_journal(again.path, 1)) as db:
        found = apply(db, Recover("a"))
    assert (len(found.assigned), found.run, found.submitted) == (5, 2, 5)
    fill(again, 1)  # with an id of its own
    again.end()
    assert counts(again.path).submitted == 6


def test_tasks_of_nodes_that_are_gone_are_pending_when_a_run_is_taken_up(tmp_path: Path) -> None:
    run = begin(tmp_path)
    fill(run, 2)
    fill(run, 3, node="gone")
    run.end()
    again = begin(tmp_path, resume=True)
    assert again.notes == [
        "2 tasks of the last run are taken up",
        "3 tasks of nodes that are not in this topology are pending, and go to others",
    ]
    assert (counts(again.path).pending, counts(again.path).conserved) == (3, True)
    again.end()


@pytest.mark.parametrize("well", [True, False])
def test_a_run_that_did_not_end_well_is_told_of_and_can_still_be_taken_up(tmp_path: Path, well: bool) -> None:
    run = begin(tmp_path)
    fill(run, 4)
    run.end() if well else killed(run)
    second = begin(tmp_path)
    assert [("left 4 tasks unfinished" in note, "--resume" in note) for note in second.notes] == (
        [] if well else [(True, True)]
    )
    assert counts(second.path).submitted == 0
    second.end()
    third = begin(tmp_path)  # nothing happened in between, so nothing is pushed out
    third.end()
    back = begin(tmp_path, resume=True)
    assert (counts(back.path).unfinished, back.notes) == (4, ["4 tasks of the last run are taken up"])
    back.end()


def test_an_unfinished_run_that_would_be_pushed_out_is_kept_beside(tmp_path: Path) -> None:
    killed_run = begin(tmp_path)
    fill(killed_run, 4)
    killed(killed_run)
    second = begin(tmp_path)
    fill(second, 1, finish=True)
    second.end()
    third = begin(tmp_path)
    (kept,) = [name for name in files(tmp_path) if name[7:9] == "-2"]
    assert third.notes == [f"an older run's 4 tasks are kept in {tmp_path / kept}"]
    assert counts(tmp_path / kept).unfinished == 4
    third.end()


def test_only_so_many_old_runs_are_kept(tmp_path: Path) -> None:
    for number in range(limits.JOURNALS_KEPT + 3):
        run = begin(tmp_path)
        fill(run, 1)
        killed(run)
        os.utime(run.path, (number * 1e6, number * 1e6))
    run = begin(tmp_path)
    kept = [name for name in files(tmp_path) if name.startswith("journal-1970")]
    assert len(kept) == limits.JOURNALS_KEPT
    assert "journal-1970-01-01T00-00-00.000.db" not in kept
    run.end()


def test_with_nothing_to_take_up_a_run_begins_anew_and_says_so(tmp_path: Path) -> None:
    for _ in range(2):
        run = begin(tmp_path, resume=True)
        assert run.notes == ["no tasks were found; this run begins with none"]
        run.end()


@pytest.mark.parametrize("between", [False, True])
@pytest.mark.parametrize("well", [True, False])
def test_tasks_that_are_all_over_stay_when_their_run_goes_on(
    tmp_path: Path, well: bool, between: bool
) -> None:
    first = begin(tmp_path)
    fill(first, 2, finish=True)
    first.end() if well else killed(first)
    if between:  # a run that had no tasks at all
        begin(tmp_path).end()
    for _ in range(2):
        again = begin(tmp_path, resume=True)
        assert again.notes == ["all tasks of the last run are over; they are kept, with their results"]
        assert (counts(again.path).submitted, counts(again.path).completed) == (2, 2)
        again.end()


def test_the_results_of_a_run_stay_where_the_one_before_it_is_taken_up(tmp_path: Path) -> None:
    unfinished = begin(tmp_path)
    fill(unfinished, 3)
    unfinished.end()
    over = begin(tmp_path)
    fill(over, 2, finish=True)
    over.end()
    back = begin(tmp_path, resume=True)
    (kept,) = [name for name in files(tmp_path) if name[7:9] == "-2"]
    assert back.notes == [
        "3 tasks of the run before the last one are taken up",
        f"the run after it, of which all 2 tasks are over, is kept with its results in {tmp_path / kept}",
    ]
    assert (counts(back.path).unfinished, counts(tmp_path / kept).completed) == (3, 2)
    back.end()
    elsewhere = tmp_path / "kept"  # as the documentation has it
    elsewhere.mkdir()
    shutil.copy(tmp_path / kept, elsewhere / "journal.db")
    looked = begin(elsewhere, resume=True)
    assert counts(looked.path).completed == 2
    looked.end()
    begin(tmp_path).end()
    assert counts(tmp_path / kept).completed == 2


def test_two_labs_never_use_one_folder_at_a_time(tmp_path: Path) -> None:
    run = begin(tmp_path)
    for resume in (False, True):
        with pytest.raises(JournalError, match="another lab that runs has its journal there"):
            begin(tmp_path, resume=resume)
    assert counts(run.path).submitted == 0
    run.end()
    begin(tmp_path).end()


@pytest.mark.parametrize("resume", [False, True])
@pytest.mark.parametrize("content", [b"no database " * 100, b"SQLite format 3\0" + b"\xff" * 4000])
def test_what_is_no_journal_is_never_overwritten(tmp_path: Path, content: bytes, resume: bool) -> None:
    (tmp_path / "journal.db").write_bytes(content)
    with pytest.raises(JournalError, match=r"journal\.db: "):
        begin(tmp_path, resume=resume)
    assert (tmp_path / "journal.db").read_bytes() == content
    assert files(tmp_path) == ["journal.db"]


def test_another_programs_database_and_a_newer_version_are_refused_in_one_sentence(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "journal.db")) as db:
        db.execute("CREATE TABLE x (y)")
    with pytest.raises(JournalError, match="another program's database"):
        begin(tmp_path)
    (tmp_path / "journal.db").unlink()
    run = begin(tmp_path)
    run.end()
    with closing(sqlite3.connect(run.path)) as db:
        db.execute(f"PRAGMA user_version = {VERSION + 1}")
    for resume in (False, True):
        with pytest.raises(
            JournalError, match=rf"a newer version of Topowave wrote it .* version {VERSION + 1}, "
        ) as no:
            begin(tmp_path, resume=resume)
        assert "\n" not in str(no.value)


def test_a_journal_that_another_program_holds_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_runs, "READ_TIMEOUT", 0.05)
    run = begin(tmp_path)
    fill(run, 1)
    killed(run)
    with closing(sqlite3.connect(run.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(JournalError, match=r"used by another program|holds its lock"):
            begin(tmp_path)
    begin(tmp_path).end()


def test_a_folder_that_cannot_be_is_refused_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(JournalError, match=r"cannot be the data directory: Not a directory|File exists"):
        begin(tmp_path / "file")
    with pytest.raises(JournalError, match="cannot be the data directory"):
        begin(tmp_path / "file" / "below")
    with pytest.raises(JournalError, match=r"cannot be the data directory|no journal can be written there"):
        begin(Path("/proc/topowave"))


def test_without_room_nothing_is_left_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: Path) -> None:
        raise OSError(28, "No space left on device")

    run = begin(tmp_path / "data")
    fill(run, 3)
    killed(run)
    before = counts(run.path)
    monkeypatch.setattr(file_runs, "_check_room", full)
    for folder in (tmp_path / "data", tmp_path / "new"):
        with pytest.raises(JournalError, match="no journal can be written there: No space left on device"):
            begin(folder)
    assert counts(run.path) == before
    assert [name for name in files(tmp_path / "data") if not name.endswith(("-wal", "-shm"))] == [
        "journal.db"
    ]
    assert not (tmp_path / "new").exists()


def test_a_folder_whose_journal_is_gone_at_the_end_is_let_go_all_the_same(tmp_path: Path) -> None:
    run = begin(tmp_path)
    run.path.unlink()
    run.end()
    lock = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(lock)
