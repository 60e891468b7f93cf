import io
import json
import logging
import sys
from collections.abc import Generator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topowave import logs
from topowave.logs import (
    LEVELS,
    JsonFormatter,
    LogfmtFormatter,
    LogLevel,
    WordsFormatter,
    bounded_fields,
    fields,
    log_printed,
    rename_source,
    set_up_logs,
)

OWN = logging.getLogger("topowave.test_logs")


@pytest.fixture(autouse=True)
def _usual_logging() -> Generator[None]:
    """Give pytest its handlers back."""
    root, own = logging.getLogger(), logging.getLogger("topowave")
    handlers, levels = root.handlers[:], (root.level, own.level)
    root.handlers[:] = []
    yield
    root.handlers[:] = handlers
    root.setLevel(levels[0])
    own.setLevel(levels[1])


def test_without_a_level_only_warnings_are_shown_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("amber")
    OWN.info("wave ended", extra=fields(wave="echo-1"))
    OWN.warning("leaf does not answer")
    assert capsys.readouterr().err == "amber: WARNING: leaf does not answer\n"


@pytest.mark.parametrize("level", LEVELS)
def test_a_level_shows_what_is_as_grave_or_graver(
    level: LogLevel, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up_logs("amber", level)
    for number in LEVELS.values():
        OWN.log(number, "something")
    shown = [line.split()[1] for line in capsys.readouterr().err.splitlines()]
    assert shown == [f"level={name}" for name in LEVELS if LEVELS[name] >= LEVELS[level]]


def test_libraries_are_not_made_to_talk(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("amber", "debug")
    logging.getLogger("httpx").info("HTTP Request: GET /")
    assert capsys.readouterr().err == ""


def test_a_record_is_one_line_with_its_fields_and_without_those_that_are_none(
    capsys: pytest.CaptureFixture[str],
) -> None:
    set_up_logs("amber", "info")
    OWN.info("wave ended", extra=fields(wave="echo 1", seconds=0.25, missing=["a", "b"], purpose=None))
    time, rest = capsys.readouterr().err.split(" ", 1)
    assert time.startswith("time=20")
    assert time.endswith("Z")
    assert rest == ('level=info source=amber event="wave ended" wave="echo 1" seconds=0.25 missing=a,b\n')


def test_a_traceback_stays_on_the_line_of_its_record(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("amber", "info")
    try:
        raise ValueError("no\nsuch thing")
    except ValueError:
        OWN.exception("ended by an error")
    (line,) = capsys.readouterr().err.splitlines()
    assert "such thing" in json.loads(line.partition("traceback=")[2])


def test_a_forked_process_gets_its_own_name(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("topowave")
    rename_source("100%")
    OWN.warning("here")
    assert capsys.readouterr().err == "100%: WARNING: here\n"


@given(text=st.text())
def test_any_text_is_one_value_on_one_line(text: str) -> None:
    record = logging.LogRecord("topowave", logging.INFO, __file__, 1, "event", None, None)
    vars(record).update(fields(value=text, next="end"))
    line = LogfmtFormatter("amber").format(record)
    assert len(line.splitlines()) == 1
    value = line.partition(" value=")[2].removesuffix(" next=end")
    assert (json.loads(value) if value.startswith('"') else value) == text


def test_the_same_warning_comes_a_few_times_and_then_with_the_number_of_the_others(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up_logs("amber")
    for number in range(logs.SAME_WARNINGS + 40):
        OWN.warning("node %d does not answer", number)
        OWN.warning("%s", f"text {number % 2}")
    shown = capsys.readouterr().err.splitlines()
    assert len(shown) == 3 * logs.SAME_WARNINGS
    monkeypatch.setattr(logs, "SAME_S", 0.0)
    OWN.warning("node %d does not answer", 7)
    assert capsys.readouterr().err == "amber: WARNING: node 7 does not answer (and 40 more times before)\n"


def test_of_the_same_failure_one_traceback_is_enough(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("amber")
    for _ in range(20):
        try:
            raise ZeroDivisionError
        except ZeroDivisionError:
            OWN.exception("ended by an error")
    assert capsys.readouterr().err.count("Traceback") == logs.SAME_TRACEBACKS


def test_only_so_many_different_warnings_are_counted(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "WARNINGS_REMEMBERED", 2)
    set_up_logs("amber")
    for number in range(30):
        OWN.warning("%s", f"text {number % 3}")
    assert len(capsys.readouterr().err.splitlines()) == 30


def test_what_was_asked_for_comes_in_full(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("amber", "info")
    for _ in range(100):
        OWN.info("wave ended")
    assert len(capsys.readouterr().err.splitlines()) == 100


def test_a_log_that_cannot_be_written_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(io.StringIO):
        def write(self, text: str, /) -> int:
            raise OSError(28, text)

    full = Full()
    monkeypatch.setattr(sys, "stderr", full)
    set_up_logs("amber")
    OWN.warning("nobody will read this")
    assert full.getvalue() == ""


@pytest.mark.parametrize("text", ["a\x1b[31mred", "\x9b2J", "\u202edlrow", "\u061c", "\x07", "a\rb"])
def test_what_would_steer_the_terminal_is_written_as_an_escape(text: str) -> None:
    record = logging.LogRecord("topowave", logging.WARNING, "", 0, "%s said %s", ("amber", text), None)
    written = WordsFormatter("balancer").format(record)
    assert written.startswith("balancer: WARNING: amber said ")
    assert written.isprintable()
    assert WordsFormatter("x").format(logging.makeLogRecord({"msg": "two\n\tlines"})).endswith("two\n\tlines")


def test_what_a_program_prints_is_a_line_of_the_log_with_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("topowave")
    for _ in range(7):
        log_printed("amber", "\x1b[2J hello")
    assert capsys.readouterr().err == "amber: \\x1b[2J hello\n" * 7
    set_up_logs("topowave", "error")
    log_printed("amber", "\x1b[2J hello")
    assert capsys.readouterr().err.endswith(
        ' level=info source=amber event=printed text="\\u001b[2J hello"\n'
    )


def test_a_record_may_be_a_json_object_whose_values_keep_their_types(
    capsys: pytest.CaptureFixture[str],
) -> None:
    set_up_logs("amber", "info", "json")
    OWN.info("wave ended", extra=fields(wave="echo 1", seconds=0.25, missing=["a", "b"], purpose=None))
    log_printed("amber", "\x1b[2J hello")
    ended, printed = map(json.loads, capsys.readouterr().err.splitlines())
    assert list(ended) == ["time", "level", "source", "event", "wave", "seconds", "missing"]
    assert (ended["event"], ended["wave"], ended["seconds"]) == ("wave ended", "echo 1", 0.25)
    assert ended["missing"] == ["a", "b"]
    assert (printed["event"], printed["text"]) == ("printed", "\x1b[2J hello")


def test_a_number_that_json_does_not_know_is_a_text(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("amber", "info", "json")
    OWN.info("measured", extra=fields(worst=float("inf"), mean=float("nan"), best=0.5))
    line = json.loads(capsys.readouterr().err, parse_constant=pytest.fail)
    assert (line["worst"], line["mean"], line["best"]) == ("inf", "nan", 0.5)


@given(text=st.text())
def test_any_text_is_one_json_object_on_one_printable_line(text: str) -> None:
    record = logging.LogRecord("topowave", logging.INFO, __file__, 1, "event", None, None)
    vars(record).update(fields(value=text))
    line = JsonFormatter("amber").format(record)
    assert line.isprintable()
    assert json.loads(line)["value"] == text


def test_what_may_come_for_every_task_is_a_bounded_number_of_lines_and_the_others_are_counted(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up_logs("amber", "info", "json")
    for number in range(logs.SAME_BOUNDED + 30):
        OWN.info("task failed", extra=bounded_fields(task=f"t{number}"))
    assert len(capsys.readouterr().err.splitlines()) == logs.SAME_BOUNDED
    monkeypatch.setattr(logs, "SAME_S", 0.0)
    OWN.info("task failed", extra=bounded_fields(task="last"))
    last = json.loads(capsys.readouterr().err)
    assert (last["event"], last["task"], last["left_out_before"]) == ("task failed", "last", 30)
