"""The mean over a window that is cut when the load begins to behave otherwise: ADWIN, by river.

ADWIN keeps a window as long as no two parts of it have means that differ by more than chance explains; then
it drops the older part. So the window is long while nothing changes, and short right after something has.
"""

from __future__ import annotations

from typing import Any

from topowave.forecasts.limits import DRIFT_DELTA, LONGEST_WINDOW
from topowave.forecasts.river_model import RiverModel, river


class AdaptiveMean(RiverModel):
    """The mean of the changes since the last drift that was detected."""

    name = "adaptive-mean"
    title = "Adaptive mean"
    summary = "The load changes by the mean of all changes since something last was detected to have changed."
    source = "Bifet and Gavaldà 2007, ADWIN; river's `drift.ADWIN`"
    knows = "A histogram of its window, whose size grows with the logarithm of the window."
    wins = (
        "Where each node has a stream of its own that stays as it is for long and then is another: meanwhile "
        "the mean is steadier than a short window's. What always drifts a little it follows too late."
    )

    def new_model(self) -> Any:
        """Return an empty window."""
        return river("drift").ADWIN(delta=DRIFT_DELTA, clock=1, grace_period=4, min_window_length=3)

    def teach(self, model: Any, change: float) -> None:
        """Put it into the window, and cut that where it has to be."""
        if model.width >= LONGEST_WINDOW:
            self._model = model = self.new_model()
        model.update(change)

    def ask(self, model: Any) -> float:
        """Return the window's mean."""
        mean: float = model.estimation
        return mean
