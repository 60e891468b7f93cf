"""What each ask of a page does with a session, without the process around it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from topowave import Session
from topowave.sessions import answering as module
from topowave.sessions.answering import Answering
from topowave.sessions.limits import ANSWER_BYTES, LISTED, ROWS_ASKED, TRACE_CHARS, VALUE_CHARS
from topowave.simulator import SimulationConfig
from topowave.traces.reader import parse_trace

Frame = dict[str, Any]

WRONG = '''from topowave import Algorithm


class Mine(Algorithm):
    """Fails where it hears something."""

    def on_start(self):
        self.send_all(self.neighbors, "x")

    def on_message(self, sender, message):
        self.seen = 1 // 0
'''


class Desk:
    """Asks, and reads the answers."""

    def __init__(self, told: Callable[[], None] = lambda: None) -> None:
        self.answering = Answering(5.0, told)

    def ask(self, do: str, **fields: object) -> Frame:
        answer = self.answering.answer(json.dumps({"id": 9, "do": do, **fields}).encode())
        found: Frame = json.loads(answer)
        assert found.pop("id") == 9
        return found

    def problems(self, do: str, **fields: object) -> list[str]:
        found: list[str] = self.ask(do, **fields)["problems"]
        return found


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.chdir(tmp_path)
    return Desk()


@pytest.fixture
def echo(desk: Desk) -> Desk:
    desk.ask("open", network="ring:5", algorithm="echo", fifo=True)
    return desk


def test_opening_tells_the_network_and_where_the_session_is(desk: Desk) -> None:
    found = desk.ask("open", network="ring:3", algorithm="echo", seed=4, initiators=["root"])
    assert found["algorithm"] == {"name": "echo", "title": "Echo", "wave": True}
    assert (found["network"], len(found["nodes"]), found["neighbors"]) == (
        "ring:3",
        3,
        [[1, 2], [0, 2], [0, 1]],
    )
    assert (found["at"], found["branch"], found["ending"], found["seed"]) == (0, 0, None, 4)
    assert desk.ask("resume", session="any")["nodes"] == found["nodes"]


def test_a_step_answers_what_happened_as_a_session_says_it(echo: Desk) -> None:
    twin = Session("echo", "ring:5", SimulationConfig(fifo=True))
    found = echo.ask("step", look=True)
    assert found["rows"] == twin.step()
    assert (found["at"], found["events"]) == (1, 1)
    moment = found["moment"]
    assert moment["nodes"] == ["root"]
    assert moment["before"] == {}
    assert moment["after"]["root"]["parent"] == 0
    assert set(moment["changed"]["root"]) == set(moment["after"]["root"])
    assert moment["narration"].startswith("root starts the wave")
    assert echo.ask("moment", event=1)["moment"] == moment


def test_sentences_are_in_the_language_that_is_asked_for(echo: Desk) -> None:
    echo.ask("step")
    german = echo.ask("moment", language="de")["moment"]["narration"]
    russian = echo.ask("moment", language="ru")["moment"]["narration"]
    assert german.startswith("root beginnt die Welle") or "root" in german
    assert len({german, russian, echo.ask("moment")["moment"]["narration"]}) == 3
    assert echo.problems("moment", event=99, language="ru") != echo.problems("moment", event=99)


def test_runs_stop_at_breakpoints_at_a_nodes_event_and_at_the_end(echo: Desk) -> None:
    assert echo.ask("run", breakpoints=[{"kind": "drop"}, {"node": "fen"}])["met"] == 1
    assert echo.ask("step_node", node="dill")["met"] == 0
    decided = echo.ask("run", breakpoints=[{"kind": "decide"}])
    assert (decided["met"], decided["decided"]) == (0, 1)
    ended = echo.ask("run")
    assert (ended["met"], ended["ending"]) == (None, "quiet")
    assert echo.ask("step")["rows"] == []


def test_one_goes_back_to_any_position_and_undoes(echo: Desk) -> None:
    end = echo.ask("run")["at"]
    assert echo.ask("back")["at"] == end - 1
    assert echo.ask("go", position=2)["at"] == 2
    undone = echo.ask("undo")
    assert (undone["at"], undone["undone"]) == (end - 1, True)


def test_pending_messages_say_which_may_come_next_and_what_is_before_them(desk: Desk, tmp_path: Path) -> None:
    text = WRONG.replace(
        'self.send_all(self.neighbors, "x")',
        'self.send(self.neighbors[0], "a"); self.send(self.neighbors[0], "b")',
    )
    desk.ask("open", network="path:2", file={"name": "mine.py", "text": text}, fifo=True)
    desk.ask("step")
    found = desk.ask("pending")
    first, second = found["pending"]
    assert (found["total"], found["fifo"]) == (2, True)
    assert (first["next"], first["behind"], first["message"]) == (True, None, "a")
    assert (second["next"], second["behind"]) == (False, first["number"])
    assert "FIFO" in desk.problems("deliver", event=second["number"])[0]
    assert "FIFO" in desk.problems("step", choice=second["number"])[0]
    assert len(desk.ask("pending", skip=1)["pending"]) == 1


@pytest.mark.parametrize(
    ("do", "fields"),
    [
        ("deliver", {}),
        ("delay", {"units": 2.5}),
        ("drop", {}),
        ("duplicate", {}),
    ],
)
def test_a_change_of_a_message_makes_a_branch(echo: Desk, do: str, fields: dict[str, object]) -> None:
    echo.ask("step")
    number = echo.ask("pending")["pending"][-1]["number"]
    found = echo.ask(do, event=number, name="mine", **fields)
    assert (found["branch"], found["at"]) == (1, 1)
    main, branch = echo.ask("branches")["branches"]
    assert (main["name"], main["acts"]) == ("main", [])
    assert (branch["name"], branch["parent"], branch["fork"]) == ("mine", 0, 1)
    assert branch["acts"] == [{"position": 1, "do": do, "event": number, **fields}]


def test_nodes_and_links_fail_and_come_back(echo: Desk) -> None:
    echo.ask("crash", node="fen")
    echo.ask("cut", a="root", b="dill")
    found = echo.ask("states")
    assert (found["down"], found["cut"]) == (["fen"], [["root", "dill"]])
    echo.ask("restart", node="fen", keep=False)
    echo.ask("mend", a="dill", b="root")
    found = echo.ask("states")
    assert (found["down"], found["cut"]) == ([], [])
    assert "is not down" in echo.problems("restart", node="fen")[0]


def test_branches_are_renamed_switched_and_compared(echo: Desk) -> None:
    echo.ask("step")
    echo.ask("drop", event=echo.ask("pending")["pending"][0]["number"])
    assert echo.ask("rename", branch=1, name="lost")["branches"][1]["name"] == "lost"
    found = echo.ask("compare", one="main", other="lost")["difference"]
    assert found["position"] >= 1
    assert found["one"] != found["other"]
    assert echo.ask("compare", one=0, other=0)["difference"] is None
    assert echo.ask("switch", branch="main")["branch"] == 0


def test_causes_and_effects_are_told(echo: Desk) -> None:
    end = echo.ask("run")["at"]
    assert echo.ask("past", event=end)["past"][0] == 1
    assert echo.ask("future", event=1)["future"][-1] == end
    assert "event 99" in echo.problems("past", event=99)[0]


def test_conditions_break_in_an_event_that_is_named_with_its_witness(echo: Desk) -> None:
    echo.ask("step")
    assert echo.ask("break")["break"] is None
    for each in echo.ask("pending")["pending"]:
        echo.ask("drop", event=each["number"])
    found = echo.ask("break")["break"]
    assert found["broken"] == ["decision"]
    assert found["witnesses"] == ["no node decided"]
    echo.ask("run")
    stands = echo.ask("conditions")
    assert stands["broken"] == ["decision"]
    assert stands["messages"] == 2
    assert echo.ask("conditions", language="de")["witnesses"] != stands["witnesses"]


def test_the_trace_is_that_of_the_run_with_what_was_done_by_hand(echo: Desk) -> None:
    twin = Session("echo", "ring:5", SimulationConfig(fifo=True))
    run = twin.run()
    echo.ask("run")
    found = echo.ask("trace")
    assert found["next"] is None
    assert found["text"].splitlines() == [*run.events]
    echo.ask("go", position=0)
    echo.ask("crash", node="fen")
    echo.ask("run")
    recorded = parse_trace(echo.ask("trace")["text"].splitlines(), "trace")
    assert recorded.events[0].event == "crash"


def test_a_long_trace_comes_in_portions_of_whole_lines(echo: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = echo
    desk.ask("open", network="hypercube:64", algorithm="echo")
    desk.ask("run")
    whole = desk.ask("trace")["text"]
    assert len(whole) < TRACE_CHARS
    monkeypatch.setattr(module, "TRACE_CHARS", 1_000)
    parts: list[str] = []
    skip: int | None = 0
    while skip is not None:
        portion = desk.ask("trace", skip=skip)
        parts.append(portion["text"])
        skip = portion["next"]
    assert len(parts) > 2
    assert "".join(parts) == whole


def test_rows_and_states_have_a_limit_an_ask(desk: Desk) -> None:
    nodes = LISTED + 5
    desk.ask("open", network=f"star:{nodes}", algorithm="echo")
    end = desk.ask("run")["at"]
    assert len(desk.ask("rows")["rows"]) == min(end, ROWS_ASKED)
    assert len(desk.ask("rows", start=end - 3)["rows"]) == 3
    found = desk.ask("states")
    assert (len(found["states"]), found["total"]) == (LISTED, nodes)
    assert len(desk.ask("states", skip=LISTED)["states"]) == 5
    assert [*desk.ask("states", nodes=["root"])["states"]] == ["root"]
    assert desk.problems("states", nodes=["nobody"]) != []


def test_an_answer_that_is_too_long_is_refused(echo: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ANSWER_BYTES > 1_000_000
    monkeypatch.setattr(module, "ANSWER_BYTES", 50)
    assert "ask for less" in echo.problems("states")[0]


def test_a_long_or_strange_variable_is_a_text(desk: Desk) -> None:
    text = WRONG.replace("self.seen = 1 // 0", f'self.long = "y" * {VALUE_CHARS}; self.odd = object')
    desk.ask("open", network="path:2", file={"name": "mine.py", "text": text})
    desk.ask("step")
    after = desk.ask("step", look=True)["moment"]["after"]
    (state,) = after.values()
    assert (state["long"]["$"], len(state["long"]["of"])) == ("text", VALUE_CHARS)
    assert state["odd"] == {"$": "text", "of": "<class 'object'>"}


def test_a_class_that_does_wrong_is_told_with_its_file_and_line(desk: Desk) -> None:
    desk.ask("open", network="path:2", algorithm="Mine", file={"name": "mine.py", "text": WRONG})
    found = desk.ask("run")
    assert found["ending"] == "mistake"
    assert "ZeroDivisionError" in found["mistake"]
    assert "(mine.py, line 11: self.seen = 1 // 0)" in found["mistake"]


def test_a_class_whose_state_cannot_be_copied_is_told_with_its_line(desk: Desk) -> None:
    text = WRONG.replace("self.seen = 1 // 0", "self.seen = Odd()") + (
        "\n\nclass Odd:\n    def __deepcopy__(self, memo):\n        raise ValueError('no copies')\n"
    )
    desk.ask("open", network="path:2", algorithm="Mine", file={"name": "mine.py", "text": text})
    desk.ask("run")
    (problem,) = desk.problems("moment")
    assert "no copies" in problem
    assert "mine.py, line 16" in problem


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"network": "ring:5"}, "is none of the library's"),
        ({"network": "ring:5", "algorithm": "/etc/passwd:Mine"}, "is none of the library's"),
        ({"network": "ring:5", "algorithm": "mine.py"}, "is none of the library's"),
        ({"network": "ring:5", "algorithm": "ecko"}, "ecko"),
        ({"network": "/etc/passwd", "algorithm": "echo"}, "is not SHAPE:N[:SEED]"),
        ({"network": "ring", "algorithm": "echo"}, "is not SHAPE:N[:SEED]"),
        ({"network": "ring:5", "algorithm": "echo", "ids": "/etc/passwd"}, "expected in-order"),
        ({"network": "ring:5", "algorithm": "echo", "version": 2}, "this server speaks version 1"),
        ({"network": "ring:5", "algorithm": "echo", "initiators": ["nobody"]}, "nobody"),
        ({"network": {"name": "../a.json", "text": "{}"}, "algorithm": "echo"}, "is no name of a file"),
        ({"network": {"name": "a.json", "text": "{}"}, "algorithm": "echo"}, "a.json"),
        ({"network": "ring:5", "file": {"name": "a.txt", "text": ""}}, "is no Python file"),
        ({"network": "ring:5", "file": {"name": "a.py", "text": "x ="}}, "a.py: line 1"),
        ({"network": "ring:5", "file": {"name": "a.py", "text": ""}}, "there is no subclass"),
    ],
)
def test_what_cannot_be_opened_is_refused_and_nothing_is_open(
    desk: Desk, fields: dict[str, object], said: str
) -> None:
    problems = desk.problems("open", **fields)
    assert said in problems[0]
    assert str(Path.cwd()) not in " ".join(problems)
    assert desk.problems("step") == ["no session is open; the first ask is `open`"]


def test_a_network_comes_with_its_text_in_any_format(desk: Desk) -> None:
    text = "a b\nb c\n"
    found = desk.ask("open", network={"name": "mine.edgelist", "text": text}, algorithm="echo")
    assert sorted(found["nodes"]) == ["a", "b", "c"]


def test_what_is_long_tells_that_it_gets_on_and_can_be_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    told: list[int] = []

    def tell() -> None:
        told.append(1)
        if len(told) == 50:
            busy.answering.stopped = True

    busy = Desk(tell)
    busy.ask("open", network="hypercube:64", algorithm="echo")
    found = busy.ask("run")
    assert (found["at"], found["ending"]) == (50, None)
    assert busy.ask("run")["ending"] == "quiet"
    told.clear()
    busy.ask("go", position=0)
    told[:] = [1] * 49
    assert busy.problems("break") == ["it was stopped"]
    assert busy.ask("step")["at"] == 1
