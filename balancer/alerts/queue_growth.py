"""Whether a queue grows without end: in each quarter of some time its least was above that of the one before.

Bursts make a queue long and short again; what grows without end is never again as short as it was. So the
shortest lengths of four quarters are compared, which forgets no burst and sees through the noise. Pure.
"""

from __future__ import annotations

import math
from collections import deque
from itertools import pairwise

from topowave.balancer.alerts.facts import GrowingQueue

QUARTERS = 4


class QueueGrowth:
    """Watches one queue; it remembers one number a quarter.

    Args:
        window_s: the time of all quarters together (s).
    """

    def __init__(self, window_s: float) -> None:
        self.window_s = window_s
        self._quarter = -1
        self._shortest = math.inf
        self._before: deque[float] = deque(maxlen=QUARTERS)

    def look(self, now_s: float, waiting: int, least: int) -> GrowingQueue | None:
        """Take in the length of the queue, and return it where it grows, or is longer still than it was.

        Args:
            now_s: when; not before the last look (s).
            waiting: how long it is.
            least: from which length on that is worth a word.
        """
        quarter = math.floor(now_s * QUARTERS / self.window_s)
        if quarter != self._quarter:
            if quarter > self._quarter + 1:
                self._before.clear()  # nobody has looked for a quarter
            elif self._quarter >= 0:
                self._before.append(self._shortest)
            self._quarter, self._shortest = quarter, math.inf
        self._shortest = min(self._shortest, waiting)
        shortest = [*self._before]
        if len(shortest) < QUARTERS or waiting < max(least, 1) or waiting <= shortest[0]:
            return None
        rises = all(a < b for a, b in pairwise(shortest)) and waiting > shortest[-1]
        return GrowingQueue(waiting, still=rises)
