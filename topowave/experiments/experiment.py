"""`experiment`: one call from a scenario to its results, in a program, a notebook, or under the command."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

from topowave.experiments import results as files
from topowave.experiments.kinds import AnyScenario
from topowave.experiments.report import Table, measure_table, problem_lines, report_html, verdicts_text
from topowave.experiments.results import ResultsFolder, identity
from topowave.experiments.scenario_file import ScenarioFile, read_scenario, scenario_from
from topowave.experiments.sweep import Progress, Sweep
from topowave.experiments.tables import compared, frame_of, summary_of
from topowave.topology.problems import Problems, cannot_write


@dataclass(frozen=True)
class Results:
    """The results of an experiment.

    Attributes:
        scenario: what was run.
        frame: a line a run (`tables.frame_of`).
    """

    scenario: AnyScenario
    frame: pd.DataFrame

    @cached_property
    def summary(self) -> pd.DataFrame:
        """A line for each case and measure, with its interval (`tables.summary_of`)."""
        return summary_of(self.scenario, self.frame)

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """The differences from the first value of what is compared (`tables.compared`)."""
        return compared(self.scenario, self.frame)

    @property
    def complete(self) -> bool:
        """Whether all runs are there."""
        return len(self.frame) == len(self.scenario)

    @property
    def ok(self) -> bool:
        """Whether all runs are there, and nothing was wrong with any that there was something to do in."""
        verdicts = {str(each) for each in self.frame["verdict"]}
        return self.complete and "ok" in verdicts and verdicts <= {"ok", "unsuitable"}

    def tables(self, wanted: Sequence[str] | None = None) -> dict[str, Table]:
        """Return a table for people for each of these measures, by default the shown ones, by its name."""
        there = set(self.summary["measure"])
        shown = [name for name in wanted or self.scenario.shown_measures if name in there]
        return {name: measure_table(self.scenario, self.summary, self.pairs, name) for name in shown}

    def __str__(self) -> str:
        lines = [f"{self.scenario.name}: {len(self.frame):,} of {len(self.scenario):,} runs"]
        return "\n".join([*lines, verdicts_text(self.frame), *problem_lines(self.frame)])

    def _repr_html_(self) -> str:
        """The tables, for notebooks."""
        parts = [f"<p>{escape(str(self))}</p>"]
        for table in self.tables().values():
            heads = "".join(f"<th>{escape(head.text)}</th>" for head in table.heads)
            rows = "".join(
                f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in line.cells)}</tr>"
                for line in table.lines
            )
            parts.append(f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>")
        return "".join(parts)


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
        progress: called with the number of runs that are done, and of all.

    Raises:
        Problems: the scenario is not what it should be, or the folder has other results.
    """
    source = (
        read_scenario(scenario) if isinstance(scenario, str | os.PathLike) else scenario_from({**scenario})
    )
    if out is not None:
        return run_experiment(source, Path(out), jobs=jobs, fresh=fresh, progress=progress).frame
    with TemporaryDirectory(prefix="topowave-") as folder:
        return run_experiment(source, Path(folder) / "results", jobs=jobs, progress=progress).frame


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
        KeyboardInterrupt: Ctrl-C; what is finished is kept.
    """
    results = ResultsFolder(folder)
    done = results.begin(source, fresh=fresh)
    try:
        workers = min(jobs or os.cpu_count() or 1, max(1, len(source.scenario) - len(done)))
        sweep = Sweep(source, results, done, jobs=workers)
        if progress is not None:
            sweep.progress = progress
        sweep.run()
    finally:
        results.close()
    found = Results(source.scenario, frame_of(source.scenario, results.rows()))
    write_tables(found, identity(source), source.text, folder)
    return found


def write_tables(results: Results, about: dict[str, Any], source: str, folder: Path) -> None:
    """Write all that is made of the runs. Raises Problems where it cannot be written."""
    html = report_html(results.scenario, about, source, results.frame, results.summary, results.pairs)
    try:
        results.frame.to_parquet(folder / files.TABLE, index=False)
        results.frame.to_csv(folder / files.CSV, index=False, lineterminator="\n")
        results.summary.to_csv(folder / files.SUMMARY, index=False, lineterminator="\n")
        results.pairs.to_csv(folder / files.PAIRED, index=False, lineterminator="\n")
        (folder / files.REPORT).write_text(html, encoding="utf-8")
    except OSError as error:
        raise cannot_write(folder, error) from None


def read_results(folder: Path) -> Results:
    """Return the results that a folder has, all or some. Raises Problems."""
    results = ResultsFolder(folder)
    scenario = results.scenario()
    rows = results.rows()
    if not rows:
        raise Problems([f"{folder}: no run is finished yet"])
    return Results(scenario, frame_of(scenario, rows))
