"""What the kernel says about processes: memory and CPU time. Linux only."""

from __future__ import annotations

from pathlib import Path


def children(pid: int) -> list[int]:
    """The processes that a process has started, whichever thread of it did, oldest first."""
    threads = Path(f"/proc/{pid}/task").glob("*/children")
    return sorted(int(child) for thread in threads for child in thread.read_text().split())


def pss_mb(pid: int) -> float:
    """A process's proportional share of memory (MB): shared pages count once, split among their users."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise AssertionError("the kernel gives no Pss")


def cpu_s(pid: int) -> float:
    """The CPU time that the threads of a process have used so far (s), to the nanosecond.

    /proc/PID/stat counts in ticks of 10 ms, of which an idle server may never be charged one.
    """
    threads = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9
