"""Algorithms in virtual time: the kernels, links and faults, and what holds of a run."""

from topowave.simulator.run import Run
from topowave.simulator.simulate import Wave, simulate, simulate_waves

__all__ = ["Run", "Wave", "simulate", "simulate_waves"]
