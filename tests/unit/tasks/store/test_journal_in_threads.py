"""A journal whose store may keep its caller waiting: nobody else waits, and what is in doubt is asked."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import pytest

from tests.support.waiting import eventually
from topowave.tasks import Journal, JournalBusyError, JournalError, LabTask, limits
from topowave.tasks.commands import Add, Command, Finish
from topowave.tasks.errors import JournalDoubtError

pytestmark = pytest.mark.anyio


class Slow:
    """A store whose server answers when the test lets it, with what the test wants."""

    durable = True

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.errors: list[JournalError] = []
        self.batches: list[list[Command[Any]]] = []
        self.threads: set[str] = set()

    def execute(self, batch: Sequence[Command[Any]]) -> list[Any]:
        self.threads.add(threading.current_thread().name)
        assert self.go_on.wait(30)
        self.batches.append(list(batch))
        if self.errors:
            raise self.errors.pop(0)
        return [None] * len(batch)

    def wait_for_others(self, milliseconds: int) -> None:
        pass

    def close(self) -> None:
        pass


async def test_a_store_that_keeps_its_caller_waiting_keeps_nobody_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "PROMISE_TIMEOUT", 0.02)
    slow = Slow()
    journal = Journal(lambda: slow, in_threads=True)
    heard: list[object] = []
    first, second, third = (Add("a", (LabTask(f"a.1-1.{number}"),), 1) for number in range(3))
    journal.write(first, lambda _: heard.append("first"), lambda _: heard.append("first refused"))
    await eventually(lambda: slow.threads == {"journal"})
    journal.write(second, lambda _: heard.append("second"), lambda error: heard.append(str(error)))
    journal.write(Finish("a", LabTask("x")), lambda _: heard.append("finished"))
    await eventually(lambda: heard == ["the journal's server takes too long"])
    assert isinstance(journal.problem, JournalBusyError)
    slow.errors = []
    slow.go_on.set()
    await eventually(lambda: heard[1:] == ["first", "finished"])
    assert slow.batches == [[first], [Finish("a", LabTask("x"))]]
    journal.write(third, lambda _: heard.append("third"), lambda _: heard.append("refused"))
    await eventually(lambda: heard[3:] == ["third"])
    assert not journal.problem
    journal.close()


async def test_what_is_in_doubt_is_asked_until_it_is_known_and_never_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "RETRY_PAUSE", 0.01)
    slow = Slow()
    slow.go_on.set()
    slow.errors = [JournalDoubtError("who knows"), JournalDoubtError("who knows")]
    journal = Journal(lambda: slow, in_threads=True)
    heard: list[str] = []
    add = Add("a", (LabTask("a.1-1.1"),), 1)
    await journal.commit(add, lambda _: heard.append("written"), lambda: heard.append("undone"))
    assert heard == ["written"]
    assert slow.batches == [[add]] * 3
    journal.close()


async def test_a_journal_closes_although_its_server_never_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CLOSE_WAIT_MS", 20)
    slow = Slow()
    journal = Journal(lambda: slow, in_threads=True)
    journal.write(Finish("a", LabTask("x")), lambda _: None)
    await eventually(lambda: slow.threads == {"journal"})
    journal.close()
    slow.go_on.set()


async def test_what_waits_is_written_at_the_close_in_a_thread_too() -> None:
    slow = Slow()
    slow.go_on.set()
    journal = Journal(lambda: slow, in_threads=True)
    heard: list[str] = []
    journal.write(Finish("a", LabTask("x")), lambda _: heard.append("written"))
    journal.close()
    assert heard == ["written"]
