"""The wave that an address names."""

from __future__ import annotations

from topowave.balancer.balancer import Balancer
from topowave.balancer.waves.record import WaveRecord
from topowave.translation import text
from topowave.web.problem_details import Problem


def known_wave(balancer: Balancer, wave: str) -> WaveRecord:
    """Return a wave that runs or has ended not long ago. Raises Problem (404) for all else."""
    record = balancer.waves.get(wave)
    if record is None:
        raise Problem(
            404, text("No such wave"), text("there is no wave {wave!r}, or it ended too long ago", wave=wave)
        )
    return record
