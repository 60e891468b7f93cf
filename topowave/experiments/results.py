"""The folder of an experiment: finished runs as they come, and once all are there the tables.

`runs.jsonl` has a line for each finished run, in the order in which they finished; it is what an experiment
is continued from after Ctrl-C, a crash or a power cut. `scenario.json` says what they are runs of. All else
is made of the two when the last run is there, sorted by the runs' numbers, so that it is the same to the byte
however many processes there were.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections.abc import Iterable, Iterator
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any, cast

from topowave.experiments.kinds import KINDS, AnyScenario
from topowave.experiments.outcome import Outcome
from topowave.experiments.scenario import PlannedRun
from topowave.experiments.scenario_file import ScenarioFile, scenario_of
from topowave.topology.problems import ProblemList, Problems, cannot_write
from topowave.translation import text

RUNS = "runs.jsonl"
SCENARIO = "scenario.json"
SOURCE = "scenario.txt"
TABLE = "results.parquet"
CSV = "results.csv"
SUMMARY = "summary.csv"
PAIRED = "compared.csv"
REPORT = "report.html"
MARKDOWN = "report.md"
PICTURES = "pictures"
PACKAGES = ("matplotlib", "numpy", "pandas", "pyarrow")
"""Whose versions figures and pictures may depend on."""
Row = dict[str, Any]


class ResultsFolder:
    """The results of one experiment.

    Args:
        path: the folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: IO[str] | None = None

    # Writing.

    def begin(self, source: ScenarioFile, *, fresh: bool = False) -> set[int]:
        """Make the folder, or go on with the one there is; returns the numbers of the runs it has.

        Args:
            source: what is run.
            fresh: whether to forget what is there.

        Raises:
            Problems: it has runs of something else, or cannot be written.
        """
        now = identity(source)
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            if fresh or not (self.path / SCENARIO).exists():
                self._refuse_what_is_not_ours()
                (self.path / SUMMARY).unlink(missing_ok=True)
                (self.path / RUNS).unlink(missing_ok=True)
                (self.path / SOURCE).write_text(source.text, encoding="utf-8")
                (self.path / SCENARIO).write_text(_json(now) + "\n", encoding="utf-8")
            elif (found := self._read_identity()) != now:
                what = ", ".join(sorted(key for key in {*found, *now} if found.get(key) != now.get(key)))
                raise Problems(
                    [
                        text(
                            "{folder}: it has the results of something else (different: {what}); "
                            "--fresh begins anew, --out takes another folder",
                            folder=self.path,
                            what=what,
                        )
                    ]
                )
            done = {int(row["run"]) for row in self._mended()}
            self._file = (self.path / RUNS).open("a", encoding="utf-8", newline="\n")
        except OSError as error:
            raise cannot_write(self.path, error) from None
        return done

    def _refuse_what_is_not_ours(self) -> None:
        strange = [each.name for each in self.path.iterdir()] if not (self.path / SCENARIO).exists() else []
        if strange:
            raise Problems(
                [
                    text(
                        "{folder}: it has files that are no results, such as {name}",
                        folder=self.path,
                        name=min(strange),
                    )
                ]
            )

    def _mended(self) -> list[Row]:
        """Return the rows there are; a last line that was cut off is cut away."""
        path = self.path / RUNS
        if not path.exists():
            return []
        data = path.read_bytes()
        whole = data.rfind(b"\n") + 1
        if whole < len(data):
            with path.open("r+b") as file:
                file.truncate(whole)
        return [*self._parsed(data[:whole])]

    def _parsed(self, data: bytes) -> Iterator[Row]:
        for number, line in enumerate(data.splitlines(), start=1):
            try:
                row = json.loads(line)
                int(row["run"])
            except (ValueError, KeyError, TypeError):
                raise Problems(
                    [
                        text(
                            "{file}: it is damaged (line {line}); --fresh begins anew",
                            file=self.path / RUNS,
                            line=number,
                        )
                    ]
                ) from None
            yield row

    def add(self, rows: Iterable[Row]) -> None:
        """Append finished runs. Raises Problems where they cannot be written."""
        assert self._file is not None
        try:
            self._file.writelines(_json(row) + "\n" for row in rows)
        except OSError as error:
            raise cannot_write(self.path / RUNS, error) from None

    def save(self) -> None:
        """See to it that all that was added outlives a power cut. Raises Problems where it cannot."""
        assert self._file is not None
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise cannot_write(self.path / RUNS, error) from None

    def close(self) -> None:
        """End the writing. What cannot be written was told by `save`; it is tried here once more."""
        if self._file is not None:
            with suppress(OSError):
                self._file.close()
            self._file = None

    # Reading.

    def rows(self) -> list[Row]:
        """Return the finished runs, sorted by their numbers. Raises Problems."""
        try:
            data = (self.path / RUNS).read_bytes()
        except OSError as error:
            raise Problems(
                [text("{folder}: there are no results: {why}", folder=self.path, why=error.strerror)]
            ) from None
        found = {int(row["run"]): row for row in self._parsed(data[: data.rfind(b"\n") + 1])}
        return [found[number] for number in sorted(found)]

    def scenario(self) -> AnyScenario:
        """Return what the results are of. Raises Problems."""
        return scenario_of(self._read_identity()["scenario"], ProblemList(str(self.path / SCENARIO)))

    def _read_identity(self) -> dict[str, Any]:
        path = self.path / SCENARIO
        try:
            found = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or text("it is no JSON")
            raise Problems(
                [
                    text(
                        "{file}: {why}; expected a folder that `topowave experiment run` wrote",
                        file=path,
                        why=why,
                    )
                ]
            ) from None
        if not isinstance(found, dict) or "scenario" not in found:
            raise Problems(
                [text("{file}: it is no scenario that `topowave experiment run` wrote", file=path)]
            )
        return cast("dict[str, Any]", found)


def identity(source: ScenarioFile) -> dict[str, Any]:
    """Return all that the results depend on, as plain data: the scenario, its files' digests, versions."""
    scenario = source.scenario
    files = {
        name: hashlib.sha256(Path(path).read_bytes()).hexdigest()
        for name, path in KINDS[scenario.kind].files(scenario, source.folder)
    }
    return {
        "scenario": json.loads(scenario.model_dump_json(exclude_defaults=True)) | {"kind": scenario.kind},
        "files": files,
        "topowave": version("topowave"),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in (*PACKAGES, *KINDS[scenario.kind].packages(scenario))},
    }


def row_of(planned: PlannedRun, outcome: Outcome) -> Row:
    """Return the row of a finished run."""
    return {
        "run": planned.number,
        **planned.levels,
        "seed": planned.seed,
        "verdict": outcome.verdict,
        "nodes": outcome.nodes,
        "links": outcome.links,
        **outcome.measures,
        "reason": outcome.reason,
    }


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
