"""Files that a script leaves open: told before there is no room for those of the next one."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator

import pytest

from topowave.engine.limits import OPEN_FILES_SHARE
from topowave.engine.open_files import OpenFiles

ROOM = 40


def _no_limit(_: int) -> tuple[int, int]:
    return resource.RLIM_INFINITY, resource.RLIM_INFINITY


@pytest.fixture
def lowest() -> Iterator[int]:
    """The lowest number that is free, where there are ROOM."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    number = os.dup(0)
    os.close(number)
    resource.setrlimit(resource.RLIMIT_NOFILE, (number + ROOM, before[1]))
    yield number
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_they_are_too_many_where_little_is_left_of_the_room_that_there_was(lowest: int) -> None:
    files = OpenFiles()
    opened: list[int] = []
    try:
        while not files.are_too_many:
            opened.append(os.dup(0))
        assert opened[-1] == lowest + ROOM * OPEN_FILES_SHARE - 1
        while opened[-1] < lowest + ROOM - 1:
            opened.append(os.dup(0))
        assert files.are_too_many  # not even one more can be opened to see it
    finally:
        for each in opened:
            os.close(each)
    assert not files.are_too_many


def test_without_a_limit_they_are_never_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", _no_limit)
    assert not OpenFiles().are_too_many
