"""What a node lets in, as an executor that is inactive or has a limit."""

from __future__ import annotations

import pytest

from topowave.nodes.tasks.admission import NotAdmitted, admit
from topowave.tasks import LabTask, QueueFull, TaskQueue
from topowave.topology.executor import PLAIN, ExecutorSettings


def test_a_node_of_which_nothing_is_said_takes_what_its_queue_has_room_for() -> None:
    queue = TaskQueue(2, capacity=3)
    admit(queue, PLAIN, 3)
    assert queue.reserved == 3
    with pytest.raises(QueueFull, match="has room for 0 more") as refused:
        admit(queue, PLAIN, 1)
    assert not isinstance(refused.value, NotAdmitted)


def test_an_inactive_node_takes_nothing() -> None:
    queue = TaskQueue(2)
    with pytest.raises(NotAdmitted, match="it is inactive, and gets no new tasks"):
        admit(queue, ExecutorSettings(active=False), 1)
    assert queue.reserved == 0


def test_a_node_takes_no_more_than_its_limit_counting_what_runs_and_what_is_being_entered() -> None:
    queue = TaskQueue(1)
    queue.submit([LabTask("a"), LabTask("b")])
    assert len(queue.start()) == 1
    settings = ExecutorSettings(limit=4)
    admit(queue, settings, 1)
    with pytest.raises(NotAdmitted, match="at most 4 tasks and has 3, so it takes no 2 more"):
        admit(queue, settings, 2)
    admit(queue, settings, 1)
