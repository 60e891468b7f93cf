"""Whether the journal can be written, found out by writing what changes nothing.

Theory of operation. Nodes write the journal themselves, and what they cannot write they refuse, or try again
and again; an idle lab writes nothing at all. So nobody's silence says that writes go, and a refusal of a
while ago does not say that they fail still. One transaction that changes nothing says both. It is written

| when | how often |
|---|---|
| tasks are not over, so nodes are to write | every JOURNAL_WRITE_INTERVAL |
| nothing is to be written | every UPKEEP_INTERVAL |
| somebody could not write | at once |
| the last one failed | every JOURNAL_INTERVAL, until one does not |

That another process holds the lock is no failure, unless it still does at the next attempt. Where somebody
found no room on the disk, that is a failure of its own for JOURNAL_NO_ROOM_FOR: what is tried is small, and
may find room where many tasks at once did not.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from math import inf

from topowave.balancer.limits import (
    JOURNAL_INTERVAL,
    JOURNAL_NO_ROOM_FOR,
    JOURNAL_WRITE_INTERVAL,
    UPKEEP_INTERVAL,
)
from topowave.balancer.threads import in_a_thread
from topowave.logs import fields
from topowave.tasks import JournalBusyError, JournalError
from topowave.translation import text

LOG = logging.getLogger("topowave.balancer")


class JournalWrites:
    """Tries to write a journal, now and then.

    Args:
        try_write: writes what changes nothing, in whatever thread. Raises JournalError.
        notify: called with a sentence for people when writes begin to fail.
    """

    def __init__(self, try_write: Callable[[], None], notify: Callable[[str], None]) -> None:
        self._try_write = try_write
        self._notify = notify
        self._tried_s = time.monotonic()
        self._is_doubtful = False
        self._was_busy = False
        self._no_room_until_s = -inf
        self.trouble: str | None = None
        """Why the last attempt failed; None where it did not."""

    def doubt(self) -> None:
        """Note that somebody could not write, or so it seems."""
        self._is_doubtful = True

    def no_room(self, why: str) -> None:
        """Note that somebody found no room on the journal's disk."""
        self._no_room_until_s = time.monotonic() + JOURNAL_NO_ROOM_FOR
        self._failed(why)

    def is_due(self, *, is_idle: bool) -> bool:
        """Whether it is time for another attempt; `is_idle` says that nobody else is to write."""
        if self._is_doubtful:
            return True
        pause_s = UPKEEP_INTERVAL if is_idle else JOURNAL_WRITE_INTERVAL
        if self.trouble is not None or self._was_busy:
            pause_s = JOURNAL_INTERVAL
        return time.monotonic() >= self._tried_s + pause_s

    async def look(self) -> None:
        """Try it."""
        self._is_doubtful = False
        try:
            await in_a_thread(self._try_write)
        except JournalBusyError as error:
            if self._was_busy:
                self._failed(str(error))
            self._was_busy = True
        except JournalError as error:
            self._failed(str(error))
        else:
            self._was_busy = False
            if self.trouble is not None and time.monotonic() >= self._no_room_until_s:
                LOG.info("the journal is written again")
                self.trouble = None
        self._tried_s = time.monotonic()

    def _failed(self, why: str) -> None:
        if self.trouble is None:
            self._notify(text("No change of a task can be kept: {why}", why=why))
            LOG.warning("the journal cannot be written", extra=fields(problem=why))
        self.trouble = why
