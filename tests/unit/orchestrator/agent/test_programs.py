"""What the processes of an agent know of their lab."""

from __future__ import annotations

from pathlib import Path

import pytest

from topowave.orchestrator.agent.programs import algorithms_of, journal_problem, lab_of
from topowave.tasks import JournalFile, PostgresDatabase, place_to_json
from topowave.topology import LabConfig, Problems
from topowave.wire.agents import Wanted

ROWS = [{"name": "root", "port": 8000, "cpu": 2, "parent": None}]


def wanted(config: LabConfig) -> Wanted:
    settings = config.model_dump(mode="json", exclude_unset=True)
    return Wanted("a", "s", 3, ROWS, settings, [])


def test_the_lab_is_where_the_controller_is_reached_and_its_own_name_is_known_too() -> None:
    lab = lab_of(wanted(LabConfig(host="0.0.0.0", max_cpu=50.0)), "192.168.1.5")
    assert (lab.config.host, lab.config.max_cpu, lab.hosts, lab.version) == (
        "192.168.1.5",
        50.0,
        ("0.0.0.0",),
        3,
    )
    assert lab.topology.root.name == "root"


def test_scripts_may_run_where_the_lab_itself_lets_them() -> None:
    private = lab_of(wanted(LabConfig()), "127.0.0.1")
    assert private.config.allowed_script_dirs == ["@examples"]
    # An agent of the same machine reaches an open lab by a private address: that opens nothing.
    public = lab_of(wanted(LabConfig(host="0.0.0.0")), "127.0.0.1")
    assert public.config.allowed_script_dirs == []
    said = lab_of(wanted(LabConfig(host="0.0.0.0", script_dirs=["/scripts"])), "127.0.0.1")
    assert said.config.allowed_script_dirs == ["/scripts"]


@pytest.mark.parametrize(
    ("rows", "settings"), [([], {}), ([{"name": "root"}], {}), (ROWS, {"max_cpu": "much"}), (ROWS, {"x": 1})]
)
def test_what_is_no_lab_is_refused(rows: list[dict[str, object]], settings: dict[str, object]) -> None:
    with pytest.raises(Problems):
        lab_of(Wanted("a", "s", 1, rows, settings, []), "127.0.0.1")


def test_a_journal_in_a_file_that_is_not_here_is_refused_with_what_is_needed(tmp_path: Path) -> None:
    here = tmp_path / "journal.db"
    missing = journal_problem(place_to_json(JournalFile(here, None)))
    assert missing is not None
    assert "which is not on this machine: PostgreSQL is needed where nodes are on more than" in missing
    here.touch()
    assert journal_problem(place_to_json(JournalFile(here, None))) is None
    assert journal_problem(place_to_json(PostgresDatabase("postgresql://host/lab"))) is None
    assert journal_problem(None) is None
    assert "is not understood" in (journal_problem({"kind": "tape"}) or "")


def test_users_classes_are_loaded_and_one_that_is_not_here_is_told(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(
        "from topowave import Algorithm\n\n\nclass Mine(Algorithm):\n    '''Mine.'''\n\n    name = 'mine'\n"
    )
    assert "mine" in algorithms_of([f"{file}:Mine"])
    with pytest.raises(Problems, match=r"needed here too, at the same place: .*there is no such file"):
        algorithms_of([f"{tmp_path / 'other.py'}:Other"])
