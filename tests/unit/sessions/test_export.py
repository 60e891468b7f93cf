"""A session as data and as an HTML file: all that is known of it, without the session."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, cast

import pytest

from tests.unit.sessions.test_looking import Hasty
from topowave.sessions import Session, save_html
from topowave.sessions.answering import Answering
from topowave.sessions.export import recording
from topowave.sessions.export.recording import recorded
from topowave.sessions.protocol import Open
from topowave.simulator import SimulationConfig
from topowave.topology import Problems
from topowave.traces import html_file

VIEWER = f"<!doctype html><body>{html_file.PLACE}<script>show()</script></body>"


@pytest.fixture(autouse=True)
def viewer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A built page of one line: which it is does not matter here."""
    file = tmp_path / "viewer.html"
    file.write_text(VIEWER, "utf-8")
    monkeypatch.setattr(html_file, "VIEWER", file)


def two_branches() -> Session:
    """A session in which a message was held back behind its second event."""
    session = Session("echo", "grid:9:1", SimulationConfig(delay="uniform:1,5", seed=3))
    session.step_to(2)
    late, *_ = session.pending()
    session.delay(late, 50)
    session.run()
    return session


def test_a_branch_has_the_events_from_where_it_left_on_and_main_those_before() -> None:
    session = two_branches()
    main, other = cast("list[dict[str, Any]]", recorded(session)["branches"])
    assert (main["first"], len(main["events"]), main["ending"]) == (1, 2, None)
    assert (other["first"], other["ending"], other["fork"]) == (2, "quiet", 2)
    assert [event["rows"] for event in other["events"]] == session.rows(1)


def test_variables_are_those_of_each_moment() -> None:
    session = two_branches()
    _, other = cast("list[dict[str, Any]]", recorded(session)["branches"])
    for place, event in enumerate(other["events"]):
        moment = session.moment(place + other["first"])
        assert event["nodes"] == moment.nodes
        assert event["changed"] == moment.changed
        assert {node: [*state] for node, state in event["after"].items()} == {
            node: [*state] for node, state in moment.after.items()
        }


def test_conditions_are_told_where_they_have_changed_and_in_all_languages() -> None:
    session = Session(Hasty, "ring:5:1")
    session.run()
    (main,) = cast("list[dict[str, Any]]", recorded(session)["branches"])
    assert len(main["conditions"]) == session.position + 1
    now: dict[str, Any] = {}
    for position, changed in enumerate(main["conditions"]):
        now |= changed
        session.step_to(position)
        assert now["holds"] == session.conditions().holds
        assert [each["en"] for each in now["witnesses"]] == [*session.conditions().witnesses]
    assert {*now["witnesses"][0]} == {"en", "de", "ru"}
    assert now["witnesses"][0]["de"] != now["witnesses"][0]["en"]


def test_nothing_of_the_session_moves() -> None:
    session = two_branches()
    session.back(4)
    before = (session.position, session.branch_now, session.events, session.states)
    recorded(session)
    assert (session.position, session.branch_now, session.events, session.states) == before


def test_what_was_done_before_the_first_event_is_in_it() -> None:
    session = Session("echo", "path:3:1")
    session.crash("root")
    _, other = cast("list[dict[str, Any]]", recorded(session)["branches"])
    assert [row["event"] for row in other["begun"]] == ["crash"]


def test_a_class_of_ones_own_comes_with_its_file_and_one_of_the_library_does_not() -> None:
    own = cast("dict[str, str]", recorded(Session(Hasty, "path:3:1"))["source"])
    assert own["name"] == "test_looking.py"
    assert "class Hasty(Algorithm):" in own["text"]
    assert recorded(Session("echo", "path:3:1"))["source"] is None


def test_too_many_events_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "EXPORTED_EVENTS", 3)
    session = Session("echo", "path:3:1")
    session.run()
    with pytest.raises(Problems, match="events are too many for a file; expected at most 3"):
        recorded(session)


def test_the_file_has_the_session_and_no_tag_of_its_texts(tmp_path: Path) -> None:
    class Loud(Hasty):
        def on_start(self) -> None:
            self.send_all(self.neighbors, "</script><script>alert(1)</script>")

    session = Session(Loud, "path:3:1")
    session.run()
    save_html(session, tmp_path / "run.html")
    page = (tmp_path / "run.html").read_text("utf-8")
    assert page.count("</script>") == VIEWER.count("</script>")
    found = re.search(r'<script id="run" type="application/json">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    assert json.loads(found[1])["session"]["about"]["nodes"] == [*session.prepared.graph.names]


def test_a_trace_becomes_a_file_too_and_what_is_none_is_refused(tmp_path: Path) -> None:
    trace = tmp_path / "run.jsonl"
    trace.write_text('{"version":1,"topology":{"name":"a"}}\n', "utf-8")
    save_html(trace, tmp_path / "run.html")
    assert '"source":"run.jsonl"' in (tmp_path / "run.html").read_text("utf-8")
    trace.write_text("no trace\n", "utf-8")
    with pytest.raises(Problems):
        save_html(trace, tmp_path / "run.html")


def test_without_a_built_page_somebody_is_told_how_to_build_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(html_file, "VIEWER", tmp_path / "nowhere.html")
    with pytest.raises(Problems, match="make run"):
        save_html(Session("echo", "path:3:1"), tmp_path / "run.html")


def test_a_page_reads_the_recording_in_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("topowave.sessions.answering.TRACE_CHARS", 1000)
    answering = Answering(5.0, lambda: None)

    def ask(**fields: object) -> dict[str, Any]:
        answer = answering.answer(json.dumps({"id": 1} | fields).encode())
        return cast("dict[str, Any]", json.loads(answer))

    ask(do=Open.__struct_config__.tag, network="grid:9:1", algorithm="echo")
    ask(do="run")
    text = ""
    skip: int | None = 0
    while skip is not None:
        portion = ask(do="recording", skip=skip)
        text, skip = text + portion["text"], portion["next"]
    assert len(text) > 2000
    assert json.loads(text)["branches"][0]["ending"] == "quiet"
