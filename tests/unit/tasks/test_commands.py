"""Commands are plain data: they never change, equal ones are equal, and they know how much they write."""

from __future__ import annotations

import dataclasses

import pytest

from topowave.tasks import InvalidTransition, LabTask, NewTask, commands
from topowave.tasks.commands import (
    COMMANDS,
    Add,
    Cancel,
    Command,
    Expire,
    ExpirePending,
    Finish,
    Offer,
    Place,
    PutBack,
    Recover,
    Start,
    Submit,
    Take,
    TakeBack,
)
from topowave.tasks.states import STATES, State

TASKS = (LabTask("a.1-1.1"), LabTask("a.1-1.2"))


def test_every_command_is_frozen_and_has_no_other_fields_than_it_names() -> None:
    classes = [each for each in vars(commands).values() if isinstance(each, type)]
    defined: set[object] = {each for each in classes if issubclass(each, Command) and each is not Command}
    assert defined == set(COMMANDS)
    for kind in COMMANDS:
        assert "__dataclass_fields__" in vars(kind), kind
        assert "__slots__" in vars(kind), kind
        assert "__dict__" not in vars(kind), kind
    with pytest.raises(dataclasses.FrozenInstanceError):
        Recover("a").node = "b"  # type: ignore[misc]


def test_commands_that_say_the_same_are_equal() -> None:
    assert Start("a", TASKS) == Start("a", TASKS) != Start("b", TASKS)
    assert len({TakeBack("a", "m"), TakeBack("a", "m"), TakeBack("a", "n")}) == 2


def test_a_command_knows_how_many_tasks_it_writes() -> None:
    many: list[Command[object]] = [Add("a", TASKS, 1), Start("a", TASKS), Offer("a", TASKS, "m", "b")]
    ids = ("lab.1", "lab.2")
    many += [Submit((NewTask(),) * 2), Place(ids, "m"), PutBack(ids), Expire("a", TASKS), ExpirePending(2)]
    assert [each.rows for each in many] == [2] * 8
    assert Take("b", "m", 1, 7).rows == 7
    assert [each.rows for each in (Finish("a", TASKS[0]), Recover("a"))] == [1, 1]


def test_only_what_waits_or_runs_is_cancelled() -> None:
    may: tuple[State, ...] = ("pending", "assigned", "running")
    for state in may:
        assert Cancel("a", TASKS[0], state).state == state
    for state in set(STATES) - set(may):
        with pytest.raises(InvalidTransition, match=rf"cancel of a\.1-1\.1: it is {state}, but"):
            Cancel("a", TASKS[0], state)
