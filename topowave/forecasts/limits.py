"""The sizes of forecasts, each with its unit: what a model keeps is bounded, however long a lab runs."""

from __future__ import annotations

COVERAGE = 0.8
"""Share of the values to come that a prediction's interval is to contain, 0 to 1."""
ERRORS_KEPT = 50
"""Intervals whose errors a model keeps, from which it makes its interval and the bounds of what it says."""
COLD_INTERVALS = 10
"""Intervals that a model learns before it says anything of its own; until then it repeats the last value."""
AVERAGED = 8
"""Intervals whose changes the moving average averages."""
SMOOTHING = 0.3
"""Weight of the newest change in exponential smoothing, 0 to 1: one of six intervals ago has a twentieth."""
SCORED_ROUNDS = 100
"""Rounds over which the score of a model is taken."""
ROUNDS_AWAY = 10
"""Rounds that a node may miss before what was learned of it is forgotten; back later, it begins anew."""
CALM_PERCENT = 80
"""Percent of max_cpu that a node's load and forecast both fall below before an alert is told of it again."""
LEAST_WIDTH = 1.0
"""Half of the narrowest interval of a model that has not learned enough yet, in cores."""
TREND_SMOOTHING = 0.1
"""Weight of the newest value in Holt-Winters' trend, 0 to 1."""
LAGS = 4
"""Intervals whose changes the linear models look at."""
LAGGED_ERRORS = 2
"""Intervals whose errors the ARMA model looks at."""
LEARNING_RATE = 0.01
"""Share of an error by which a step of gradient descent corrects a weight."""
REGRESSION_MEMORY = 0.98
"""Weight that a round keeps in the regression on lags with each further one, 0 to 1: half after 34 rounds."""
DRIFT_DELTA = 0.05
"""Probability with which ADWIN may cut a window in which nothing has changed, at each look."""
LONGEST_WINDOW = 1_000
"""Intervals after which the adaptive mean begins anew, though no drift was detected."""
