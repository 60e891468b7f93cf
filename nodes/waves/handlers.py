"""The handlers that a process of nodes runs: those of a user's class are noted, and never last for ever.

What can be ended from inside Python is ended by `run_handler`. What cannot, such as a call of C that takes
hours, the kernel ends with the whole process, once the handler has used a processor for HANDLER_MOST seconds.
What takes more memory than HANDLER_MEMORY_MB gets a MemoryError at its line, before the machine is out of it.
However a process ends, its parent finds in the note (`runtime.handler_note`) which handler it ran.
"""

from __future__ import annotations

import logging
import os
import resource
import signal
from collections.abc import Callable
from functools import partial

from topowave.algorithms import Algorithm
from topowave.runtime.background_errors import tell_background_errors
from topowave.runtime.handler_note import HandlerNote
from topowave.runtime.handler_runner import is_of_library, run_handler
from topowave.runtime.memory_limit import memory_taken
from topowave.runtime.parent_death_signal import ask_the_kernel
from topowave.wire import limits

_log = logging.getLogger(__name__)


class Handlers:
    """Runs handlers, one at a time, for all nodes of a process; made in that process.

    Args:
        note: what its parent reads when the process has ended; None where nobody does.
    """

    def __init__(self, note: HandlerNote | None = None) -> None:
        self._note = note
        self._process = os.getpid()
        self._runs = self._terminated = False
        self._most_bytes: int | None = None

    def run(
        self,
        wave: str,
        node: str,
        algorithm: type[Algorithm],
        handler: Callable[..., object],
        *args: object,
        of: str,
    ) -> BaseException | None:
        """Run a handler and return what it raised, if it did.

        Args:
            wave: the id of the wave.
            node: the name of the node.
            algorithm: the class.
            handler: what to call.
            args: what with.
            of: which handler of the class that is, by its name.
        """
        note = self._note
        if note is None or is_of_library(algorithm):
            return run_handler(algorithm, handler, *args, deadline_s=limits.HANDLER_TIMEOUT)
        note.begin(wave, node, algorithm, of)
        self._runs = True
        signal.setitimer(signal.ITIMER_PROF, limits.HANDLER_MOST)
        before = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (self._memory(before[1]), before[1]))
        try:
            return run_handler(algorithm, handler, *args, deadline_s=limits.HANDLER_TIMEOUT)
        finally:
            if os.getpid() != self._process:
                os._exit(0)  # the class has forked: a copy of a node is none
            resource.setrlimit(resource.RLIMIT_AS, before)
            signal.setitimer(signal.ITIMER_PROF, 0)
            self._runs = False
            if not self._terminated:
                note.end()

    def _memory(self, most: int) -> int:
        """Return how much memory this process may have while a handler runs (bytes)."""
        if self._most_bytes is None:
            self._most_bytes = memory_taken() + limits.HANDLER_MEMORY_MB * 1_000_000
        return self._most_bytes if most == resource.RLIM_INFINITY else min(most, self._most_bytes)

    def note_sigterm(self, *_: object) -> None:
        """Keep the note of a handler that runs: on SIGTERM the process ends a little later, in good order."""
        self._terminated = self._terminated or self._runs


def watch_user_code() -> None:
    """Let what a class forks end with this process; tell of errors that come from none of its handlers."""
    os.register_at_fork(after_in_child=ask_the_kernel)
    tell_background_errors(partial(_log.warning, "%s"))
