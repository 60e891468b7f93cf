"""`make bench`: the engine side by side with the standard library's pools, the same scripts in the same run.

Run as `python -m benchmarks.engine [--rounds 5] [--tasks 10000] [--small]`. The contestants take turns, each
with as many processes as there are cores; starting them is not timed. A figure is the median of the rounds,
with the least and the most of them, and beside it stands how much the machine had to do meanwhile. Dask
and Celery's pool take part where they are installed. docs/explanation/engine-speed.md tells how to read it.
"""

from __future__ import annotations

import argparse
import math
import os
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table

from benchmarks.engine_contestants import ADD, WAIT, Contestant, contestant, is_dask_here, is_prefork_here

TINY = 100
"""Numbers that a tiny task adds: some microseconds."""
LARGE = 500_000
"""Numbers that a large task adds: some milliseconds, in which a pool costs nothing that counts."""
WIDTH = 20
"""Tasks that wait at once."""
WAIT_S = 0.01
"""How long each of them waits (s)."""
BATCH_AIM, IO_AIM = 0.8, 1.0
"""Times the throughput of ProcessPoolExecutor, and of a thread pool of the same width."""
GET_OTHERS = ".venv/bin/uv pip install --constraint requirements.lock --group bench"
Measure = Callable[[Contestant], float]


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    rounds: int
    tiny: int
    large: int
    waiting: int
    singles: int

    @classmethod
    def small(cls) -> Sizes:
        """Return what takes seconds: to see that all works, not for figures."""
        return cls(rounds=1, tiny=300, large=4, waiting=40, singles=20)


@dataclass(frozen=True)
class Question:
    """One thing that is measured of several contestants.

    Attributes:
        title: what it is, with its unit.
        width: processes or threads of each contestant.
        names: the contestants; each figure is held against that of the engine, which is the first.
        measure: of one contestant that is warm, once.
        least: whether less is better.
        rounds: what was found of each contestant, round by round.
        loads: how many processes wanted to run meanwhile, as far as the system tells.
    """

    title: str
    width: int
    names: tuple[str, ...]
    measure: Measure
    least: bool = False
    rounds: dict[str, list[float]] = field(default_factory=dict[str, list[float]])
    loads: dict[str, list[float]] = field(default_factory=dict[str, list[float]])

    def ask(self, name: str) -> None:
        """Measure one contestant once more."""
        with contestant(name, self.width) as pool:
            self.warm_up(pool)
            self.rounds.setdefault(name, []).append(self.measure(pool))
        self.loads.setdefault(name, []).append(load())

    def warm_up(self, pool: Contestant) -> None:
        """Let every process or thread be there and have the scripts."""
        pool.batch(ADD, [TINY] * 20 * self.width)
        pool.batch(WAIT, [0.001] * 2 * self.width)

    def ratios(self, name: str) -> list[float]:
        """Return how many times as good the engine is, round by round: they took turns."""
        pairs = zip(self.rounds[self.names[0]], self.rounds[name], strict=True)
        return [other / engine if self.least else engine / other for engine, other in pairs]

    def ratio(self, name: str) -> float:
        """Return the median of them."""
        return statistics.median(self.ratios(name))


def throughput(path: str, params: object, count: int) -> Measure:
    """Return what measures tasks a second of a batch."""

    def measure(pool: Contestant) -> float:
        tasks = [params] * max(1, int(count * pool.share))
        began_s = time.perf_counter()
        values = pool.batch(path, tasks)
        took_s = time.perf_counter() - began_s
        assert len(values) == len(tasks)
        return len(tasks) / took_s

    return measure


def latency_ms(count: int, percent: float) -> Measure:
    """Return what measures the time from giving a tiny task to having its value (ms).

    Args:
        count: how many tasks, one after the other.
        percent: so many of them took at most this time.
    """

    def measure(pool: Contestant) -> float:
        took: list[float] = []
        for _ in range(max(1, int(count * pool.share))):
            began_s = time.perf_counter()
            pool.single(ADD, TINY)
            took.append(time.perf_counter() - began_s)
        return 1e3 * percentile(took, percent)

    return measure


