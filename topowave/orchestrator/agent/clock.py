"""The clock of a lease: it goes on while the machine sleeps, so who wakes up knows how long that was."""

from __future__ import annotations

import time

if hasattr(time, "CLOCK_BOOTTIME"):

    def lease_clock() -> float:
        """Return a time that never goes back, and counts the machine's sleep (s)."""
        return time.clock_gettime(time.CLOCK_BOOTTIME)

else:
    lease_clock = time.monotonic
