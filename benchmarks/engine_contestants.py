"""Who runs the same scripts: the engine, and the pools that a program would use without it.

All pools get as many processes or threads as the engine. Their function is the least that does the work: it
loads the file once and calls `module().run(params)`; values come back pickled, where the engine's are JSON.
"""

from __future__ import annotations

import importlib
import io
import itertools
import json
import multiprocessing
import time
from abc import ABC, abstractmethod
from collections.abc import Generator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager, redirect_stdout
from functools import cache
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar, Literal

from topowave.engine import Engine, EngineConfig, Task

Kind = Literal["cpu", "io"]
SCRIPTS = Path(__file__).parent / "engine_scripts"
ADD, WAIT = str(SCRIPTS / "add.py"), str(SCRIPTS / "wait.py")
CHUNK = 100
"""Calls that a pool's `map` sends to a process at once; the engine finds its own number."""
PATIENCE_S = 120.0


@cache
def loaded(path: str) -> ModuleType:
    """Return the module of a script; a process loads it once."""
    spec = spec_from_file_location(Path(path).stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run_script(path: str, params: object) -> Any:
    """Run a script once: what a program of one's own gives to a pool."""
    return loaded(path).module().run(params)


class Contestant(ABC):
    """A pool that is up."""

    share: ClassVar[float] = 1.0
    """How many of the tasks it is given: fewer where it takes long over one, so that the whole does not."""

    @abstractmethod
    def batch(self, path: str, params: Sequence[object]) -> list[Any]:
        """Run a script with each of the parameters and return the values in their order."""

    def single(self, path: str, params: object) -> Any:
        """Run a script once and wait for its value."""
        return self.batch(path, [params])[0]


class Loop(Contestant):
    """No pool: one call after the other, in this process."""

    def batch(self, path: str, params: Sequence[object]) -> list[Any]:
        return [run_script(path, each) for each in params]


class Submit(Contestant):
    """An executor of the standard library that is given each call by itself."""

    def __init__(self, executor: Executor) -> None:
        self.executor = executor

    def batch(self, path: str, params: Sequence[object]) -> list[Any]:
        futures = [self.executor.submit(run_script, path, each) for each in params]
        return [future.result(PATIENCE_S) for future in futures]


class Map(Submit):
    """The same, given CHUNK calls at once: the fastest that the standard library has for tiny ones."""

    def batch(self, path: str, params: Sequence[object]) -> list[Any]:
        return list(self.executor.map(run_script, itertools.repeat(path), params, chunksize=CHUNK))


class OwnResults(Submit):
    """The same, written with the care that the engine takes of results.

    Each call has its own, as JSON, with its error, its time and what it printed, so that one that raises
    does not cost those beside it theirs. Deadlines, priorities, retries, and that a call may end its process,
    cannot be had so.
    """

    def batch(self, path: str, params: Sequence[object]) -> list[Any]:
        texts = [json.dumps(each) for each in params]
        chunks = [texts[begin : begin + CHUNK] for begin in range(0, len(texts), CHUNK)]
        futures = [self.executor.submit(run_each, path, chunk) for chunk in chunks]
        found = [each for future in futures for each in future.result(PATIENCE_S)]
        assert not any(error for error, *_ in found), found
        return [json.loads(text) for _, text, _, _ in found]


def run_each(path: str, texts: Sequence[str]) -> list[tuple[str, str, float, str]]:
    """Run a script with each of the parameters; return each one's error, value, time (s) and output."""
    found: list[tuple[str, str, float, str]] = []
    for text in texts:
        output, error, value = io.StringIO(), "", "null"
        began_s = time.perf_counter()
        try:
            with redirect_stdout(output):
                value = json.dumps(run_script(path, json.loads(text)), allow_nan=False)
        except Exception as raised:  # noqa: BLE001 - whatever a script raises
            error = f"{type(raised).__name__}: {raised}"
        found.append((error, value, time.perf_counter() - began_s, output.getvalue()))
    return found


class PreforkPool(Contestant):
    """The pool of processes that Celery's workers have, without Celery's broker."""

    def __init__(self, pool: Any) -> None:
        self.pool = pool

    def batch(self, path: str, params: Sequence[object]) -> list[Any]:
        waiting = [self.pool.apply_async(run_script, (path, each)) for each in params]
        return [each.get(PATIENCE_S) for each in waiting]


EXECUTORS: dict[str, type[Submit]] = {
    "ProcessPoolExecutor.submit": Submit,
    "ProcessPoolExecutor.map": Map,
    "ProcessPoolExecutor, own results": OwnResults,
}


class OurEngine(Contestant):
    """The engine, given a batch or one task."""

    def __init__(self, engine: Engine, kind: Kind) -> None:
        self.engine = engine
        self.kind: Kind = kind

    def batch(self, path: str, params: Sequence[object]) -> list[Any]:
        ids = self.engine.submit_batch(Task(path, each, self.kind) for each in params)
        return [self._value(result) for result in self.engine.wait_all(ids, PATIENCE_S)]

    def single(self, path: str, params: object) -> Any:
        task = self.engine.submit_task(Task(path, params, self.kind))
        return self._value(self.engine.get_result(task, PATIENCE_S))

    @staticmethod
    def _value(result: Any) -> Any:
        assert result.is_success, result
        return result.data


class OneByOne(OurEngine):
    """The engine, given each task of a batch by itself, as an executor's `submit` is."""

    def batch(self, path: str, params: Sequence[object]) -> list[Any]:
        ids = [self.engine.submit_task(Task(path, each, self.kind)) for each in params]
        return [self._value(result) for result in self.engine.wait_all(ids, PATIENCE_S)]


class Dask(Contestant):
    """Dask's own scheduler on this machine, with processes of one thread."""

    share = 0.05

    def __init__(self, client: Any) -> None:
        self.client = client

    def batch(self, path: str, params: Sequence[object]) -> list[Any]:
        futures = self.client.map(run_script, [path] * len(params), params, pure=False)
        found: list[Any] = self.client.gather(futures)
        return found


def is_dask_here() -> bool:
    """Whether Dask can be measured too: it is none of our packages."""
    return find_spec("distributed") is not None


def is_prefork_here() -> bool:
    """The same of the package of Celery's pool."""
    return find_spec("billiard") is not None


@contextmanager
def contestant(name: str, width: int) -> Generator[Contestant]:
    """Start a contestant.

    Args:
        name: one of NAMES.
        width: processes, or threads where it is one for scripts that wait.
    """
    if name == "loop":
        yield Loop()
    elif name in {"engine", "engine, one by one"}:
        config = EngineConfig(cpu_bound_count=width, io_bound_count=0)
        with Engine(config) as engine:
            yield (OurEngine if name == "engine" else OneByOne)(engine, "cpu")
    elif name == "engine, threads":
        config = EngineConfig(cpu_bound_count=0, io_bound_count=1, io_bound_task_limit=width)
        with Engine(config) as engine:
            yield OurEngine(engine, "io")
    elif name in EXECUTORS:
        # Processes are made as the engine makes them: forked ones would only start quicker.
        with ProcessPoolExecutor(width, multiprocessing.get_context("spawn")) as processes:
            yield EXECUTORS[name](processes)
    elif name == "ThreadPoolExecutor":
        with ThreadPoolExecutor(width) as threads:
            yield Submit(threads)
    elif name == "Celery's pool":
        billiard: Any = importlib.import_module("billiard")
        pool: Any = billiard.get_context("spawn").Pool(width)
        try:
            yield PreforkPool(pool)
        finally:
            pool.terminate()
            pool.join()
    elif name == "Dask":
        distributed: Any = importlib.import_module("distributed")
        quiet = {"dashboard_address": None, "silence_logs": 50}
        with (
            distributed.LocalCluster(n_workers=width, threads_per_worker=1, **quiet) as cluster,
            distributed.Client(cluster) as client,
        ):
            yield Dask(client)
    else:
        raise LookupError(name)
