"""What a process does of a scenario: single runs, and portions of them."""

from __future__ import annotations

import time
from collections.abc import Sequence

from topowave.experiments.kinds import KINDS
from topowave.experiments.outcome import Outcome
from topowave.experiments.results import Row, row_of
from topowave.experiments.scenario import PlannedRun, planned_runs
from topowave.experiments.scenario_file import ScenarioFile
from topowave.topology.problems import Problems

Answer = tuple[list[Row], float]
"""What a portion came to: its rows, and how long it took (s)."""


def do_run(source: ScenarioFile, planned: PlannedRun) -> Row:
    """Do one run; whatever goes wrong with it is told in its row."""
    kind = KINDS[source.scenario.kind]
    try:
        outcome = kind.run(source.scenario, source.folder, planned)
    except Problems as refusal:
        outcome = Outcome("failed", reason="; ".join(refusal.problems))
    except MemoryError:
        outcome = Outcome("failed", reason="there was not enough memory")
    except Exception as error:  # noqa: BLE001 - one run that fails is no reason to lose the others
        outcome = Outcome("failed", reason=f"{type(error).__name__}: {error}")
    return row_of(planned, outcome)


def do_portion(source: ScenarioFile, numbers: Sequence[int]) -> Answer:
    """Do the runs of these numbers, which rise."""
    began = time.perf_counter()
    rows = [do_run(source, planned) for planned in planned_runs(source.scenario, numbers)]
    return rows, time.perf_counter() - began
