"""Does the runs of a scenario, in several processes, and keeps each as soon as it is there.

Theory of operation. The parent hands out portions of runs by their numbers; a process knows the scenario and
makes the run of its number, so nothing is sent but numbers and rows. Portions grow until each takes about
`CHUNK_S`, as far as the runs so far foretell, and a few are ahead of every process. Rows are appended to the
folder as they come, and reach the disk every `SAVE_S`. Nothing that is measured depends on who does a run or
when, and the tables are sorted afterwards, so their bytes do not depend on the number of processes.

A process may end under a run (a user's class that ends Python, too little memory). Then the runs that were
out with it, or in a pool that breaks as a whole all that were out, are done once more, each alone: the one
under which its process ends again has failed, and says so.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import suppress
from dataclasses import dataclass, field

from topowave.experiments.limits import CHUNK_S, MOST_CHUNK, SAVE_S
from topowave.experiments.outcome import Outcome
from topowave.experiments.pools import MakePool
from topowave.experiments.portions import Answer, do_run
from topowave.experiments.results import ResultsFolder, Row, row_of
from topowave.experiments.scenario import planned_runs
from topowave.experiments.scenario_file import ScenarioFile

Progress = Callable[[int, int], None]
"""Called with the number of runs that are done, and of all."""


@dataclass
class Sweep:
    """The runs of a scenario that are still to be done.

    Attributes:
        source: the scenario.
        results: where they are kept; begun already.
        done: the numbers of those that are there.
        jobs: how many processes.
        make_pool: begins them; None does the runs in this one.
        progress: is told how far it is.
        meanwhile: what this process does while others do runs; not called where it does them itself.
    """

    source: ScenarioFile
    results: ResultsFolder
    done: set[int]
    jobs: int = 1
    make_pool: MakePool | None = None
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
            if self.make_pool is None:
                for planned in planned_runs(self.source.scenario, left):
                    self._keep([do_run(self.source, planned)])
            else:
                # In a thread: while it took, nobody would hand out runs, and the processes would wait.
                threading.Thread(target=self._meanwhile, name="meanwhile").start()
                while left:
                    suspects = self._together(self.make_pool, left)
                    for number in suspects:
                        self._keep([self._alone(self.make_pool, number)])
        finally:
            self.results.save()

    def _together(self, make_pool: MakePool, left: deque[int]) -> list[int]:
        """Do runs in all processes; returns those that were out with a process that ended."""
        out: dict[Future[Answer], list[int]] = {}
        lost: list[int] = []
        with make_pool(self.source, self.jobs) as pool:
            while left or out:
                while left and len(out) < self.jobs * pool.ahead:
                    portion = [left.popleft() for _ in range(min(len(left), self._portion(len(left))))]
                    out[pool.submit(portion)] = portion
                for future in wait(out, timeout=SAVE_S, return_when=FIRST_COMPLETED).done:
                    portion = out.pop(future)
                    try:
                        rows, took = future.result()
                    except pool.ended:
                        lost += portion
                        continue
                    self._run_s = 0.5 * self._run_s + 0.5 * took / len(rows)
                    self._keep(rows)
                if lost and not pool.outlives:
                    return sorted([*lost, *self._saved_from(out)])
        return sorted(lost)

    def _saved_from(self, out: dict[Future[Answer], list[int]]) -> list[int]:
        """Keep what was finished before a pool broke; returns the numbers of the others."""
        lost: list[int] = []
        for future, portion in out.items():
            if future.done() and future.exception() is None:
                self._keep(future.result()[0])
            else:
                lost += portion
        return lost

    def _meanwhile(self) -> None:
        with suppress(Exception):  # whoever needs it does it again, and is told
            self.meanwhile()

    def _portion(self, left: int) -> int:
        """Return how many runs to hand out at once; towards the end few, so that all end together."""
        fair = left // (2 * self.jobs)
        return max(1, min(int(CHUNK_S / max(self._run_s, 1e-6)), MOST_CHUNK, fair))

    def _alone(self, make_pool: MakePool, number: int) -> Row:
        (planned,) = planned_runs(self.source.scenario, [number])
        with make_pool(self.source, 1) as pool:
            try:
                return pool.submit([number]).result()[0][0]
            except pool.ended:
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
