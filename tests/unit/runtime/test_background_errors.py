from __future__ import annotations

import sys
import threading
from collections.abc import Iterator

import pytest

from topowave.runtime.background_errors import is_users, tell_background_errors


@pytest.fixture
def said() -> Iterator[list[str]]:
    before = threading.excepthook, sys.unraisablehook
    found: list[str] = []
    tell_background_errors(found.append)
    yield found
    threading.excepthook, sys.unraisablehook = before


def run(work: object) -> None:
    thread = threading.Thread(target=work, name="mine")  # type: ignore[arg-type]
    thread.start()
    thread.join()


def divide() -> None:
    print(1 // 0)


def test_an_error_in_a_thread_is_a_sentence_with_its_line(said: list[str]) -> None:
    run(divide)
    assert len(said) == 1
    assert said[0].startswith("the thread mine that a class has started: ZeroDivisionError: ")
    assert said[0].endswith(f" ({__file__}, line {divide.__code__.co_firstlineno + 1}: print(1 // 0))")


def test_a_thread_that_exits_is_no_error(said: list[str]) -> None:
    run(sys.exit)
    assert said == []


class Stubborn:
    def __del__(self) -> None:
        raise ValueError("in del")


def test_an_error_that_nobody_can_catch_is_a_sentence_too(said: list[str]) -> None:
    Stubborn()
    assert len(said) == 1
    assert said[0].startswith("nobody can catch an error here: ValueError: in del (")
    assert said[0].endswith(': raise ValueError("in del"))')


def test_what_is_no_users_doing_keeps_its_traceback(
    said: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    run(7)
    assert said == []
    assert "Traceback" in capsys.readouterr().err


def test_whose_a_file_is() -> None:
    assert is_users("/home/me/mine.py")
    assert not is_users(threading.__file__)
    assert not is_users("<string>")
