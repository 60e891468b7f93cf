"""The page of the sessions' protocol says what the sources say, and names whatever an answer has."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.docs.session_protocol import PAGE, page
from topowave.sessions.answering import Answering
from topowave.sessions.limits import (
    ASKS_WAITING,
    GRACE_S,
    LISTED,
    MOST_SESSIONS,
    ROWS_ASKED,
    SESSION_MB,
    STUCK_S,
)
from topowave.sessions.protocol import PUSHED, VERSION

TEXT = PAGE.read_text("utf-8")
ASKED: list[dict[str, Any]] = [
    {"do": "open", "network": "ring:3", "algorithm": "echo"},
    {"do": "step", "look": True},
    {"do": "run", "breakpoints": [{"node": "root"}]},
    {"do": "undo"},
    {"do": "pending"},
    {"do": "drop", "event": 3},
    {"do": "branches"},
    {"do": "compare", "one": 0, "other": 1},
    {"do": "moment"},
    {"do": "code"},
    {"do": "lines"},
    {"do": "states"},
    {"do": "rows"},
    {"do": "past", "event": 1},
    {"do": "future", "event": 1},
    {"do": "conditions"},
    {"do": "break"},
    {"do": "trace"},
]


def test_the_table_of_asks_is_what_the_sources_say() -> None:
    assert page(TEXT) == TEXT, "write it anew: python -m tests.docs.session_protocol"


def test_every_field_of_an_answer_and_of_what_is_pushed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    answering = Answering(5.0, lambda: None)
    named = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`]*)`", TEXT))))
    for ask in ASKED:
        answer = json.loads(answering.answer(json.dumps({"id": 1, **ask}).encode()))
        assert "problems" not in answer
        assert set(answer) - named == set()
        for part in ("moment", "algorithm", "difference", "break"):
            assert set(answer.get(part) or ()) - named == set()
        for each in (*answer.get("pending", ()), *answer.get("branches", ()), *answer.get("sources", ())):
            assert set(each) - named == set()
    for kind in PUSHED:
        assert {field.name for field in msgspec.structs.fields(kind)} - named == set()


def test_the_numbers_on_the_page_are_the_limits() -> None:
    said = f"version {VERSION}", f"{ASKS_WAITING} may wait", f"at most {LISTED:,}", f"at most {ROWS_ASKED:,}"
    for each in (
        *said,
        f"{SESSION_MB:,} MB",
        f"hangs for {STUCK_S:g} s",
        f"at most {MOST_SESSIONS} sessions",
    ):
        assert each in TEXT
    assert f"waits {GRACE_S:g} s" in TEXT
