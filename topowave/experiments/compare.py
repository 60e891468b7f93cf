"""Two experiments side by side: their common cases, and how far the second one's figures differ."""

from __future__ import annotations

import pandas as pd

from topowave.experiments.finished import Results
from topowave.experiments.tables import differences
from topowave.topology.problems import Problems

WHICH = "results"


def compare_results(first: Results, second: Results) -> pd.DataFrame:
    """Return a line for each case and measure that both have; differences are of runs with the same seed.

    Columns: the factors, `measure`, `first` (its mean), and those of `tables.differences`.

    Raises:
        Problems: they are of different kinds, or have no case with a common seed.
    """
    one, other = first.scenario, second.scenario
    if one.kind != other.kind:
        raise Problems([f"{one.name} is about {one.kind}, {other.name} about {other.kind}"])
    factors = list(one.factor_names)
    both = pd.concat([first.frame.assign(**{WHICH: "first"}), second.frame.assign(**{WHICH: "second"})])
    table = differences(both, [*factors, WHICH], WHICH, ["first", "second"], one.all_measures)
    if table.empty:
        raise Problems([f"{one.name} and {other.name} have no case with a common seed"])
    means = first.summary[[*factors, "measure", "mean"]].rename(columns={"mean": "first"})
    return table.drop(columns=WHICH).merge(means, on=[*factors, "measure"], how="left")
