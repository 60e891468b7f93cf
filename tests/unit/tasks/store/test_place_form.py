from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from topowave.tasks import (
    JournalFile,
    JournalPlace,
    PostgresDatabase,
    place_from_json,
    place_to_json,
)


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
