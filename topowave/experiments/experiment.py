"""`experiment`: one call from a scenario to its results, in a program, a notebook, or under the command.

What makes tables takes seconds to load, which is done while other processes are at the runs.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from topowave.experiments.notebook_progress import notebook_progress
from topowave.experiments.results import ResultsFolder
from topowave.experiments.scenario_file import ScenarioFile, read_scenario, scenario_from
from topowave.experiments.sweep import Progress, Sweep

if TYPE_CHECKING:
    import pandas as pd

    from topowave.experiments.finished import Results


NEEDED = ("jinja2", "loky", "matplotlib", "numpy", "pandas", "pyarrow")
"""What is needed from the first run on to the report, and is looked for before any."""


def load_tables() -> object:
    """Load what makes tables, and return it."""
    return importlib.import_module("topowave.experiments.finished")


def experiment(
    scenario: str | os.PathLike[str] | Mapping[str, Any],
    *,
    jobs: int | None = None,
    out: str | os.PathLike[str] | None = None,
    fresh: bool = False,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Run all that a scenario asks for, and return a table with a line for each run.

    Args:
        scenario: a YAML or JSON file, or its content.
        jobs: how many processes; by default one for each core.
        out: a folder in which the results are kept and, after an interruption, continued; by default none.
        fresh: whether to forget what is in that folder.
        progress: called with the number of runs that are done, and of all; by default a notebook shows a bar.

    Raises:
        Problems: the scenario is not what it should be, or the folder has other results.
    """
    progress = progress or notebook_progress()
    source = (
        read_scenario(scenario) if isinstance(scenario, str | os.PathLike) else scenario_from({**scenario})
    )
    if out is not None:
        return run_experiment(source, Path(out), jobs=jobs, fresh=fresh, progress=progress).frame
    with TemporaryDirectory(prefix="topowave-") as folder:
        return run_experiment(source, Path(folder) / "results", jobs=jobs, progress=progress).frame


def read_results(folder: str | os.PathLike[str]) -> Results:
    """Return the results that a folder has, all or some, as tables; a notebook shows them.

    Args:
        folder: what `topowave experiment run` wrote, or `experiment(..., out=folder)`.

    Raises:
        Problems: there are none.
    """
    tables: Any = load_tables()
    found: Results = tables.read_results(Path(folder))
    return found


def run_experiment(
    source: ScenarioFile,
    folder: Path,
    *,
    jobs: int | None = None,
    fresh: bool = False,
    progress: Progress | None = None,
) -> Results:
    """Do the runs of a scenario that its folder lacks, and write the tables and the report.

    Raises:
        Problems: the folder has other results, or cannot be written.
        ModuleNotFoundError: the extra `experiments` is not installed.
        KeyboardInterrupt: Ctrl-C; what is finished is kept.
    """
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise ModuleNotFoundError(f"{missing[0]} is not installed", name=missing[0])
    results = ResultsFolder(folder)
    done = results.begin(source, fresh=fresh)
    try:
        workers = min(jobs or os.cpu_count() or 1, max(1, len(source.scenario) - len(done)))
        sweep = Sweep(source, results, done, jobs=workers, meanwhile=load_tables)
        if progress is not None:
            sweep.progress = progress
        sweep.run()
    finally:
        results.close()
    finished: Any = load_tables()
    found: Results = finished.finish(source, folder, results.rows())
    return found
