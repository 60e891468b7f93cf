"""A Bayesian linear regression of the next change on those before, scaled, by river."""

from __future__ import annotations

from collections import deque
from typing import Any

from topowave.forecasts.limits import LAGS, REGRESSION_MEMORY
from topowave.forecasts.river_model import RiverModel, river


class LagRegression(RiverModel):
    """A linear model of the last changes that knows how sure it is of each weight."""

    name = "lag-regression"
    title = "Regression on lags"
    summary = (
        f"The change follows linearly from the last {LAGS}, by weights of which a spread is learned, too."
    )
    source = "Bishop 2006, 3.3 (Bayesian linear regression); river's `BayesianLinearRegression`"
    knows = f"The last {LAGS} changes, and of the weights a mean and a covariance."
    wins = (
        "Where a change says what the next will be: what rises goes on rising, or what came in one round "
        "lacks in the next. It needs no learning rate, forgets slowly, and costs the most."
    )

    def __init__(self) -> None:
        super().__init__()
        self._lags: deque[float] = deque([0.0] * LAGS, maxlen=LAGS)

    def new_model(self) -> Any:
        """Return a scaler of the changes, and weights of which all are likely."""
        linear = river("linear_model").BayesianLinearRegression(smoothing=REGRESSION_MEMORY)
        return river("preprocessing").StandardScaler(), linear

    def teach(self, model: Any, change: float) -> None:
        """Learn that the lags were followed by this change."""
        scaler, linear = model
        scaler.learn_one(self._named())
        linear.learn_one(self._features(scaler), change)
        self._lags.append(change)

    def ask(self, model: Any) -> float:
        """Return what the weights say of the last changes."""
        scaler, linear = model
        prediction: float = linear.predict_one(self._features(scaler))
        return prediction

    def _named(self) -> dict[str, float]:
        return {f"lag {at}": change for at, change in enumerate(self._lags)}

    def _features(self, scaler: Any) -> dict[str, float]:
        """Return the lags at one scale, and the 1 whose weight is the mean: river has no other intercept."""
        scaled: dict[str, float] = scaler.transform_one(self._named())
        return {**scaled, "one": 1.0}
