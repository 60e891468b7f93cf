"""What comes out of a task: success, value and status follow from the reason."""

from __future__ import annotations

import json
from typing import get_args

import pytest

from topowave.engine import TaskResult
from topowave.engine.task_result import FINAL, FailureReason


def test_without_a_reason_it_is_a_success_with_a_value() -> None:
    result = TaskResult("t-1", duration=0.5, attempts=2, output="hello\n", worker="cpu-1", _json='{"a": [1]}')
    assert (result.is_success, result.status, result.data) == (True, "completed", {"a": [1]})
    assert json.loads(json.dumps(result.to_json())) == {
        "id": "t-1",
        "status": "completed",
        "data": {"a": [1]},
        "reason": None,
        "error": None,
        "duration": 0.5,
        "attempts": 2,
        "output": "hello\n",
        "worker": "cpu-1",
    }


def test_who_asks_twice_for_the_value_has_two() -> None:
    result = TaskResult("t-1", _json="[]")
    result.data.append(1)
    assert result.data == []


@pytest.mark.parametrize("reason", get_args(FailureReason))
def test_with_a_reason_it_has_failed_or_was_cancelled(reason: FailureReason) -> None:
    result = TaskResult("t-1", reason, "a sentence")
    assert (result.is_success, result.data, result.error) == (False, None, "a sentence")
    assert result.status == ("cancelled" if reason == "cancelled" else "failed")


def test_what_a_second_attempt_would_not_change_is_among_the_reasons() -> None:
    assert set(get_args(FailureReason)) > FINAL
    assert not FINAL & {"raised", "exited", "timeout", "memory", "killed", "forked"}
