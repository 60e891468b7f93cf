"""The processes of a Ray cluster as the pool of a sweep.

Theory of operation. A portion of runs is one task of Ray that takes one CPU; the scenario with its files is
put into Ray's store once. Ray tells of a process or a machine that ended under a task, and is never asked to
try again: whether a run is done once more is the sweep's to say. What is Ray's own cluster here, started
for the sweep, ends with it; a cluster that was there goes on, and only what was asked of it is called off.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from typing import Any

from topowave.experiments.limits import AHEAD
from topowave.experiments.parcel import do_portion_of, pack
from topowave.experiments.pools import MakePool, Pool
from topowave.experiments.portions import Answer
from topowave.experiments.scenario_file import ScenarioFile
from topowave.ray_cluster.connection import check_installed, connect, load_ray
from topowave.topology.problems import Problems


class RayPool:
    """Tasks of Ray.

    Args:
        ray: the library, connected.
        source: the scenario.
        ahead: portions a CPU that may be out at the same time.
    """

    outlives = True

    def __init__(self, ray: Any, source: ScenarioFile, ahead: int) -> None:
        self.ahead = ahead
        self._ray = ray
        errors = ray.exceptions
        self.ended: tuple[type[Exception], ...] = (
            errors.WorkerCrashedError, errors.NodeDiedError, errors.OutOfMemoryError, errors.ObjectLostError,
        )  # fmt: skip
        self._parcel = ray.put(pack(source))
        self._do = ray.remote(num_cpus=1, max_retries=0)(do_portion_of)
        self._out: dict[Future[Answer], Any] = {}

    def submit(self, numbers: Sequence[int]) -> Future[Answer]:
        """Let some process of the cluster do these runs."""
        task = self._do.remote(self._parcel, [*numbers])
        future: Future[Answer] = task.future()
        self._out[future] = task
        future.add_done_callback(self._forget)
        return future

    def _forget(self, future: Future[Answer]) -> None:
        self._out.pop(future, None)

    def call_off(self) -> None:
        """End the processes that are at runs of this pool."""
        for task in [*self._out.values()]:
            with suppress(Exception):  # what is over cannot be called off, nor on a cluster that is gone
                self._ray.cancel(task, force=True)


@contextmanager
def ray_cluster(address: str, jobs: int | None) -> Generator[tuple[MakePool, int]]:
    """Start Ray on this machine or join a cluster; yields what makes pools, and how many CPUs there are.

    Args:
        address: LOCAL; `auto` for a cluster that this machine is part of; HOST:PORT or ray://HOST:PORT.
        jobs: how many CPUs a cluster of this machine's own has; by default all.

    Raises:
        Problems: Ray is not installed, or there is no cluster that could be joined.
    """
    check_installed("experiments,ray")
    ray = load_ray()
    joined = ray.is_initialized()  # a program that is connected stays so
    if not joined:
        connect(ray, address, jobs)

    @contextmanager
    def make_pool(source: ScenarioFile, jobs: int) -> Generator[Pool]:
        # Where fewer runs are wanted at a time than there are CPUs, a portion that waits would not wait.
        pool = RayPool(ray, source, AHEAD if jobs >= cpus else 1)
        try:
            yield pool
        except ray.exceptions.RayError as error:
            cause = getattr(error, "cause", None) or error
            raise Problems([f"--ray: {str(cause).strip().splitlines()[-1]}"]) from None
        finally:
            pool.call_off()

    try:
        cpus = max(1, int(ray.cluster_resources().get("CPU", 1)))
        yield make_pool, cpus
    finally:
        if not joined:
            ray.shutdown()
