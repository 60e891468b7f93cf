from __future__ import annotations

import json
import sys
from pathlib import Path

import msgspec
import pytest

from topowave.tasks import (
    JournalFile,
    JournalPlace,
    PostgresDatabase,
    place_from_json,
    place_problem,
    place_to_json,
)
from topowave.tasks.store.postgres_connection import library


@pytest.mark.parametrize(
    "place",
    [
        JournalFile(Path("/data/journal.db"), (7, 2**60), "a mark"),
        JournalFile(Path("/data/journal.db"), None),
        PostgresDatabase("postgresql://user:word@host:5432/lab", "a mark"),
        PostgresDatabase("postgresql://host/lab"),
    ],
)
def test_a_place_is_the_same_after_its_way_as_json(place: JournalPlace) -> None:
    assert place_from_json(json.loads(json.dumps(place_to_json(place)))) == place


@pytest.mark.parametrize("data", [None, {}, {"kind": "file"}, {"kind": "tape", "path": "x"}, "journal.db"])
def test_what_is_no_place_is_refused(data: object) -> None:
    with pytest.raises(msgspec.ValidationError):
        place_from_json(data)


def test_a_file_that_is_not_here_is_a_problem(tmp_path: Path) -> None:
    place = JournalFile(tmp_path / "journal.db", None)
    assert "PostgreSQL is needed" in (place_problem(place) or "")
    place.path.touch()
    assert place_problem(place) is None


def test_a_database_is_a_problem_where_its_library_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    place = PostgresDatabase("postgresql://host/lab")
    assert place_problem(place) is None
    library.cache_clear()
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "psycopg", None)
        assert "pip install 'topowave[postgres]'" in (place_problem(place) or "")
