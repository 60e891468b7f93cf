"""The code beside a run: the source of a class, the lines that an event ran through, the pseudocode."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from topowave import Session
from topowave.algorithms import Algorithm
from topowave.algorithms.registry import LIBRARY
from topowave.sessions.answering import Answering
from topowave.sessions.code import HANDLERS, blocks_of, lines_of, pseudocode, sources
from topowave.topology import Problems

MINE = """from topowave import Algorithm


class Base(Algorithm):
    def on_start(self):
        self.greet()

    def greet(self):
        for neighbor in self.neighbors:
            self.send(neighbor, "x")


class Mine(Base):
    def on_message(self, sender, message):
        if message == "y":
            self.decide()
        self.seen = 1 // 0
"""


def texts_run(session: Session, event: int | None = None) -> list[str]:
    """Return the lines that an event ran through, as they are written."""
    found = sources(session.prepared.plans[0].algorithm)
    return [
        found[number].text.splitlines()[line - found[number].first].strip()
        for number, line in lines_of(session, event).ran
    ]


def test_the_lines_of_an_event_are_those_that_its_handler_ran_through() -> None:
    session = Session("echo", "path:2:1")
    session.step_to(3)
    assert texts_run(session, 2)[-1] == "self.send(self.parent, Reply(report))"
    last = texts_run(session)
    assert last[0] == "if sender not in self.waiting:"
    assert "self.decide(report)" in last
    assert "self.join(sender)" not in last
    assert lines_of(session).handler == "on_message"
    assert session.position == 3


def test_what_a_base_says_is_told_of_the_base() -> None:
    session = Session("depth-first", "ring:4")
    session.step()
    names = [each.name for each in sources(session.prepared.plans[0].algorithm)]
    assert names == ["DepthFirst", "Tarry"]
    run = lines_of(session)
    assert {number for number, _ in run.ran} == {0, 1}
    assert run.begins is not None
    assert run.begins[0] == 1


def test_an_event_that_nobody_has_been_at_has_no_lines() -> None:
    session = Session("echo", "path:2:1")
    with pytest.raises(Problems):
        lines_of(session)
    session.step()
    with pytest.raises(Problems):
        lines_of(session, 2)


def test_whoever_traces_the_program_goes_on_tracing() -> None:
    def mine(*_: object) -> None:
        return None

    session = Session("echo", "path:2:1")
    session.step()
    before = sys.gettrace()
    sys.settrace(mine)
    try:
        lines_of(session)
        assert sys.gettrace() is mine
    finally:
        sys.settrace(before)


def test_a_class_of_ones_own_is_shown_up_to_the_line_that_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    answering = Answering(5.0, lambda: None)

    def ask(do: str, **fields: object) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(
            answering.answer(json.dumps({"id": 1, "do": do, **fields}).encode())
        )
        return found

    ask("open", network="path:2", file={"name": "mine.py", "text": MINE}, algorithm="Mine")
    ask("step")
    mistake = ask("step")["mistake"]
    assert "line 17" in mistake
    code = ask("code")
    assert [(each["name"], each["file"], each["first"]) for each in code["sources"]] == [
        ("Mine", "mine.py", 13),
        ("Base", "mine.py", 4),
    ]
    assert code["pseudocode"] is None
    assert ask("lines")["ran"] == [[0, 15], [0, 17]]
    assert ask("lines", event=1)["ran"] == [[1, 6], [1, 9], [1, 10]]
    assert ask("lines")["blocks"] == []
    assert ask("lines", event=9)["problems"]


def _written(algorithm: type[Algorithm], handler: str) -> bool:
    return getattr(algorithm, handler) is not getattr(Algorithm, handler)


@pytest.mark.parametrize("algorithm", LIBRARY.values(), ids=lambda each: str(each.name))
def test_every_algorithm_has_pseudocode_with_a_block_for_each_handler_and_kind_of_message(
    algorithm: type[Algorithm],
) -> None:
    code = pseudocode(algorithm)
    assert code is not None
    assert code.startswith("initially\n")
    for handler in HANDLERS:
        blocks = blocks_of(code, algorithm, handler, {"$": algorithm.messages[0].__name__})  # type: ignore[union-attr]
        assert bool(blocks) == _written(algorithm, handler)
    shown: set[int] = set()
    for kind in algorithm.messages:
        assert kind is not None
        blocks = blocks_of(code, algorithm, "on_message", {"$": kind.__name__})
        assert blocks
        shown |= set(blocks)
    said = [number for number, line in enumerate(code.splitlines()) if line.startswith("upon receiving")]
    assert set(said) <= shown, "a block stands for no kind of message"
