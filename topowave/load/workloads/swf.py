"""Logs of real machines in the Standard Workload Format, version 2.2.

S. J. Chapin, W. Cirne, D. G. Feitelson and others, Benchmarks and standards for the evaluation of parallel
job schedulers, 1999; https://www.cs.huji.ac.il/labs/parallel/workload/swf.html. A line is a job of 18
numbers, -1 where one is not known; one that begins with a semicolon is a comment, or says something of all.

What becomes of a job: its submit time (field 2) is when its task comes, its run time (4) the duration, its
processors (5, or 8 where that is not known) the weight, one of the numbers 12 to 16 the category.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Literal, NamedTuple

from topowave.load.limits import LONGEST_TASK, MOST_TASKS
from topowave.load.workloads.log_lines import Progress, lines_of, no_progress
from topowave.load.workloads.ordering import in_order
from topowave.load.workloads.workload import Workload
from topowave.topology.problems import TOP, ProblemList, Problems, shown

BATCH = 300
"""Lines that are converted together: as many as stay in a processor's cache."""
FIELDS = 18
"""Numbers of a line."""
COMPLETED = 1
PARTS = frozenset({2, 3, 4})
"""Status of a line that tells a part of a job which a line before tells as a whole."""
MOST_PROCESSORS = 100_000_000
CATEGORIES = {"user": 11, "group": 12, "executable": 13, "queue": 14, "partition": 15}
"""In which place of a line stands what may become the category."""
NAMES = {1: "submit time", 3: "run time", 4: "processors", 7: "requested processors", 10: "status"}
"""Of the places that are read."""

Processors = Literal["weight", "split", "ignore"]


def read_swf(
    path: Path,
    processors: Processors = "weight",
    *,
    only_completed: bool = False,
    category: str = "user",
    progress: Progress = no_progress,
) -> Workload:
    """Read a log.

    Args:
        path: the file, gzipped or not.
        processors: whether a job of p processors is one task that holds p cores, p tasks that hold one each
            and come together, or one task that holds one.
        only_completed: leave out jobs that failed or were cancelled, or of which that is not known.
        category: a key of CATEGORIES, or "none".
        progress: is told how far reading is.

    Raises:
        Problems: a sentence for every bad line, with its number, up to a limit.
    """
    problems = ProblemList(str(path))
    jobs = _Jobs(processors, only_completed=only_completed, category=category)
    rows: list[list[bytes]] = []
    numbers: list[int] = []

    def convert() -> None:
        try:
            jobs.extend(_values(rows), rows)
        except ValueError:
            _tell(rows, numbers, problems)
        if len(jobs.times) > MOST_TASKS:
            text = f"line {numbers[-1]}: there are more than {MOST_TASKS:,} tasks up to here"
            raise problems.refusal(text)
        rows.clear()
        numbers.clear()

    for number, line in enumerate(lines_of(path, progress), start=1):
        fields = line.split()
        if fields and fields[0][:1] != b";":
            rows.append(fields)
            numbers.append(number)
            if len(rows) == BATCH:
                convert()
    if rows:
        convert()
    problems.raise_if_any()
    if not jobs.times:
        raise Problems([f"{path}: there is no job in it that ran"])
    return in_order(
        Workload(
            jobs.times,
            jobs.durations,
            jobs.weights if processors == "weight" else None,
            categories=jobs.categories if any(jobs.words.values()) else None,
            name=path.name.removesuffix(".gz").removesuffix(".swf"),
            source=str(path),
            notes=jobs.notes(),
        )
    )


class _Values(NamedTuple):
    """What is read of some lines, a column each."""

    submits: list[float]
    runs: list[float]
    cores: list[int]
    asked: list[int]
    statuses: list[int]


def _values(rows: list[list[bytes]]) -> _Values:
    """Return the values of lines, each column by one call: that takes half of the time.

    Raises:
        ValueError: one of the lines is no job; it is not said which, or why.
    """
    columns = list(zip(*rows, strict=True))
    if len(columns) != FIELDS or any(b"_" in b"".join(columns[place]) for place in NAMES):
        raise ValueError  # an underscore is Python's own, and stands in no number of a log
    submits, runs = list(map(float, columns[1])), list(map(float, columns[3]))
    cores, asked, statuses = (list(map(int, columns[place])) for place in (4, 7, 10))
    if not math.isfinite(sum(submits) + sum(runs)):  # one that is no number makes the sum none
        raise ValueError
    if min(submits) < 0 or min(runs) < -1 or max(*submits, *runs, -1) > LONGEST_TASK:
        raise ValueError
    if max(cores) > MOST_PROCESSORS:
        raise ValueError
    return _Values(submits, runs, cores, asked, statuses)


