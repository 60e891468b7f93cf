"""The limits of tasks fit together."""

from __future__ import annotations

from topowave.tasks import limits
from topowave.wire.limits import ADD_TASKS


def test_every_limit_is_a_positive_number() -> None:
    found = {name: value for name, value in vars(limits).items() if name.isupper()}
    assert len(found) >= 15
    assert all(value > 0 for value in found.values())


def test_what_may_be_added_or_moved_at_once_fits_into_a_queue_and_into_what_may_wait() -> None:
    assert max(ADD_TASKS, limits.MOVE_TASKS) <= limits.QUEUE_TASKS
    assert ADD_TASKS / limits.COMMIT_ROWS < limits.CHANGES_WAITING


def test_a_change_is_tried_often_before_it_is_refused() -> None:
    assert limits.PROMISE_TIMEOUT > 10 * limits.BUSY_MOST
    assert limits.BUSY_FIRST < limits.BUSY_MOST
