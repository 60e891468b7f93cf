"""How often a process may be started again: Erlang/OTP's restart intensity (n restarts in t seconds)."""

from __future__ import annotations

from collections import deque

from topowave.orchestrator.limits import RESTARTS, RESTARTS_WINDOW_S


class RestartBudget:
    """Counts the restarts of one process. Time comes in as an argument.

    Args:
        most: restarts allowed within the window.
        window_s: the window's length (s).
    """

    def __init__(self, most: int = RESTARTS, window_s: float = RESTARTS_WINDOW_S) -> None:
        self._most = most
        self._window_s = window_s
        self._spent: deque[float] = deque()

    def spend(self, now_s: float) -> bool:
        """Take one restart; False when too many were taken lately and the process is to be given up."""
        while self._spent and now_s - self._spent[0] >= self._window_s:
            self._spent.popleft()
        if len(self._spent) >= self._most:
            return False
        self._spent.append(now_s)
        return True
