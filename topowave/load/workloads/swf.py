"""Logs of real machines in the Standard Workload Format, version 2.2.

S. J. Chapin, W. Cirne, D. G. Feitelson and others, Benchmarks and standards for the evaluation of parallel
job schedulers, 1999; https://www.cs.huji.ac.il/labs/parallel/workload/swf.html. A line is a job of 18
numbers, -1 where one is not known; one that begins with a semicolon is a comment, or says something of all.

What becomes of a job: its submit time (field 2) is when its task comes, its run time (4) the duration, its
processors (5, or 8 where that is not known) the weight, one of the numbers 12 to 16 the category.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal, NamedTuple

from topowave.load.limits import LONGEST_TASK, MOST_TASKS
from topowave.load.workloads.log_lines import Progress, lines_of, no_progress
from topowave.load.workloads.ordering import in_order
from topowave.load.workloads.workload import Workload
from topowave.topology.problems import TOP, ProblemList, Problems, shown

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
    for number, line in enumerate(lines_of(path, progress), start=1):
        fields = line.split()
        if not fields or fields[0][:1] == b";":
            continue
        try:
            jobs.add(_job(fields, line), fields)
        except ValueError:
            problems.add_text(TOP, f"line {number}: {_fault(fields)}")
        if len(jobs.times) > MOST_TASKS:
            raise Problems([f"{path}: line {number}: there are more than {MOST_TASKS:,} tasks up to here"])
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


class _Job(NamedTuple):
    """What is read of a line."""

    submit: float
    run: float
    cores: int
    asked: int
    status: int


def _job(fields: list[bytes], line: bytes) -> _Job:
    """Return the job of a line. Raises ValueError where there is none, without saying why: that is quick."""
    if len(fields) != FIELDS or b"_" in line:
        raise ValueError
    job = _Job(float(fields[1]), float(fields[3]), int(fields[4]), int(fields[7]), int(fields[10]))
    if not (
        0 <= job.submit <= LONGEST_TASK and -1 <= job.run <= LONGEST_TASK and job.cores <= MOST_PROCESSORS
    ):
        raise ValueError
    return job


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

    def add(self, job: _Job, fields: list[bytes]) -> None:
        """Take a job's tasks, or count it among those that are left out."""
        if job.status in PARTS:
            self._parts += 1
        elif job.run <= 0:
            self._not_run += 1
        elif self._only_completed and job.status != COMPLETED:
            self._not_completed += 1
        else:
            self._take(job, fields)

    def _take(self, job: _Job, fields: list[bytes]) -> None:
        cores = job.cores if job.cores > 0 else job.asked
        if cores <= 0:
            cores = 1
            self._without_processors += 1
        count = min(cores, MOST_TASKS + 1) if self._processors == "split" else 1
        self.times += [job.submit] * count
        self.durations += [job.run] * count
        if self._processors == "weight":
            self.weights.append(cores)
        if self._place is not None:
            number = fields[self._place]
            word = self.words.get(number)
            if word is None:
                known = f"{self._category} {number.decode('ascii', 'replace')}"
                word = self.words[number] = "" if number == b"-1" else known
            self.categories += [word] * count

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
    return "has an underscore, which stands in no number"