def percentile(values: Iterable[float], percent: float) -> float:
    """Return the least value that so many percent do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(percent / 100 * len(ordered)) - 1)]


def questions(sizes: Sizes, cores: int) -> list[Question]:
    """Return all that is measured."""
    tiny = throughput(ADD, TINY, sizes.tiny)
    dask = ("Dask",) if is_dask_here() else ()
    others = (*(("Celery's pool",) if is_prefork_here() else ()), *dask)
    pools = (
        "ProcessPoolExecutor.submit",
        "ProcessPoolExecutor.map",
        "ProcessPoolExecutor, own results",
        *others,
    )
    found = [
        Question(f"{sizes.tiny:,} tiny tasks in a batch, tasks/s", cores, ("engine", *pools), tiny),
        Question(
            f"{sizes.tiny:,} tiny tasks one by one, tasks/s", cores, ("engine, one by one", pools[0]), tiny
        ),
        Question(
            f"{sizes.waiting:,} tasks that wait {1e3 * WAIT_S:g} ms, {WIDTH} at once, tasks/s",
            WIDTH,
            ("engine, threads", "ThreadPoolExecutor"),
            throughput(WAIT, WAIT_S, sizes.waiting),
        ),
    ]
    for percent in (50, 99):
        title = f"one tiny task there and back, ms, p{percent}"
        latency = latency_ms(sizes.singles, percent)
        found.append(Question(title, cores, ("engine", pools[0], *others), latency, least=True))
    for width in widths(cores):
        large = throughput(ADD, LARGE, sizes.large * width)
        processes = "1 process" if width == 1 else f"{width} processes"
        title = f"{sizes.large * width} large tasks in {processes}, tasks/s"
        found.append(Question(title, width, ("engine", pools[0], *others, "loop"), large))
    return found


def widths(cores: int) -> list[int]:
    """Return the numbers of processes for which the growth is measured: 1, 2, 4, ... up to the cores."""
    return [*(width for width in (1, 2, 4, 8, 16, 32, 64) if width < cores), cores]


def measure_all(asked: Iterable[Question], rounds: int, tell: Callable[[str], None]) -> None:
    """Let the contestants of each question take turns."""
    for question in asked:
        for _ in range(rounds):
            for name in question.names:
                tell(f"{question.title}: {name}")
                question.ask(name)


def table(asked: Iterable[Question], cores: int) -> Table:
    """Write all figures, how many times as good the engine is, and the load; each with its least and most."""
    out = Table(
        f"{cores} cores", "median", "from - to", "engine is so many times as good", "from - to", "load"
    )
    for question in asked:
        out.add_row(f"[bold]{question.title}[/]")
        for name in question.names:
            is_first = name == question.names[0]
            out.add_row(
                f"  {name}",
                *spread(question.rounds[name]),
                *(("", "") if is_first else spread(question.ratios(name))),
                f"{statistics.median(question.loads[name]):.1f}",
                end_section=name == question.names[-1],
            )
    out.columns[0].no_wrap = True
    return out


def spread(values: Sequence[float]) -> tuple[str, str]:
    """Return the median of some figures, and the least and the most of them, as text."""

    def shown(value: float) -> str:
        return f"{value:,.0f}" if value >= 100 else f"{value:,.2f}"

    return shown(statistics.median(values)), f"{shown(min(values))} - {shown(max(values))}"


def load() -> float:
    """Return how many processes wanted to run in the last minute; what is measured is among them."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else math.nan


def aims(asked: list[Question]) -> list[tuple[str, float, float]]:
    """Return what is promised: what, the ratio found, and the least that will do."""
    batch, _, waiting = asked[:3]
    return [
        ("ProcessPoolExecutor.submit in a batch", batch.ratio("ProcessPoolExecutor.submit"), BATCH_AIM),
        ("ProcessPoolExecutor.map in a batch", batch.ratio("ProcessPoolExecutor.map"), BATCH_AIM),
        (
            "ProcessPoolExecutor with a result of its own for each call of a chunk",
            batch.ratio("ProcessPoolExecutor, own results"),
            BATCH_AIM,
        ),
        ("ThreadPoolExecutor of the same width", waiting.ratio("ThreadPoolExecutor"), IO_AIM),
    ]


def main() -> None:
    """Measure, print the table and whether the aims are met."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.engine", description=__doc__)
    options.add_argument("--rounds", type=int, default=5, help="rounds of each contestant (default: 5)")
    options.add_argument("--tasks", type=int, default=10_000, help="tiny tasks in a round (default: 10000)")
    options.add_argument("--small", action="store_true", help="everything small: to see that it works")
    chosen = options.parse_args()
    sizes = Sizes(chosen.rounds, chosen.tasks, large=40, waiting=1_000, singles=300)
    if chosen.small:
        sizes = Sizes.small()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    console = Console()
    asked = questions(sizes, cores)
    with console.status("measuring") as status:
        measure_all(asked, sizes.rounds, status.update)
    console.print(table(asked, cores))
    for what, ratio, aim in aims(asked):
        met = "" if ratio >= aim else "  MISSED"
        console.print(f"{ratio:.2f} of {what}; aim: at least {aim:g}{met}")
    if not (is_dask_here() and is_prefork_here()):
        console.print(f"Dask, Celery's pool or both were not measured; to install them: {GET_OTHERS}")


if __name__ == "__main__":
    main()
