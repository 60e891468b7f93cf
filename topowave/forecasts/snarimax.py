"""An ARMA model of the changes, learned online by river: an ARIMA of the load with one difference."""

from __future__ import annotations

from typing import Any

from topowave.forecasts.limits import LAGGED_ERRORS, LAGS, LEARNING_RATE
from topowave.forecasts.river_model import RiverModel, river


class Snarimax(RiverModel):
    """A linear model of the last changes and of its own last errors."""

    name = "snarimax"
    title = "SNARIMAX"
    summary = f"The change follows linearly from the last {LAGS} and the last {LAGGED_ERRORS} errors."
    source = "Box and Jenkins 1970 (ARIMA), by gradient descent (Anava et al. 2013); river's `SNARIMAX`"
    knows = f"The last {LAGS} changes, the last {LAGGED_ERRORS} errors, and a weight for each."
    wins = (
        "Where bursts come and go with a rhythm. It takes tens of rounds to learn one, and follows a "
        "change of the level later than the means do."
    )

    def __init__(self) -> None:
        super().__init__()
        self._learned = 0

    def new_model(self) -> Any:
        """Return a model whose weights are all 0."""
        self._learned = 0
        linear, scaler = river("linear_model"), river("preprocessing").StandardScaler()
        rate = river("optim").SGD(LEARNING_RATE)
        regressor = scaler | linear.LinearRegression(optimizer=rate, intercept_lr=LEARNING_RATE)
        return river("time_series").SNARIMAX(p=LAGS, d=0, q=LAGGED_ERRORS, regressor=regressor)

    def teach(self, model: Any, change: float) -> None:
        """Move the weights against the last error."""
        model.learn_one(change)
        self._learned += 1

    def ask(self, model: Any) -> float:
        """Return what the weights say."""
        return model.forecast(horizon=1)[0] if self._learned > LAGS else 0.0
