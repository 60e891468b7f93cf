"""What is given to an engine: its words are taken in either form, and what makes no sense is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topowave.engine import Priority, Task, TaskType
from topowave.engine.limits import PARAMS_BYTES, RETRIES, TASK_SECONDS
from topowave.engine.task import params_text


def test_words_and_members_are_the_same() -> None:
    assert Task("a.py", task_type="io", priority="HIGH") == Task(
        "a.py", task_type=TaskType.IO_BOUND, priority=Priority.HIGH
    )
    usual = Task(Path("a.py"))
    assert (usual.params, usual.task_type, usual.priority) == ({}, TaskType.CPU_BOUND, Priority.MEDIUM)
    assert (usual.timeout, usual.retries) == (None, 0)


def test_the_most_urgent_is_the_least() -> None:
    assert sorted(Priority) == [Priority.CRITICAL, Priority.HIGH, Priority.MEDIUM, Priority.LOW]


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"script_path": ""}, "script_path must be a path"),
        ({"script_path": "a\0b"}, "script_path must be a path"),
        ({"script_path": 7}, "script_path must be a path, found 7"),
        ({"task_type": "gpu"}, "task_type must be cpu or io, found 'gpu'"),
        ({"task_type": ["cpu"]}, "task_type must be cpu or io"),
        ({"priority": "urgent"}, "priority must be critical, high, medium or low"),
        ({"priority": 1}, "priority must be critical, high, medium or low, found 1"),
        ({"timeout": 0}, "timeout must be a number of seconds above 0"),
        ({"timeout": float("inf")}, "timeout must be a number of seconds above 0"),
        ({"timeout": TASK_SECONDS * 2}, "timeout must be at most"),
        ({"retries": RETRIES + 1}, "retries must be a whole number"),
        ({"retries": 1.0}, "retries must be a whole number"),
    ],
)
def test_a_task_that_makes_no_sense_is_refused_by_name(values: dict[str, object], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        Task(**{"script_path": "a.py", **values})  # type: ignore[arg-type]


class Odd:
    """A value of whose class nothing works."""

    def __repr__(self) -> str:
        raise RuntimeError("no")

    def __fspath__(self) -> str:
        raise RuntimeError("no")


@pytest.mark.parametrize("name", ["script_path", "task_type", "priority", "timeout", "retries"])
@pytest.mark.parametrize("value", ["a\0" * 9_999, b"1", [], {}, Odd(), object(), 1 + 2j, 10**4_000], ids=type)
def test_whatever_a_value_is_it_is_refused_in_a_sentence(name: str, value: object) -> None:
    with pytest.raises(ValueError, match=f"^Task: {name} must be ") as refused:
        Task(**{"script_path": "a.py", name: value})  # type: ignore[arg-type]
    assert len(str(refused.value)) < 500


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(ValueError, match=r"^Task: script_path .*; timeout .*; retries .*$"):
        Task("", timeout=-1, retries=-1)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=10))
def test_parameters_become_json_that_any_encoding_can_carry(value: object) -> None:
    assert params_text(value).isascii()


@pytest.mark.parametrize("value", [{1, 2}, float("nan"), float("inf"), b"bytes", {(1, 2): 3}])
def test_parameters_that_are_no_json_are_refused(value: object) -> None:
    with pytest.raises(ValueError, match="Task: params are no JSON"):
        params_text(value)


def test_parameters_that_are_in_themselves_nested_too_deeply_or_too_much_are_refused() -> None:
    endless: list[object] = []
    endless.append(endless)
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    for value in (endless, deep):
        with pytest.raises(ValueError, match="params are no JSON"):
            params_text(value)
    assert len(params_text("a" * (PARAMS_BYTES - 2))) == PARAMS_BYTES
    with pytest.raises(ValueError, match="are 1,000,001 bytes of JSON, more than 1,000,000"):
        params_text("a" * (PARAMS_BYTES - 1))
