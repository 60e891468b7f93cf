"""When a script that gave no result is tried again: later each time, and not all at the same moment."""

from __future__ import annotations

from zlib import crc32

from topowave.tasks.limits import BACKOFF_MOST, BACKOFF_SPREAD


def pause(task: str, failures: int, backoff: float) -> float:
    """Return how long to wait before the next attempt, in seconds: at most BACKOFF_MOST.

    It is within BACKOFF_SPREAD of `backoff`, doubled for each failure before the last one; where exactly
    follows from the task's id, so that many tasks which failed together do not come back together (Brooker
    2015, "Exponential Backoff And Jitter").

    Args:
        task: its id.
        failures: attempts that gave no result before the last one.
        backoff: seconds of the first pause.
    """
    usual = min(backoff * 2.0 ** min(failures, 30), BACKOFF_MOST)
    place = crc32(f"{task} {failures}".encode(errors="surrogatepass")) / 2**32
    return min(usual * (1 - BACKOFF_SPREAD + 2 * BACKOFF_SPREAD * place), BACKOFF_MOST)
