"""What forecasts have in common whose model is one of river, a library of online learning.

River is an extra, takes a second to import, and is imported when the first model is made. A model of it that
no longer gives finite numbers, or fails on them, begins anew: its arithmetic is not ours to mend.
"""

from __future__ import annotations

import importlib
import math
from abc import abstractmethod
from importlib.util import find_spec
from typing import Any

from topowave.forecasts.base import Forecast


class RiverModel(Forecast):
    """A forecast by a model of river."""

    extra = "forecasts"
    packages = ("river",)

    def __init__(self) -> None:
        super().__init__()
        self._model: Any = self.new_model()

    @classmethod
    def missing(cls) -> str | None:
        """Return the sentence that river is missing, where it is."""
        if find_spec("river") is not None:
            return None
        needs = "needs river, which is not installed here"
        return f"the forecast {cls.name} {needs}: pip install 'topowave[{cls.extra}]'"

    @abstractmethod
    def new_model(self) -> Any:
        """Return a model that has learned nothing."""

    @abstractmethod
    def teach(self, model: Any, change: float) -> None:
        """Let the model learn a change."""

    @abstractmethod
    def ask(self, model: Any) -> float:
        """Return the change that the model expects; 0 where it has not learned enough to say."""

    def learn_change(self, change: float) -> None:
        """Let the model learn it."""
        try:
            self.teach(self._model, change)
        except (ArithmeticError, ValueError):
            self._model = self.new_model()

    def next_change(self) -> float:
        """Ask the model."""
        try:
            change = float(self.ask(self._model))
        except (ArithmeticError, ValueError):
            change = math.nan
        if not math.isfinite(change):
            self._model = self.new_model()
            return 0.0
        return change


def river(module: str) -> Any:
    """Return a module of river."""
    return importlib.import_module(f"river.{module}")
