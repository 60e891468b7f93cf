"""How many waves ended, and what they took, for the figures at `/metrics`."""

from __future__ import annotations

from collections import Counter
from typing import Final

from topowave.balancer.waves.record import WaveRecord
from topowave.web.metric_forms import MetricForm

WAVES: Final = MetricForm(
    "topowave_waves_total", "counter", "Waves that ended, by how they ended", ("algorithm", "outcome")
)
MESSAGES: Final = MetricForm(
    "topowave_wave_messages", "histogram", "Messages of waves that ended, where all are known", WAVES.labels
)
DURATION: Final = MetricForm(
    "topowave_wave_duration_seconds",
    "histogram",
    "Time from the first start to the last decide of waves that ended",
    WAVES.labels,
)
EXEMPLAR_CHARS = 128 - len("wave")
"""Longest id that is an exemplar: OpenMetrics allows 128 characters for names and values together."""
MESSAGES_BUCKETS = (10.0, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 100_000, 1_000_000)
DURATION_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class WaveCounts:
    """How many waves ended, by algorithm, and histograms of their messages and durations.

    The id of the wave that came last into a bucket stands there as its exemplar.
    """

    def __init__(self) -> None:
        self.waves = Counter[tuple[str, str]]()
        self.messages = MESSAGES.histogram(MESSAGES_BUCKETS)
        self.durations = DURATION.histogram(DURATION_BUCKETS_S)

    def add(self, record: WaveRecord) -> None:
        """Count a wave that ended."""
        labels = (record.algorithm.name, record.state)
        exemplar = {"wave": record.id} if len(record.id) <= EXEMPLAR_CHARS else None
        self.waves[labels] += 1
        if record.messages is not None:
            self.messages.labels(*labels).observe(record.messages, exemplar)
        if record.duration_ms is not None:
            self.durations.labels(*labels).observe(record.duration_ms / 1000, exemplar)
