"""Fails in the way it is told to: what a lab or an engine makes of bad scripts can be seen with it.

Params: `reason`, one of those that a result may have (none: it returns `value`); `chance`, how likely that is
(1); `seconds`, how long it takes before (0).
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from typing import Any

HUGE = 1 << 46
"""More memory than any machine gives a process (bytes); nothing of it is taken."""


def hang() -> None:
    """Never return."""
    while True:
        time.sleep(1)


def fail() -> None:
    """Raise what nobody catches."""
    raise RuntimeError("it was told to raise this")


WAYS: dict[str, Callable[[], object]] = {
    "raised": fail,
    "exited": lambda: os._exit(3),
    "killed": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "timeout": hang,
    "memory": lambda: bytearray(HUGE),
    "not_json": object,
    "forked": os.fork,
}
"""What ends in which reason."""


class Faulty:
    """Does what must not be done, if it is told to."""

    def run(self, params: dict[str, Any]) -> object:
        """Return `value`, or give no result for the reason that is asked for."""
        reason = params.get("reason")
        if reason is not None and reason not in WAYS:
            raise ValueError(f"reason must be one of {', '.join(WAYS)}, found {reason!r}")
        time.sleep(params.get("seconds", 0))
        if reason is None or random.random() >= params.get("chance", 1):
            return params.get("value")
        return WAYS[reason]()


def module() -> Faulty:
    """Return what the engine runs."""
    return Faulty()
