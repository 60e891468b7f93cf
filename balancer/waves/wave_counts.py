"""How many waves ended, for the figures at `/metrics`."""

from __future__ import annotations

from collections import Counter

from topowave.balancer.waves.record import WaveRecord


class WaveCounts:
    """How many waves ended, and how many messages they had, by algorithm."""

    def __init__(self) -> None:
        self.waves = Counter[tuple[str, str]]()
        self.messages = Counter[str]()

    def add(self, record: WaveRecord) -> None:
        """Count a wave that ended."""
        self.waves[record.algorithm.name, record.state] += 1
        self.messages[record.algorithm.name] += record.messages or 0
