"""The decisions are records of one form, and their table says what they say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.modules import missing_modules

FOLDER = Path(__file__).parents[2] / "docs" / "adr"
RECORDS = sorted(FOLDER.glob("[0-9]*.md"))
PARTS = ["Context", "Decision", "Consequences"]
LINES = range(20, 46)
"""How long a record may be: long enough for its reasons, short enough to be read before a change."""

_ROW = re.compile(r"^\| \[(\d+)\]\((\S+)\) \| (.+) \| (.+) \| (\d{4}-\d\d-\d\d) \|$", re.MULTILINE)
_HEAD = re.compile(r"# (\d+)\. (.+)\n\nStatus: (accepted|replaced by \d+), (\d{4}-\d\d-\d\d)(?:;[^\n]*)?\n\n")


def test_the_table_lists_every_record_with_its_title_status_and_date() -> None:
    told = [
        (name, int(number), title, status, date)
        for number, name, title, status, date in _ROW.findall((FOLDER / "README.md").read_text("utf-8"))
    ]
    found: list[tuple[str, int, str, str, str]] = []
    for record in RECORDS:
        head = _HEAD.match(record.read_text("utf-8"))
        assert head is not None, f"{record.name} does not begin with number, title and status"
        found.append((record.name, int(head[1]), head[2], head[3], head[4]))
    assert told == found


def test_records_are_numbered_from_1_without_a_gap() -> None:
    assert [int(record.name[:4]) for record in RECORDS] == list(range(1, len(RECORDS) + 1))
    assert RECORDS


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.stem)
def test_a_record_has_its_parts_and_is_short(record: Path) -> None:
    text = record.read_text("utf-8")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == PARTS
    assert len(text.splitlines()) in LINES


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.stem)
def test_every_module_that_a_record_names_exists(record: Path) -> None:
    assert missing_modules(record.read_text("utf-8")) == []


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.stem)
def test_every_file_of_ours_that_a_record_names_exists(record: Path) -> None:
    top = FOLDER.parents[1]
    text = record.read_text("utf-8")
    named = re.findall(r"`((?:tests|docs|frontend)/[^`]+\.\w+)`", text)
    linked = [(FOLDER / link).resolve() for link in re.findall(r"\]\(([^)#:]+\.md)(?:#[^)]*)?\)", text)]
    assert [name for name in [*(top / each for each in named), *linked] if not name.exists()] == []
