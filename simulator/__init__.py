"""Algorithms in virtual time: the kernel, links and faults, traces, replay, the checker."""

from simulator.checker import check
from simulator.checker_result import CheckResult
from simulator.graph import Graph
from simulator.loading import load_algorithm
from simulator.mistakes import Mistake
from simulator.run import Run
from simulator.simulate import Wave, simulate, simulate_waves

__all__ = [
    "CheckResult",
    "Graph",
    "Mistake",
    "Run",
    "Wave",
    "check",
    "load_algorithm",
    "simulate",
    "simulate_waves",
]
