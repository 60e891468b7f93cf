"""How many tasks have missed their deadlines of late, from a number that counts all that are kept. Pure."""

from __future__ import annotations


class LateTasks:
    """Watches how the number of late tasks grows; what was there at the first look is no news."""

    def __init__(self) -> None:
        self._before: int | None = None
        self._missed = 0
        self._grown_s = 0.0

    def look(self, now_s: float, late: int | None, told_for_s: float) -> int | None:
        """Return how many tasks were late, as long as the last one was at most `told_for_s` ago.

        Args:
            now_s: when; not before the last look (s).
            late: how many late tasks the journal has; it falls where old ones go. None where nobody knows.
            told_for_s: for how long they are told (s).
        """
        if late is not None:
            if self._before is not None and late > self._before:
                self._grown_s = now_s
                self._missed += late - self._before
            self._before = late
        if now_s - self._grown_s > told_for_s:
            self._missed = 0
        return None if self._before is None else self._missed
