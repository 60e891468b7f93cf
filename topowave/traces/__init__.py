"""Traces: writing and reading them, replay, and pictures of them."""

from topowave.traces.reader import Recorded, read_trace
from topowave.traces.replay import Replay, replay
from topowave.traces.space_time_diagram import Diagram, draw

__all__ = ["Diagram", "Recorded", "Replay", "draw", "read_trace", "replay"]
