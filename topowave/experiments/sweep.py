"""Does the runs of a scenario, in several processes, and keeps each as soon as it is there.

Theory of operation. The parent hands out portions of runs by their numbers; a process knows the scenario and
makes the run of its number, so nothing is sent but numbers and rows. Portions grow until each takes about
`CHUNK_S`, as far as the runs so far foretell, and a few are ahead of every process. Rows are appended to the
folder as they come, and reach the disk every `SAVE_S`. Nothing that is measured depends on who does a run or
when, and the tables are sorted afterwards, so their bytes do not depend on the number of processes.

A process may end under a run (a user's class that ends Python, too little memory). Then the runs that were
out are done once more, each alone in a process of its own: the one under which it ends again has failed, and
says so.
"""

from __future__ import annotations

import importlib
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

from topowave.experiments.kinds import KINDS
from topowave.experiments.limits import AHEAD, CHUNK_S, MOST_CHUNK, SAVE_S
from topowave.experiments.outcome import Outcome
from topowave.experiments.results import ResultsFolder, Row, row_of
from topowave.experiments.scenario import PlannedRun, planned_runs
from topowave.experiments.scenario_file import ScenarioFile
from topowave.topology.problems import Problems

Progress = Callable[[int, int], None]
"""Called with the number of runs that are done, and of all."""
_Answer = tuple[list[Row], float]
"""What a portion came to: its rows, and how long it took (s)."""


class _Pool(Protocol):
    """What is asked of a pool of processes."""

    def submit(self, function: Callable[[Sequence[int]], _Answer], numbers: Sequence[int]) -> Future[_Answer]:
        """Let one of them call a function."""
        ...

    def shutdown(self, *, wait: bool, kill_workers: bool) -> None:
        """End them."""
        ...


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


@dataclass
class Sweep:
    """The runs of a scenario that are still to be done.

    Attributes:
        source: the scenario.
        results: where they are kept; begun already.
        done: the numbers of those that are there.
        jobs: how many processes; with 1 the runs are done in this one.
        progress: is told how far it is.
        meanwhile: what this process does while others do runs; not called where it does them itself.
    """

    source: ScenarioFile
    results: ResultsFolder
    done: set[int]
    jobs: int = 1
    progress: Progress = lambda _done, _all: None
    meanwhile: Callable[[], object] = lambda: None
    _saved: float = field(default_factory=time.monotonic)
    _run_s: float = CHUNK_S

    def run(self) -> None:
        """Do them all. What is finished when it is interrupted is kept.

        Raises:
            Problems: the results cannot be written.
            KeyboardInterrupt: Ctrl-C.
        """
        left = deque(number for number in range(len(self.source.scenario)) if number not in self.done)
        self._told()
        try:
            if self.jobs == 1:
                for planned in planned_runs(self.source.scenario, left):
                    self._keep([do_run(self.source, planned)])
            else:
                # In a thread: while it took, nobody would hand out runs, and the processes would wait.
                threading.Thread(target=self._meanwhile, name="meanwhile").start()
                while left:
                    suspects = self._together(left)
                    for number in suspects:
                        self._keep([self._alone(number)])
        finally:
            self.results.save()

    def _together(self, left: deque[int]) -> list[int]:
        """Do runs in all processes; returns those that were out when one of the processes ended."""
        out: dict[Future[_Answer], list[int]] = {}
        with _pool(self.jobs, self.source) as pool:
            try:
                while left or out:
                    while left and len(out) < self.jobs * AHEAD:
                        portion = [left.popleft() for _ in range(min(len(left), self._portion(len(left))))]
                        out[pool.submit(_do, portion)] = portion
                    for future in wait(out, timeout=SAVE_S, return_when=FIRST_COMPLETED).done:
                        rows, took = future.result()
                        del out[future]
                        self._run_s = 0.5 * self._run_s + 0.5 * took / len(rows)
                        self._keep(rows)
            except BrokenProcessPool:
                return sorted(number for portion in out.values() for number in portion)
        return []

    def _meanwhile(self) -> None:
        with suppress(Exception):  # whoever needs it does it again, and is told
            self.meanwhile()

    def _portion(self, left: int) -> int:
        """Return how many runs to hand out at once; towards the end few, so that all end together."""
        fair = left // (2 * self.jobs)
        return max(1, min(int(CHUNK_S / max(self._run_s, 1e-6)), MOST_CHUNK, fair))

    def _alone(self, number: int) -> Row:
        (planned,) = planned_runs(self.source.scenario, [number])
        with _pool(1, self.source) as pool:
            try:
                return pool.submit(_do, [number]).result()[0][0]
            except BrokenProcessPool:
                why = "its process ended while it ran, twice: its class ends Python, or memory was short"
                return row_of(planned, Outcome("failed", reason=why))

    def _keep(self, rows: list[Row]) -> None:
        self.results.add(rows)
        self.done.update(row["run"] for row in rows)
        if time.monotonic() - self._saved > SAVE_S:
            self.results.save()
            self._saved = time.monotonic()
        self._told()

    def _told(self) -> None:
        self.progress(len(self.done), len(self.source.scenario))


@contextmanager
def _pool(jobs: int, source: ScenarioFile) -> Generator[_Pool]:
    """Processes that know a scenario. Unlike spawned ones they do not run the caller's program again."""
    loky: Any = importlib.import_module("loky")
    pool: _Pool = loky.ProcessPoolExecutor(jobs, initializer=_begin, initargs=(source,))
    whole = False
    try:
        yield pool
        whole = True
    finally:
        pool.shutdown(wait=True, kill_workers=not whole)


_source: ScenarioFile | None = None


def _begin(source: ScenarioFile) -> None:
    """Begin as a process of a pool: Ctrl-C is the parent's, who ends it."""
    global _source  # noqa: PLW0603 - what a process works on; it has no other way to be told
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _source = source


def _do(numbers: Sequence[int]) -> _Answer:
    assert _source is not None
    began = time.perf_counter()
    rows = [do_run(_source, planned) for planned in planned_runs(_source.scenario, numbers)]
    return rows, time.perf_counter() - began
