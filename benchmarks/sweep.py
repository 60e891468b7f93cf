"""`make bench`: a sweep of 1,000 small runs in one process and in two, and what two strangers would reach.

Run as `python -m benchmarks.sweep [--rounds 3] [--seeds 250] [--tasks 2000]`. Three contestants take turns:
the command with one process, the command with two, and two commands of one process at the same time, each
with half of the seeds. These two know nothing of each other, have nothing serial and hand nothing over, so
they show what two cores of this machine are worth on this work: hyperthreads and other programs make it less
than twice. A figure is the median of the rounds, from the start of the command to the report on the disk;
beside it stands the processor time, which tells work that was added from waiting.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

AIM = "two processes at least 1.8 times as fast as one"
DEADLINE_S = 1_800


@dataclass(frozen=True)
class Contestant:
    """A way to do the sweep.

    Attributes:
        title: what it is.
        jobs: processes of each command.
        shares: the seeds of each command; all run at the same time.
        walls: from the start to the last end, round by round (s).
        works: processor time of all processes, round by round (s).
    """

    title: str
    jobs: int
    shares: Sequence[Sequence[int]]
    walls: list[float] = field(default_factory=list[float])
    works: list[float] = field(default_factory=list[float])

    def run(self, tasks: int) -> None:
        """Do the sweep once."""
        with tempfile.TemporaryDirectory(prefix="topowave-sweep-") as top:
            places = [Path(top, str(number)) for number in range(len(self.shares))]
            for place, seeds in zip(places, self.shares, strict=True):
                place.mkdir()
                (place / "s.json").write_text(json.dumps(scenario(tasks, seeds)))
            command = [sys.executable, "-m", "topowave", "experiment", "run", "s.json", "--out", "out"]
            command += ["--jobs", str(self.jobs)]
            began_s, worked_s = time.perf_counter(), processor_s()
            programs = [subprocess.Popen(command, cwd=place, stdout=subprocess.DEVNULL) for place in places]
            codes = [program.wait(DEADLINE_S) for program in programs]
            self.walls.append(time.perf_counter() - began_s)
            self.works.append(processor_s() - worked_s)
            assert not any(codes), codes


def scenario(tasks: int, seeds: Sequence[int]) -> dict[str, Any]:
    """Return two networks under two policies with some seeds."""
    return {
        "name": "sweep",
        "kind": "load",
        "topology": ["binary:15", "ring:16"],
        "workload": f"poisson:utilisation=0.7,tasks={tasks},duration=exp(1)",
        "policy": ["max-load-heap", "tree-exact"],
        "seeds": [*seeds],
    }


def processor_s() -> float:
    """Return the processor time of all processes that this one has waited for (s), theirs included."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Measure all and print the table."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.sweep", description=__doc__)
    options.add_argument("--rounds", type=int, default=3, help="rounds of each (default: 3)")
    options.add_argument("--seeds", type=int, default=250, help="four runs each (default: 250)")
    options.add_argument("--tasks", type=int, default=2_000, help="of each run (default: 2000)")
    chosen = options.parse_args()
    seeds = range(1, chosen.seeds + 1)
    half = chosen.seeds // 2
    one, two, strangers = (
        Contestant("one process", 1, [seeds]),
        Contestant("two processes", 2, [seeds]),
        Contestant("two commands of one process, half of the seeds each", 1, [seeds[:half], seeds[half:]]),
    )
    for _ in range(chosen.rounds):
        for contestant in (one, two, strangers):
            contestant.run(chosen.tasks)
    out = Table(f"{4 * chosen.seeds:,} runs", "s", "processor s", "times as fast as one", "from - to")
    for contestant in (one, two, strangers):
        ratios = [alone / wall for alone, wall in zip(one.walls, contestant.walls, strict=True)]
        out.add_row(
            contestant.title,
            f"{statistics.median(contestant.walls):.1f}",
            f"{statistics.median(contestant.works):.1f}",
            f"{statistics.median(ratios):.2f}",
            f"{min(ratios):.2f} - {max(ratios):.2f}",
        )
    console = Console()
    console.print(out)
    console.print(f"aim, {AIM}; load of the machine at the end: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
