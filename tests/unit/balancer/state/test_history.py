import asyncio

import pytest

from tests.support.waiting import PATIENCE_S
from tests.unit.balancer.state.test_lab import load, make
from topowave.balancer.limits import HISTORY_POINTS
from topowave.balancer.state import history as module
from topowave.balancer.state.history import History, Points
from topowave.balancer.state.lab import Lab

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    monkeypatch.setattr(module, "HISTORY_INTERVAL", 0.01)


class Watched:
    """A history and its points."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self._touched = asyncio.Event()
        self.history = History(lab, self._touched.set)

    def points(self) -> Points:
        return self.history.between(0, self.history.last)

    async def until(self, count: int) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while self.history.last < count:
                self._touched.clear()
                await self._touched.wait()


async def test_after_a_pause_the_old_values_come_first_and_then_the_new_ones() -> None:
    watched = Watched(make())
    watched.lab.set_load(load("root", 6))
    watched.history.changed(moves=2)
    watched.history.changed(moves=1)
    await watched.until(2)
    points = watched.points()
    assert (points.load, points.moves) == ([0, 6], [0, 3])
    assert points.imbalance == [0, 2]
    watched.history.close()


async def test_points_come_while_something_changes_and_then_end() -> None:
    watched = Watched(make())
    watched.history.changed()
    for assigned in (1, 2, 3):
        watched.lab.set_load(load("root", assigned))
        watched.history.changed()
        await watched.until(watched.history.last + 1)
    assert watched.points().load == [0, 1, 2, 3]
    assert watched.points().time == sorted(watched.points().time)
    loop = asyncio.get_running_loop()
    quiet = loop.create_future()
    loop.call_later(0.05, quiet.set_result, None)  # five intervals in which nothing changes
    await quiet
    assert watched.history.last == 4
    watched.history.close()


async def test_only_the_last_points_are_kept() -> None:
    watched = Watched(make())
    for _ in range(HISTORY_POINTS + 3):
        watched.history.changed()
        watched.history.close()  # as if it had been quiet
    assert len(watched.points().time) == HISTORY_POINTS
