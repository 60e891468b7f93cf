"""Everything is done once, in the order of the times, behind one timer."""

from __future__ import annotations

import asyncio
from functools import partial

from tests.support.waiting import eventually
from tests.unit.wire.loop import on_uvloop
from topowave.nodes.waves.timer_queue import TimerQueue


@on_uvloop
async def test_things_are_done_in_the_order_of_their_times() -> None:
    timers, done = TimerQueue(), list[str]()
    for name, seconds in (("c", 0.03), ("a", 0.0), ("b", 0.01), ("b2", 0.01)):
        timers.after(seconds, partial(done.append, name))
    await eventually(lambda: len(done) == 4)
    assert done == ["a", "b", "b2", "c"]
    assert len(timers) == 0


@on_uvloop
async def test_what_is_done_may_add_more() -> None:
    timers, done = TimerQueue(), list[int]()

    def again() -> None:
        done.append(len(done))
        if len(done) < 5:
            timers.after(0.001, again)

    timers.after(3600, lambda: done.append(-1))
    timers.after(0, again)
    await eventually(lambda: len(done) == 5)
    assert done == [0, 1, 2, 3, 4]
    assert len(timers) == 1
    timers.clear()


@on_uvloop
async def test_what_is_added_for_later_does_not_put_off_what_is_due_before() -> None:
    timers, done = TimerQueue(), list[str]()
    timers.after(0.0, lambda: timers.after(3600, lambda: done.append("late")))
    timers.after(0.02, lambda: done.append("soon"))
    await eventually(lambda: done == ["soon"])
    timers.clear()


@on_uvloop
async def test_what_fails_does_not_stop_the_rest() -> None:
    timers, done, told = TimerQueue(), list[str](), list[object]()
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: told.append(context["exception"]))
    timers.after(0.0, lambda: done.remove("not there"))
    timers.after(0.01, lambda: done.append("after it"))
    await eventually(lambda: done == ["after it"])
    assert [type(error) for error in told] == [ValueError]


@on_uvloop
async def test_what_is_forgotten_is_not_done() -> None:
    timers, done = TimerQueue(), list[int]()
    timers.after(0, lambda: done.append(1))
    timers.clear()
    for _ in range(5):
        await asyncio.sleep(0)
    assert (done, len(timers)) == ([], 0)
