"""The lab's clock, in which waves expire: the balancer's monotonic one, on whatever machine a node is.

A process on the balancer's machine has that very clock. One on another machine is told by the balancer, which
knows from heartbeats, how far its own is behind.
"""

from __future__ import annotations

import time


class LabClock:
    """The clock of this process; `ahead_us` is by how much the lab's is ahead of the machine's own."""

    def __init__(self) -> None:
        self.ahead_us = 0

    def now_ms(self) -> int:
        """Return the time in milliseconds."""
        return (time.monotonic_ns() // 1000 + self.ahead_us) // 1000


LAB_CLOCK = LabClock()
"""That of this process."""
