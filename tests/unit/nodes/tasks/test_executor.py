"""Tasks hold a core for their time, no more at once than cores; each start is journalled first."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.support.waiting import eventually
from tests.unit.nodes.tasks.conftest import Clock
from tests.unit.tasks.disk import read_only, sqlite_of
from tests.unit.wire.loop import on_uvloop, on_watched_loop, until_asleep
from topowave.nodes.tasks.executor import Executor
from topowave.nodes.tasks.scripts import ScriptRunner
from topowave.tasks import Attributes, Journal, LabTask, TaskQueue, journal_at
from topowave.tasks.attributes import USUAL
from topowave.tasks.commands import Add
from topowave.topology import LabConfig


@dataclass
class Bench:
    """An executor with its queue and its journal."""

    queue: TaskQueue
    journal: Journal
    executor: Executor
    running: list[int] = field(default_factory=list[int])

    @property
    def db(self) -> sqlite3.Connection:
        return sqlite_of(self.journal.store)

    async def add(self, *ids: str) -> None:
        tasks = tuple(LabTask(each) for each in ids)
        await self.journal.commit(Add("a", tasks, 1), lambda _: self.queue.submit(tasks), lambda: None)

    async def add_tasks(self, *said: Attributes) -> None:
        new = {str(number): each for number, each in enumerate(said)}
        tasks = tuple(each.task(name) for name, each in new.items())

        def then(_: object) -> None:
            self.queue.submit(tasks)
            self.executor.watch(tasks)

        await self.journal.commit(Add("a", tasks, 1, {}, new), then, lambda: None)

    def states(self) -> dict[str, str]:
        return dict(self.db.execute("SELECT id, status FROM task").fetchall())


@asynccontextmanager
async def bench(count: int, cpu: int, task_time: float) -> AsyncGenerator[Bench]:
    async with journal_at(None) as journal:
        queue = TaskQueue(cpu)
        seen: list[int] = []
        note: Callable[[], None] = lambda: seen.append(queue.counts().running)  # noqa: E731
        executor = Executor("a", queue, journal, task_time, note, ScriptRunner(LabConfig(), cpu))
        found = Bench(queue, journal, executor, seen)
        await found.add(*map(str, range(count)))
        yield found
        found.executor.stop()


@on_uvloop
async def test_tasks_run_as_many_at_once_as_there_are_cores() -> None:
    async with bench(6, cpu=2, task_time=0.05) as lab:
        before = time.monotonic()
        lab.executor.proceed()
        assert (lab.queue.counts().running, lab.queue.counts().assigned) == (2, 4)
        await eventually(lambda: set(lab.states().values()) == {"completed"})
        assert time.monotonic() - before >= 3 * 0.045
        assert max(lab.running) == 2
        assert (lab.queue.load, lab.queue.counts().completed) == (0, 6)


@on_watched_loop
async def test_a_task_holds_its_core_and_lets_the_processor_sleep() -> None:
    async with bench(3, cpu=2, task_time=60) as lab:
        lab.executor.proceed()
        await eventually(lambda: list(lab.states().values()).count("running") == 2)
        await until_asleep()
        assert (lab.queue.counts().running, lab.queue.counts().assigned) == (2, 1)


@on_uvloop
async def test_a_task_that_comes_while_cores_are_free_runs_at_once() -> None:
    async with bench(1, cpu=2, task_time=60) as lab:
        lab.executor.proceed()
        await lab.add("late")
        assert lab.queue.counts().running == 1
        lab.executor.proceed()
        assert lab.queue.counts().running == 2
        await eventually(lambda: set(lab.states().values()) == {"running"})


@on_uvloop
async def test_a_stopped_executor_finishes_and_starts_nothing() -> None:
    async with bench(3, cpu=2, task_time=0.01) as lab:
        lab.executor.proceed()
        lab.executor.stop()
        lab.executor.proceed()
        lab.executor.stop()
        await asyncio.sleep(0.05)  # what must not happen has its time
        assert lab.queue.counts().completed == 0
        assert set(lab.states().values()) == {"assigned"}


@on_uvloop
async def test_no_task_runs_before_its_start_is_journalled() -> None:
    async with bench(2, cpu=1, task_time=0.01) as lab:
        with read_only(lab.journal):
            lab.executor.proceed()
            await eventually(lambda: lab.journal.problem is not None)
            await asyncio.sleep(0.05)  # what must not happen has its time
            assert lab.queue.counts().completed == 0
            assert set(lab.states().values()) == {"assigned"}
        await eventually(lambda: set(lab.states().values()) == {"completed"})


@on_uvloop
async def test_a_task_that_the_journal_does_not_know_as_queued_is_not_run() -> None:
    async with bench(3, cpu=1, task_time=0.01) as lab:
        lab.db.execute("UPDATE task SET status = 'cancelled' WHERE id = '0'")
        lab.executor.proceed()
        await eventually(lambda: sorted(lab.states().values()) == ["cancelled", "completed", "completed"])
        assert lab.queue.counts().completed == 2
        assert lab.queue.load == 0


@on_uvloop
async def test_a_task_whose_core_is_taken_does_not_end() -> None:
    async with bench(1, cpu=1, task_time=0.05) as lab:
        lab.executor.proceed()
        assert lab.queue.hold("0") == "running"  # before its time can be over
        await eventually(lambda: set(lab.states().values()) == {"running"})
        lab.queue.cancel("0")
        lab.executor.release("0")
        lab.executor.release("0")
        await asyncio.sleep(0.1)  # what must not happen has its time
        assert set(lab.states().values()) == {"running"}
        assert lab.queue.counts().completed == 0


@on_uvloop
async def test_a_task_whose_time_is_over_while_it_is_held_ends_once_it_may_go_on() -> None:
    async with bench(2, cpu=1, task_time=0.02) as lab:
        lab.executor.proceed()
        assert lab.queue.hold("0") == "running"
        await eventually(lambda: sorted(lab.states().values()) == ["assigned", "running"])
        await asyncio.sleep(0.1)  # what must not happen has its time
        assert sorted(lab.states().values()) == ["assigned", "running"]
        lab.queue.release("0")
        lab.executor.go_on("0")
        await eventually(lambda: set(lab.states().values()) == {"completed"})
        assert lab.queue.counts().completed == 2


@on_uvloop
async def test_a_heavy_task_holds_all_its_cores() -> None:
    async with bench(0, cpu=3, task_time=60) as lab:
        heavy = Attributes(weight=2)
        await lab.add_tasks(heavy, heavy, USUAL)
        lab.executor.proceed()
        await eventually(lambda: list(lab.states().values()) == ["running", "assigned", "assigned"])
        assert lab.queue.load == 5


@on_uvloop
async def test_an_emulated_task_lasts_as_long_as_it_says_itself() -> None:
    async with bench(0, cpu=2, task_time=60) as lab:
        await lab.add_tasks(Attributes(duration=0.01), USUAL)
        lab.executor.proceed()
        await eventually(lambda: list(lab.states().values()) == ["completed", "running"])


@on_uvloop
async def test_what_is_not_over_by_its_deadline_is_failed_waiting_or_running_and_the_next_one_runs(
    clock: Clock,
) -> None:
    async with bench(0, cpu=1, task_time=60) as lab:
        soon = clock.in_an_hour()
        await lab.add_tasks(Attributes(deadline=soon), Attributes(deadline=soon), USUAL)
        lab.executor.proceed()
        await eventually(lambda: list(lab.states().values()) == ["running", "assigned", "assigned"])
        clock.let_an_hour_pass()
        await eventually(lambda: list(lab.states().values()) == ["failed", "failed", "running"])
        assert (lab.queue.counts().failed, lab.queue.load) == (2, 1)
        assert set(lab.db.execute("SELECT reason FROM task WHERE status = 'failed'")) == {("deadline",)}


@on_uvloop
async def test_a_task_that_comes_too_late_never_runs() -> None:
    async with bench(0, cpu=2, task_time=60) as lab:
        await lab.add_tasks(Attributes(deadline=1.0), USUAL)
        lab.executor.proceed()
        await eventually(lambda: list(lab.states().values()) == ["failed", "running"])
        assert lab.db.execute("SELECT attempts FROM task WHERE status = 'failed'").fetchone() == (0,)


@on_uvloop
async def test_a_deadline_that_passes_while_something_else_is_decided_counts_after_that(
    clock: Clock,
) -> None:
    async with bench(0, cpu=1, task_time=60) as lab:
        soon = Attributes(deadline=clock.in_an_hour())
        await lab.add_tasks(soon, soon)
        lab.executor.proceed()
        await eventually(lambda: list(lab.states().values()) == ["running", "assigned"])
        assert [lab.queue.hold(each) for each in ("0", "1")] == ["running", "assigned"]
        clock.let_an_hour_pass()
        await asyncio.sleep(0.2)  # what must not happen has its time
        assert list(lab.states().values()) == ["running", "assigned"]
        lab.queue.release("0")
        lab.queue.release("1")
        await eventually(lambda: list(lab.states().values()) == ["failed", "failed"])


@on_uvloop
async def test_a_deadline_of_a_task_that_has_left_or_is_over_concerns_nobody(clock: Clock) -> None:
    async with bench(0, cpu=1, task_time=0.01) as lab:
        soon = Attributes(deadline=clock.in_an_hour())
        await lab.add_tasks(soon, soon)
        lab.queue.begin_move("m", 1)
        lab.queue.commit_move("m")
        lab.executor.proceed()
        await eventually(lambda: lab.states()["0"] == "completed")
        clock.let_an_hour_pass()
        await asyncio.sleep(0.2)  # what must not happen has its time
        assert lab.states() == {"0": "completed", "1": "assigned"}
