"""The kinds of scenarios: what each is made of, what can be wrong with it, how one of its runs is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from topowave.experiments import load_runs, wave_runs
from topowave.experiments.outcome import Outcome
from topowave.experiments.scenario import LoadScenario, PlannedRun, WaveScenario
from topowave.topology.problems import JsonPath, Problems

KindName = Literal["waves", "load"]
AnyScenario = WaveScenario | LoadScenario


@dataclass(frozen=True)
class Kind:
    """What there is to know of a kind of scenario.

    Attributes:
        model: what its fields are.
        problems: yields what cannot be had of all that a scenario names, seen from a folder, with its place.
        run: does one run of it. Raises Problems where it cannot be done.
        files: yields the files on which the results depend: as they are named, and their paths.
        packages: returns those on whose versions the figures of such a scenario depend.
    """

    model: type[WaveScenario | LoadScenario]
    problems: Callable[[Any, Path], Iterator[tuple[JsonPath, Problems]]]
    run: Callable[[Any, Path, PlannedRun], Outcome]
    files: Callable[[Any, Path], Iterator[tuple[str, str]]]
    packages: Callable[[Any], tuple[str, ...]]


KINDS: dict[KindName, Kind] = {
    "waves": Kind(WaveScenario, wave_runs.problems, wave_runs.run, wave_runs.files, lambda _: ()),
    "load": Kind(LoadScenario, load_runs.problems, load_runs.run, load_runs.files, load_runs.packages),
}
