"""Those who wait for a task hear of its end, and nobody waits for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

import pytest

from tests.support.waiting import eventually
from tests.unit.balancer.lab import owned
from topowave.balancer import limits
from topowave.balancer.state import task_ends
from topowave.balancer.state.task_ends import TaskEnds
from topowave.web.problem_details import Problem

pytestmark = pytest.mark.anyio


class Journal:
    """Knows which tasks are not over, and counts how often it was asked."""

    def __init__(self, *unfinished: str) -> None:
        self.unfinished = set(unfinished)
        self.asked = 0
        self.fails = False

    async def ask(self, tasks: Collection[str]) -> Collection[str]:
        self.asked += 1
        if self.fails:
            raise Problem(503, "No journal", "not now")
        return self.unfinished & set(tasks)


async def test_all_who_wait_hear_of_the_end_from_one_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(task_ends, "TASK_LOOK_INTERVAL", 0.01)
    journal, background = Journal("a", "b"), owned()
    ends = TaskEnds(journal.ask, background)
    waiting = [asyncio.ensure_future(ends.wait(task, 600)) for task in ("a", "a", "b")]
    await eventually(lambda: journal.asked > 0)
    journal.fails = True
    before = journal.asked
    await eventually(lambda: journal.asked > before)
    journal.fails = False
    journal.unfinished = {"b"}
    await asyncio.gather(*waiting[:2])
    assert not waiting[2].done()
    ends.close()
    await waiting[2]
    await eventually(lambda: not len(background))


async def test_who_has_waited_long_enough_waits_no_more_and_too_many_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(task_ends, "TASK_WAITS", 1)
    journal, background = Journal("a"), owned()
    ends = TaskEnds(journal.ask, background)
    await ends.wait("a", 0.01)
    waiting = asyncio.ensure_future(ends.wait("a", 600))
    await asyncio.sleep(0)
    with pytest.raises(Problem, match="1 requests wait for tasks already"):
        await ends.wait("a", 600)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    await background.close()
    assert limits.TASK_WAITS == 1000
