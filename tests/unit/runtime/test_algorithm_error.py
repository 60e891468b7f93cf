from __future__ import annotations

import sys

from tests.unit.simulator import students
from topowave.runtime.algorithm_error import (
    LONGEST_SAID,
    AlgorithmError,
    AlgorithmFailedError,
    HandlerHangError,
    WrongEffectError,
    algorithm_error,
    calling_line,
    own_files,
)


def caught(error: BaseException) -> BaseException:
    try:
        raise error
    except BaseException as same:  # noqa: BLE001
        return same


def failing() -> BaseException:
    try:
        students.Failing(0, ()).on_message(1, "x")
    except LookupError as error:
        return error
    raise AssertionError


def test_a_mistake_is_told_with_node_event_and_the_authors_own_line() -> None:
    told = algorithm_error(students.Failing, "amber", "receiving 'x'", failing())
    assert told.file == students.__file__
    assert told.code == 'raise LookupError("no such thing")'
    assert str(told).startswith("node amber, receiving 'x': LookupError: no such thing (")


def test_an_error_from_elsewhere_has_no_line() -> None:
    told = algorithm_error(students.Failing, "amber", "starting", caught(KeyError()))
    assert (told.problem, told.line) == ("KeyError", None)
    assert str(told) == "node amber, starting: KeyError"


def test_what_we_noticed_ourselves_is_told_in_our_words() -> None:
    for error in (WrongEffectError("told so"), HandlerHangError("told so")):
        assert algorithm_error(students.Failing, "a", "b", error).problem == "told so"
    assert "without end" in algorithm_error(students.Failing, "a", "b", RecursionError("deep")).problem


class SilentError(Exception):
    def __str__(self) -> str:
        raise SystemExit(3)


class Nameless(type):
    @property
    def __name__(cls) -> str:  # type: ignore[override]
        raise RuntimeError


class UnnamedError(Exception, metaclass=Nameless):
    pass


def told(error: BaseException) -> str:
    return algorithm_error(students.Failing, "a", "b", error).problem


def test_an_error_that_cannot_say_its_text_or_its_name_is_told_all_the_same() -> None:
    assert told(SilentError()) == "SilentError"
    assert told(UnnamedError("why")) == "UnnamedError: why"


def test_the_text_of_an_error_can_be_written_and_is_not_long() -> None:
    assert told(ValueError("a\ud800b")) == "ValueError: a\\ud800b"
    assert len(told(ValueError("x" * 100_000))) == LONGEST_SAID


def test_the_files_of_a_class_are_those_of_its_author() -> None:
    assert own_files(students.Failing) == {students.__file__}


def test_the_calling_line_is_the_innermost_one_of_the_files() -> None:
    frame = sys._getframe()  # pyright: ignore[reportPrivateUsage]
    found = calling_line(frozenset({__file__}), frame)
    assert found is not None
    assert "_getframe" in found[2] or "calling_line" in found[2]
    assert calling_line(frozenset({"elsewhere.py"}), frame) is None


def test_a_mistake_found_later_carries_itself() -> None:
    told = AlgorithmError("a", "b", "c")
    assert AlgorithmFailedError(told).mistake is told
