"""The last wave of each kind that was not as it should be, for as long as it is worth telling. Pure."""

from __future__ import annotations

from collections.abc import Collection

from topowave.balancer.alerts.facts import BadWave
from topowave.balancer.limits import BAD_WAVES


class BadWaves:
    """Remembers them; a complete wave of the same kind undoes the one before."""

    def __init__(self) -> None:
        self._waves: dict[str, tuple[float, BadWave]] = {}

    def add(self, wave: BadWave, now_s: float) -> None:
        """Take in a wave that was incomplete or wrong; past BAD_WAVES kinds the oldest goes."""
        self._waves.pop(wave.kind, None)
        self._waves[wave.kind] = (now_s, wave)
        if len(self._waves) > BAD_WAVES:
            del self._waves[next(iter(self._waves))]

    def complete(self, kind: str) -> None:
        """Take in that a wave of a kind was as it should be."""
        self._waves.pop(kind, None)

    def clear(self) -> None:
        """Forget all: another network runs."""
        self._waves.clear()

    def look(self, now_s: float, told_for_s: float, explained: Collection[str]) -> list[BadWave]:
        """Return those of the last `told_for_s`.

        Args:
            now_s: when; not before the last look (s).
            told_for_s: for how long a wave is told (s).
            explained: nodes of which people know that they are down; a wave that misses only such ones, and
                nodes behind them, is explained for ever.
        """
        for kind, (at_s, wave) in list(self._waves.items()):
            if now_s - at_s > told_for_s or wave.is_explained(explained):
                del self._waves[kind]
        return [wave for _, wave in self._waves.values()]
