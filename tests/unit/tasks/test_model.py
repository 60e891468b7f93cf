"""A task is its id, and never changes."""

from __future__ import annotations

import dataclasses

import pytest

from topowave.tasks import LabTask


def test_tasks_with_the_same_id_are_the_same() -> None:
    assert LabTask("a.1.1") == LabTask("a.1.1")
    assert len({LabTask("a.1.1"), LabTask("a.1.1"), LabTask("a.1.2")}) == 2


def test_a_task_never_changes() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        LabTask("a.1.1").id = "b"  # type: ignore[misc]
