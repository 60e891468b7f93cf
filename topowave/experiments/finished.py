"""The finished runs of an experiment as tables, on screens, in notebooks and in the files of its folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from topowave.experiments import results as files
from topowave.experiments.kinds import AnyScenario
from topowave.experiments.report import (
    Table,
    measure_table,
    pictures_of,
    problem_lines,
    report_html,
    report_markdown,
    report_of,
    verdicts_text,
)
from topowave.experiments.results import ResultsFolder, identity
from topowave.experiments.scenario_file import ScenarioFile
from topowave.experiments.tables import compared, frame_of, summary_of
from topowave.topology.problems import Problems, cannot_write
from topowave.translation import Text, text


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

    def told(self) -> list[Text]:
        """Say how many runs are finished, and what became of them."""
        runs = text(
            "{name}: {done:,} of {runs:,} runs",
            name=self.scenario.name,
            done=len(self.frame),
            runs=len(self.scenario),
        )
        return [runs, verdicts_text(self.frame), *problem_lines(self.frame)]

    def __str__(self) -> str:
        return "\n".join(self.told())

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


def finish(source: ScenarioFile, folder: Path, rows: Sequence[dict[str, Any]]) -> Results:
    """Write all that is made of the runs of a scenario, and return them. Raises Problems where that fails."""
    found = Results(source.scenario, frame_of(source.scenario, rows))
    write_tables(found, identity(source), source, folder)
    return found


def write_tables(results: Results, about: dict[str, Any], source: ScenarioFile, folder: Path) -> None:
    """Write all that is made of the runs; whoever sees the summary, which comes last, sees all of it.

    Raises:
        Problems: it cannot be written.
    """
    report = report_of(results.scenario, about, source, results.frame, results.summary, results.pairs)
    try:
        results.frame.to_parquet(folder / files.TABLE, index=False)
        results.frame.to_csv(folder / files.CSV, index=False, lineterminator="\n")
        results.pairs.to_csv(folder / files.PAIRED, index=False, lineterminator="\n")
        (folder / files.REPORT).write_text(report_html(report), encoding="utf-8")
        (folder / files.MARKDOWN).write_text(report_markdown(report, f"{files.PICTURES}/"), encoding="utf-8")
        (folder / files.PICTURES).mkdir(exist_ok=True)
        for name, svg in pictures_of(report).items():
            (folder / files.PICTURES / name).write_text(svg, encoding="utf-8")
        unfinished = folder / f".{files.SUMMARY}"
        results.summary.to_csv(unfinished, index=False, lineterminator="\n")
        unfinished.replace(folder / files.SUMMARY)
    except OSError as error:
        raise cannot_write(folder, error) from None


def read_results(folder: Path) -> Results:
    """Return the results that a folder has, all or some. Raises Problems."""
    results = ResultsFolder(folder)
    scenario = results.scenario()
    rows = results.rows()
    if not rows:
        raise Problems([text("{folder}: no run is finished yet", folder=folder)])
    return Results(scenario, frame_of(scenario, rows))