def _tell(rows: list[list[bytes]], numbers: list[int], problems: ProblemList) -> None:
    """Add what is wrong with each of some lines to the problems."""
    for row, number in zip(rows, numbers, strict=True):
        try:
            _values([row])
        except ValueError:
            problems.add_text(TOP, f"line {number}: {_fault(row)}")


class _Jobs:
    """The tasks of the jobs that were read so far, and how many were left out."""

    def __init__(self, processors: Processors, *, only_completed: bool, category: str) -> None:
        self.times: list[float] = []
        self.durations: list[float] = []
        self.weights: list[int] = []
        self.categories: list[str] = []
        self.words: dict[bytes, str] = {}
        self._processors = processors
        self._only_completed = only_completed
        self._category = category
        self._place = CATEGORIES.get(category)
        self._not_run = self._parts = self._not_completed = self._without_processors = 0

    def extend(self, values: _Values, rows: list[list[bytes]]) -> None:
        """Take the tasks of jobs, or count them among those that are left out."""
        for submit, run, cores, asked, status, row in zip(*values, rows, strict=True):
            if status in PARTS:
                self._parts += 1
            elif run <= 0:
                self._not_run += 1
            elif self._only_completed and status != COMPLETED:
                self._not_completed += 1
            else:
                self._take(submit, run, cores if cores > 0 else asked, row)

    def _take(self, submit: float, run: float, cores: int, row: list[bytes]) -> None:
        if cores <= 0:
            cores = 1
            self._without_processors += 1
        if self._processors == "split":
            self._split(submit, run, min(cores, MOST_TASKS + 1 - len(self.times)), row)
            return
        self.times.append(submit)
        self.durations.append(run)
        if self._processors == "weight":
            self.weights.append(cores)
        if self._place is not None:
            self.categories.append(self._word(row[self._place]))

    def _split(self, submit: float, run: float, count: int, row: list[bytes]) -> None:
        self.times += [submit] * count
        self.durations += [run] * count
        if self._place is not None:
            self.categories += [self._word(row[self._place])] * count

    def _word(self, number: bytes) -> str:
        word = self.words.get(number)
        if word is None:
            known = f"{self._category} {number.decode('ascii', 'replace')}"
            word = self.words[number] = "" if number == b"-1" else known
        return word

    def notes(self) -> tuple[str, ...]:
        """Return what a reader should know of what was left out."""
        said = (
            (self._not_run, "that did not run, or for less than a second: left out"),
            (self._parts, "that tell a part of a job: left out, since the whole job is there"),
            (self._not_completed, "that were not completed, as far as the log knows: left out"),
            (self._without_processors, "of which the processors are not known: taken as one"),
        )
        return tuple(f"{count:,} {'line' if count == 1 else 'lines'} {what}" for count, what in said if count)


def _fault(fields: list[bytes]) -> str:
    """Return what is wrong with a line."""
    if len(fields) != FIELDS:
        return f"has {len(fields)} fields; expected the {FIELDS} of a job, or a comment that begins with ;"
    for place, name in NAMES.items():
        found = fields[place]
        what = f"{name} (field {place + 1}): {shown(found.decode('ascii', 'replace'))}"
        if b"_" in found:
            return f"{what}: expected digits without underscores"
        whole = place in {4, 7, 10}
        try:
            value = int(found) if whole else float(found)
        except ValueError:
            return f"{what}: expected {'an integer' if whole else 'a number'}, or -1 where it is not known"
        if place == 1 and not 0 <= value <= LONGEST_TASK:
            return f"{what}: expected seconds from 0 to {LONGEST_TASK:g}"
        if place == 3 and not -1 <= value <= LONGEST_TASK:
            return f"{what}: expected seconds up to {LONGEST_TASK:g}, or -1 where it is not known"
        if place == 4 and value > MOST_PROCESSORS:
            return f"{what}: expected at most {MOST_PROCESSORS:,}"
    raise AssertionError("a line is refused, and nothing is wrong with it")
