"""Who has not been heard for so long that nobody counts on it. Pure: what time it is comes as an argument.

    heard --SILENT_AFTER intervals without a word--> silent --the next word--> heard

A node is first heard when it is first watched, so that a balancer which has just begun calls nobody silent
before it has had time to listen. One that did not look for longer than an interval (it was stopped, its
machine slept, or it was busy) has not listened either: then everybody has the whole time once more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

SILENT_AFTER = 3
"""Intervals between two heartbeats without a word after which a node is inactive."""
LOOKS_PER_INTERVAL = 2
"""Looks at who is silent in each of them."""


class LastHeard:
    """When each node was heard last.

    Args:
        interval_s: seconds between two heartbeats.
        now_s: the time now, in seconds.

    Attributes:
        look_s: seconds between two looks.
        patience_s: seconds without a word after which a node is silent.
        silent: those that are.
        looked_s: when it was looked last.
    """

    def __init__(self, interval_s: float, now_s: float) -> None:
        self.look_s = interval_s / LOOKS_PER_INTERVAL
        self.patience_s = SILENT_AFTER * interval_s
        self.silent: frozenset[str] = frozenset()
        self._interval_s = interval_s
        self.looked_s = now_s
        self._listening_since_s = now_s
        self._last_s: dict[str, float] = {}

    def hear(self, names: Iterable[str], at_s: float) -> None:
        """Note that nodes were heard, or all that share a process with one that was."""
        for name in names:
            self._last_s[name] = max(at_s, self._last_s.get(name, at_s))

    def look(self, now_s: float, watched: Collection[str]) -> None:
        """Find out who is silent; nodes that are not `watched` are forgotten."""
        if now_s - self.looked_s > self.look_s + self._interval_s:
            self._listening_since_s = now_s
        self.looked_s = now_s
        self._last_s = {name: self._last_s.get(name, now_s) for name in watched}
        silent: set[str] = set()
        for name, at_s in self._last_s.items():
            since_s = at_s if name in self.silent else max(at_s, self._listening_since_s)
            if now_s - since_s > self.patience_s:
                silent.add(name)
        self.silent = frozenset(silent)

    def unheard_s(self, name: str, now_s: float) -> float:
        """Return for how long a node has not been heard, in seconds."""
        return now_s - self._last_s.get(name, now_s)
