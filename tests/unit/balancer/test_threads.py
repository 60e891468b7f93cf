"""Work in a thread: what it returns and raises; it is done once where the system starts no thread."""

from __future__ import annotations

import asyncio
import threading

import pytest

from tests.unit.wire.loop import on_uvloop
from topowave.balancer.threads import in_a_thread


def refuse(_: threading.Thread) -> None:
    raise RuntimeError("can't start new thread")


@on_uvloop
async def test_the_work_is_done_in_another_thread_and_its_result_comes_back() -> None:
    assert await in_a_thread(threading.get_ident) != threading.get_ident()
    assert await in_a_thread(int, "11", base=2) == 3
    with pytest.raises(ValueError, match="invalid literal"):
        await in_a_thread(int, "many")


@on_uvloop
async def test_where_no_thread_can_be_started_the_loop_does_the_work() -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(threading.Thread, "start", refuse)
        assert await in_a_thread(threading.get_ident) == threading.get_ident()
        with pytest.raises(ValueError, match="invalid literal"):
            await in_a_thread(int, "many")


@on_uvloop
async def test_work_that_the_loop_has_done_is_not_done_again_by_a_later_thread() -> None:
    done: list[str] = []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(threading.Thread, "start", refuse)
        await in_a_thread(done.append, "in the loop")
    await in_a_thread(done.append, "in a thread")
    assert done == ["in the loop", "in a thread"]


@on_uvloop
async def test_whoever_waits_may_be_cancelled_while_the_work_goes_on() -> None:
    begun, may_end, ended = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        assert may_end.wait(60)
        ended.set()

    waiting = asyncio.get_running_loop().create_task(in_a_thread(work))
    await in_a_thread(begun.wait, 60)
    waiting.cancel()
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert await in_a_thread(ended.wait, 60)
