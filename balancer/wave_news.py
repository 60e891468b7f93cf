"""What the feed tells of waves: how each ended, and what went wrong while it ran."""

from __future__ import annotations

from topowave.balancer import sentences
from topowave.balancer.state.feed import Feed
from topowave.balancer.waves.record import WaveRecord


class WaveNews:
    """Tells of waves.

    Args:
        feed: where that is told.
    """

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._last_troubles: list[str] = []

    def ended(self, record: WaveRecord) -> None:
        """Tell of a wave that ended.

        Of a wave of the rebalancer only what somebody else's program did wrong is told, once and not in
        every round anew.
        """
        if record.purpose is not None:
            known, self._last_troubles = self._last_troubles, record.troubles
            if not record.troubles or record.troubles == known:
                return
        self._feed.notify("wave", sentences.ending(record), wave=record.id)

    def trouble(self, trouble: str, record: WaveRecord | None) -> None:
        """Tell what went wrong: in a wave, or of a node where it was in none."""
        if record is None:
            self._feed.notify("node", trouble)
        else:
            self._feed.notify("wave", sentences.incomplete(record, trouble), wave=record.id)
