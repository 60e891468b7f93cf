"""`experiment`: one call from a scenario to its results, in a program, a notebook, or under the command.

What makes tables takes seconds to load, which is done while other processes are at the runs.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from topowave.experiments.notebook_progress import notebook_progress
from topowave.experiments.pools import MakePool, local_pool
from topowave.experiments.ray_pool import ray_cluster
from topowave.experiments.results import ResultsFolder
from topowave.experiments.scenario_file import ScenarioFile, read_scenario, scenario_from
from topowave.experiments.sweep import Progress, Sweep
from topowave.ray_cluster.connection import LOCAL

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
    ray: bool | str = False,
) -> pd.DataFrame:
    """Run all that a scenario asks for, and return a table with a line for each run.

    Args:
        scenario: a YAML or JSON file, or its content.
        jobs: how many processes; by default one for each core.
        out: a folder in which the results are kept and, after an interruption, continued; by default none.
        fresh: whether to forget what is in that folder.
        progress: called with the number of runs that are done, and of all; by default a notebook shows a bar.
        ray: whether Ray does the runs: one that is started here for them, or the cluster at an address
            (`auto`, HOST:PORT, ray://HOST:PORT). A program that is connected to Ray uses that.

    Raises:
        Problems: the scenario is not what it should be, the folder has other results, or there is no Ray.
    """
    progress = progress or notebook_progress()
    source = (
        read_scenario(scenario) if isinstance(scenario, str | os.PathLike) else scenario_from({**scenario})
    )
    if out is not None:
        return run_experiment(source, Path(out), jobs=jobs, fresh=fresh, progress=progress, ray=ray).frame
    with TemporaryDirectory(prefix="topowave-") as folder:
        path = Path(folder) / "results"
        return run_experiment(source, path, jobs=jobs, progress=progress, ray=ray).frame


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
    ray: bool | str = False,
) -> Results:
    """Do the runs of a scenario that its folder lacks, and write the tables and the report.

    Raises:
        Problems: the folder has other results, or cannot be written, or there is no Ray as it was asked for.
        ModuleNotFoundError: the extra `experiments` is not installed.
        KeyboardInterrupt: Ctrl-C; what is finished is kept.
    """
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise ModuleNotFoundError(f"{missing[0]} is not installed", name=missing[0])
    results = ResultsFolder(folder)
    done = results.begin(source, fresh=fresh)
    try:
        left = len(source.scenario) - len(done)
        with _processes(left, jobs, LOCAL if ray is True else ray or None) as (make_pool, workers):
            sweep = Sweep(source, results, done, jobs=workers, make_pool=make_pool, meanwhile=load_tables)
            if progress is not None:
                sweep.progress = progress
            sweep.run()
    finally:
        results.close()
    finished: Any = load_tables()
    found: Results = finished.finish(source, folder, results.rows())
    return found


@contextmanager
def _processes(left: int, jobs: int | None, ray: str | None) -> Generator[tuple[MakePool | None, int]]:
    """Yield what begins processes for so many runs, and how many; None where this one does them."""
    if ray is not None and left > 0:
        with ray_cluster(ray, min(jobs or os.cpu_count() or 1, left)) as (make_pool, cpus):
            yield make_pool, min(jobs or cpus, left)
        return
    workers = min(jobs or os.cpu_count() or 1, left)
    yield (local_pool, workers) if workers > 1 else (None, 1)
