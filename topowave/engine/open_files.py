"""How many files a process has open: what a script leaves open is missing to those that come after it."""

from __future__ import annotations

import os
import resource

from topowave.engine.limits import OPEN_FILES_SHARE


class OpenFiles:
    """Those of this process."""

    def __init__(self) -> None:
        limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        begun = _lowest()
        room = float("inf") if limit == resource.RLIM_INFINITY else max(0, limit - begun)
        self._most = begun + room * OPEN_FILES_SHARE

    @property
    def are_too_many(self) -> bool:
        """Whether few more can be opened, or what every process has open is closed.

        A new descriptor has the lowest number that is free, so what is left open shows in it; to count them
        all would take as long as a tiny task.
        """
        try:
            return _lowest() >= self._most
        except OSError:
            return True


def _lowest() -> int:
    """Return the lowest number that a descriptor may have. Raises OSError."""
    number = os.dup(0)
    os.close(number)
    return number
