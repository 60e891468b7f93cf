import asyncio
import gc
import logging

import pytest

from topowave.web.owned_tasks import OwnedTasks

pytestmark = pytest.mark.anyio
LOG = logging.getLogger("topowave.test")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def fail() -> None:
    raise ZeroDivisionError("no nodes")


async def test_a_failure_is_logged_with_its_traceback_and_said_in_a_sentence(
    caplog: pytest.LogCaptureFixture,
) -> None:
    said: list[str] = []
    tasks = OwnedTasks(LOG, said.append)
    tasks.start("Counting the nodes", fail())
    await tasks.finish()
    assert said == ["Counting the nodes failed: ZeroDivisionError: no nodes"]
    (record,) = caplog.records
    assert (record.levelname, record.name) == ("ERROR", "topowave.test")
    assert record.getMessage() == "Counting the nodes failed"
    assert record.exc_info is not None
    assert record.exc_info[0] is ZeroDivisionError


async def test_a_task_is_held_until_it_ends_though_nobody_else_does() -> None:
    tasks = OwnedTasks(LOG, lambda _: None)
    go, done = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        await go.wait()
        done.set()

    tasks.start("Waiting", work())
    gc.collect()
    assert len(tasks) == 1
    go.set()
    await tasks.finish()
    assert done.is_set()
    assert len(tasks) == 0


async def test_closing_cancels_what_runs_and_that_is_no_failure(caplog: pytest.LogCaptureFixture) -> None:
    said: list[str] = []
    tasks = OwnedTasks(LOG, said.append)
    task = tasks.start("Waiting", asyncio.sleep(3600))
    await asyncio.sleep(0)
    await tasks.close()
    assert task.cancelled()
    assert (said, caplog.records, len(tasks)) == ([], [], 0)
