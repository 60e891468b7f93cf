"""A limit on the memory of this process: a class that takes more meets a MemoryError at the line that does.

The system refuses what would exceed it before the memory is taken (RLIMIT_AS). Where a system knows no such
limit (macOS takes it and does not keep it), there is none.
"""

from __future__ import annotations

import os
import resource
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

MEMORY_MB = 6000
"""Memory that a command lets a class take with all that its run needs, unless told otherwise (MB): a run of
4,000,000 nodes takes about 4,500."""
MEMORY_SHARE = 0.75
"""How much of the free memory that is, at most."""


def usual_memory_mb() -> int:
    """Return how much memory a class may take if nobody says otherwise (MB)."""
    try:
        lines = Path("/proc/meminfo").read_text("ascii").splitlines()
        free_kb = next(int(line.split()[1]) for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration, ValueError, IndexError):
        return MEMORY_MB
    return min(MEMORY_MB, int(MEMORY_SHARE * free_kb / 1000))


@contextmanager
def memory_limited(megabytes: int | None) -> Generator[None]:
    """Let this process take at most `megabytes` more while the `with` block runs; None or 0 for no limit."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    if megabytes:
        limit_memory(megabytes)
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def limit_memory(megabytes: int) -> None:
    """Let this process take `megabytes` more than it has now, and no more."""
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    wanted = memory_taken() + megabytes * 1_000_000
    if most == resource.RLIM_INFINITY or wanted < most:
        resource.setrlimit(resource.RLIMIT_AS, (wanted, most))


def lift_memory_limit() -> None:
    """Take the limit away: what is left to do is ours, and small."""
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def memory_taken() -> int:
    """Return the address space that this process has (bytes); 0 where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
