"""Everything is done once, in the order of the times, behind one timer."""

from __future__ import annotations

import asyncio
from functools import partial

from tests.unit.wire.loop import eventually, on_uvloop
from topowave.nodes.waves.timer_queue import Calendar


@on_uvloop
async def test_things_are_done_in_the_order_of_their_times() -> None:
    calendar, done = Calendar(), list[str]()
    for name, seconds in (("c", 0.03), ("a", 0.0), ("b", 0.01), ("b2", 0.01)):
        calendar.after(seconds, partial(done.append, name))
    await eventually(lambda: len(done) == 4)
    assert done == ["a", "b", "b2", "c"]
    assert len(calendar) == 0


@on_uvloop
async def test_what_is_done_may_add_more() -> None:
    calendar, done = Calendar(), list[int]()

    def again() -> None:
        done.append(len(done))
        if len(done) < 5:
            calendar.after(0.001, again)

    calendar.after(60, lambda: done.append(-1))
    calendar.after(0, again)
    await eventually(lambda: len(done) == 5)
    assert done == [0, 1, 2, 3, 4]
    assert len(calendar) == 1
    calendar.clear()


@on_uvloop
async def test_what_is_added_for_later_does_not_put_off_what_is_due_before() -> None:
    calendar, done = Calendar(), list[str]()
    calendar.after(0.0, lambda: calendar.after(60, lambda: done.append("late")))
    calendar.after(0.02, lambda: done.append("soon"))
    await eventually(lambda: done == ["soon"], deadline=5)
    calendar.clear()


@on_uvloop
async def test_what_fails_does_not_stop_the_rest() -> None:
    calendar, done, told = Calendar(), list[str](), list[object]()
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: told.append(context["exception"]))
    calendar.after(0.0, lambda: done.remove("not there"))
    calendar.after(0.01, lambda: done.append("after it"))
    await eventually(lambda: done == ["after it"], deadline=5)
    assert [type(error) for error in told] == [ValueError]


@on_uvloop
async def test_what_is_forgotten_is_not_done() -> None:
    calendar, done = Calendar(), list[int]()
    calendar.after(0, lambda: done.append(1))
    calendar.clear()
    for _ in range(5):
        await asyncio.sleep(0)
    assert (done, len(calendar)) == ([], 0)
