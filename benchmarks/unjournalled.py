"""`topowave` without a journal of tasks, to measure what it costs: `python -m benchmarks.unjournalled up`.

Every change of the tasks comes to pass at once and is written nowhere. Only adding, starting and finishing
are there, so rebalancing must be off.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from topowave.cli.main import main
from topowave.nodes import node
from topowave.tasks import Journal, JournalError, Recovered
from topowave.tasks.commands import Add, Command, Finish, Recover, Start
from topowave.tasks.store.sqlite import SqliteStore

_RESULTS: dict[type[Command[Any]], Callable[[Any], object]] = {
    Recover: lambda _: Recovered((), 0, 1, 0, 0, 0, 0),
    Add: lambda _: None,
    Start: lambda start: dict.fromkeys(task.id for task in start.tasks),
    Finish: lambda _: True,
}


class Unwritten(Journal):
    """A journal that forgets everything."""

    def write(
        self,
        command: Command[Any],
        then: Callable[[Any], None],
        refused: Callable[[JournalError], None] | None = None,
    ) -> None:
        asyncio.get_running_loop().call_soon(then, _RESULTS[type(command)](command))


@asynccontextmanager
async def unwritten(_: Path | None) -> AsyncGenerator[Journal]:
    """Stand in for `journal_at`."""
    yield Unwritten(partial(SqliteStore.open, None))


if __name__ == "__main__":
    setattr(node, "journal_at", unwritten)  # noqa: B010 - of another type than what it stands in for
    main()
