"""What agents, journals, processes and replays say has no English left in Russian and German."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.support.english import english_in
from topowave.balancer.agents.admission import Terms, fault_in_hello
from topowave.orchestrator.agent.agent_processes import HeldProcess
from topowave.orchestrator.managed_process import ManagedProcess
from topowave.tasks import JournalError, LabTask, begin_run
from topowave.tasks.commands import Add
from topowave.tasks.store.sql_commands import apply
from topowave.tasks.store.sqlite import open_journal
from topowave.translation.translate import translate
from topowave.wire.agents import Hello, WantedProcess

LANGUAGES = pytest.mark.parametrize("language", ["de", "ru"])
HELLO = Hello("a1", "s1", "127.0.0.1", 9000, 2, 900.0, 10.0, "this boot", "1.0")
TERMS = Terms(version="1.0", boot="this boot", journal_in_file=True, has_token=False)
SAID = [
    "there is an agent east already; give this one another name (--name)",
    "an agent of this name may still run nodes; try again",
    "mine.py: the lab runs it, so it is needed here too, at the same place: mine.py: there is no such file",
    "the lab keeps its tasks in /data/journal.db, which is not on this machine: "
    "PostgreSQL is needed where nodes are on more than one machine (database_url)",
    "data: another lab that runs has its journal there; `--data` names another directory",
    "the schema topowave_1 of postgresql://db: it is no journal",
    "--ray auto: the cluster has no machine that is alive",
    "--ray h:1: there is no cluster: Connection refused; `ray start --head` starts one",
    "line 7: node fen: the trace has send 3 to a, the replay nothing more",
    "line 7: node fen: in wave root-1 the replay has send 3 to a, which the trace has not",
    "wave root-1: not all of its events are in the trace",
    "wave root-1: node fen: starting: KeyError: 1 (a mistake, reproduced)",
    "it did not return within 20 s, and was killed",
    "the handler changes a message after sending it (mine.py, line 3: box.append(1)); send a copy",
    "uses self.random, and the checker goes through every order of events, but not through every draw; "
    "`topowave simulate` with one --seed after the other tries some",
    "mine.py: line 3: note: import of random: a run with the same seed may differ, since this is "
    "chance that no seed reaches; self.random is chance that the seed reaches",
    "port 8000 (node root) is in use by another program",
    "port 80 (the page) may not be opened by this user; ports below 1024 are root's",
    "task a.1-1.2 is pending",
    "the cursor is of a list sorted by new, and sort is old",
]


@LANGUAGES
@pytest.mark.parametrize(
    "other",
    [
        {"version": "0.9"},
        {"name": "a/1"},
        {"session": ""},
        {"heartbeat": 0.0},
        {"cores": 0},
        {"host": "0.0.0.0"},
        {"host": "no host"},
        {"host": "10.0.0.7"},
        {"boot": "another"},
    ],
    ids=str,
)
def test_why_an_agent_is_refused(other: dict[str, Any], language: str) -> None:
    fault = fault_in_hello(msgspec.structs.replace(HELLO, **other), TERMS)
    assert fault is not None
    assert english_in(translate(str(fault), language)) == []


@LANGUAGES
@pytest.mark.parametrize("english", SAID)
def test_what_came_as_text(english: str, language: str) -> None:
    said = translate(english, language).replace("send 3 to a", "")
    assert said != english
    assert english_in(said) == []


@LANGUAGES
def test_what_a_journal_notes_at_the_start(language: str, tmp_path: Path) -> None:
    notes = [*begun(tmp_path, resume=True)]
    fill(tmp_path)
    notes += begun(tmp_path)
    notes += begun(tmp_path, resume=True, names=("b",))
    assert [str(note) for note in notes] == [
        "no tasks were found; this run begins with none",
        "the last run did not end well and left 3 tasks unfinished; "
        "to take them up, stop and start again with `topowave up --resume`",
        "0 tasks of the last run are taken up",
        "3 tasks of nodes that are not in this topology are pending, and go to others",
    ]
    assert [line for note in notes for line in english_in(translate(note, language))] == []


@LANGUAGES
def test_why_a_file_is_no_journal(language: str, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "journal.db")) as db:
        db.execute("CREATE TABLE other (number)")
    with pytest.raises(JournalError) as refused:
        begin_run(tmp_path, ["a"], resume=False)
    said = translate(str(refused.value), language).replace(str(tmp_path), "")
    assert english_in(said) == []


def test_what_a_process_is_called() -> None:
    one = ManagedProcess("amber", [], ("birch",))
    more = HeldProcess(WantedProcess(1, ["amber", "birch", "cedar"], [9000, 9001, 9002]))
    assert (str(one.title), translate(one.title, "de")) == (
        "amber and 1 more node",
        "amber und 1 weiterer Knoten",
    )
    assert str(more.title) == "amber and 2 more nodes on ports 9000 to 9002"
    assert translate(more.title, "ru") == "amber и ещё 2 узла, порты от 9000 до 9002"


def begun(folder: Path, *, resume: bool = False, names: tuple[str, ...] = ("a",)) -> list[str]:
    """Begin a run and end it as a killed lab does."""
    run = begin_run(folder, names, resume=resume)
    run.close()
    return [*run.notes]


def fill(folder: Path) -> None:
    """Add three tasks to the current journal."""
    with closing(open_journal(folder / "journal.db", 1)) as db:
        (number,) = db.execute("SELECT MAX(number) FROM run").fetchone()
        apply(db, Add("a", tuple(LabTask(f"a.{number}-1.{each}") for each in range(3)), 1))
