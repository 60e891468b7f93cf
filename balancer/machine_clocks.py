"""What the clocks of other machines say when ours says something. Pure: what was heard when is an argument.

Events of waves have times of the monotonic clock of the machine where they happened. Each machine's begins
anew at its boot, so those of two differ by hours or days. A heartbeat says what the clock was when it was
sent, and is heard a little later: the difference is that of the clocks, and the time on the way. The least of
the last differences is taken, which has the shortest way in it: so our reading of their times is late by the
network's delay at best, and never early. Where two programs share a boot they share the clock: exactly 0.

Clocks drift, by seconds a day, so only the last WINDOW heartbeats count. Where the last JUMPED of them are
all later than the others by more than JUMP_US, that was no delay: the clock has jumped, or that machine slept
while its clock stood still, and what was heard before is forgotten. A jump the other way is taken at once.
"""

from __future__ import annotations

from collections import deque

WINDOW = 30
"""Heartbeats of a machine of which the least difference counts."""
JUMPED = 3
"""Heartbeats in a row that are later than all others, after which the others are forgotten."""
JUMP_US = 1_000_000
"""Microseconds by which they are later: more than a network takes."""
MACHINES = 1000
"""Most machines whose clocks are known; the one that was heard first is forgotten."""


class MachineClocks:
    """The differences between our clock and those of other machines.

    Args:
        own_boot: names the present boot of our machine.
    """

    def __init__(self, own_boot: str) -> None:
        self._own_boot = own_boot
        self._differences_us: dict[str, deque[int]] = {}

    def hear(self, boot: str, said_us: int, heard_us: int) -> None:
        """Note that a machine's clock was `said_us` at some moment before ours is `heard_us`."""
        if boot == self._own_boot:
            return
        known = self._differences_us.setdefault(boot, deque(maxlen=WINDOW))
        known.append(heard_us - said_us)
        if len(known) > JUMPED:
            last = list(known)[-JUMPED:]
            if min(last) - min(list(known)[:-JUMPED]) > JUMP_US:
                known.clear()
                known.extend(last)
        if len(self._differences_us) > MACHINES:
            del self._differences_us[next(iter(self._differences_us))]

    def shift_us(self, boot: str) -> int:
        """Return what is added to times of that machine's clock; 0 for ours, and while none is known."""
        return min(self._differences_us.get(boot, ()), default=0)
