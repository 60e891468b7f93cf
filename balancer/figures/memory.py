"""How much memory the processes of a lab hold that run on this machine, as Linux says it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from topowave.balancer.figures.forms import ProcessMemory
from topowave.balancer.limits import FIGURES_PROCESSES

OTHER = "other"


@dataclass(frozen=True, slots=True)
class LabProcess:
    """A process of the lab: what people call it, its id, and how many nodes run in it."""

    name: str
    pid: int
    nodes: int


def memory_of(processes: Iterable[LabProcess], most: int = FIGURES_PROCESSES) -> list[ProcessMemory]:
    """Return what they hold, the largest first; for a thread. One that has ended is left out.

    Args:
        processes: which ones.
        most: so many are told one by one; the rest is one entry, OTHER.
    """
    page = os.sysconf("SC_PAGE_SIZE")
    found: list[ProcessMemory] = []
    for each in processes:
        with suppress(OSError, ValueError, IndexError):
            pages = int(Path(f"/proc/{each.pid}/statm").read_text("ascii").split()[1])
            found.append(ProcessMemory(name=each.name, pid=each.pid, nodes=each.nodes, bytes=pages * page))
    found.sort(key=lambda each: (-each.bytes, each.name))
    if len(found) <= most:
        return found
    rest = found[most - 1 :]
    return [
        *found[: most - 1],
        ProcessMemory(
            name=OTHER,
            pid=None,
            nodes=sum(each.nodes for each in rest),
            bytes=sum(each.bytes for each in rest),
        ),
    ]
