"""How evenly the nodes are loaded, looked at every so often while a run goes on."""

from __future__ import annotations

from topowave.load.limits import MOST_SAMPLES
from topowave.load.virtual_lab import VirtualLab


class BalanceSamples:
    """Looks at the loads every `interval` seconds from the first arrival on, until nothing can change.

    Attributes:
        times: of the looks (s).
        discrepancies: the largest load/cpu of a node that is up, less the smallest.
        unfinished: how many tasks had come and were not over.
    """

    def __init__(self, lab: VirtualLab, interval: float) -> None:
        self.times: list[float] = []
        self.discrepancies: list[float] = []
        self.unfinished: list[int] = []
        self._lab = lab
        self._interval = interval
        lab.on("sample", self._look)
        self._begin = lab.workload.times[0]
        lab.schedule(self._begin + interval, "sample")

    def _look(self, _: object) -> None:
        lab = self._lab
        shares = [load / cpu for load, cpu, up in zip(lab.loads(), lab.cpus, lab.up, strict=True) if up]
        self.times.append(lab.now)
        self.discrepancies.append(max(shares) - min(shares) if shares else 0.0)
        self.unfinished.append(lab.came - lab.completed - lab.given_up)
        if lab.is_alive and len(self.times) < MOST_SAMPLES:
            lab.schedule(self._begin + (len(self.times) + 1) * self._interval, "sample")
