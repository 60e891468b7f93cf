"""A workload out of its description: read or drawn, then fitted to the network that it is for."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from topowave.load.limits import LONGEST_TASK, MOST_TASKS
from topowave.load.workloads.csv_table import read_csv
from topowave.load.workloads.durations import Distribution
from topowave.load.workloads.log_lines import Progress, no_progress
from topowave.load.workloads.parameters import Deadline
from topowave.load.workloads.places import NeedsNetwork, nodes_meant
from topowave.load.workloads.spec import WorkloadSpec, read_spec
from topowave.load.workloads.swf import read_swf
from topowave.load.workloads.workload import Workload
from topowave.tasks.limits import WEIGHT_MOST
from topowave.topology.model import Topology
from topowave.topology.portable_random import PortableRandom
from topowave.topology.problems import Problems

T = TypeVar("T")
SHIPPED = {"@nasa-ipsc": Path(__file__).parent / "logs" / "NASA-iPSC-1993-3.1-cln.swf.gz"}
"""Logs that come with Topowave, by the words that name them; `logs/README.md` says whose they are."""
LEAST_CHANGES = 0.001
"""Least number of arrivals between two bursts: with less, nearly all bursts are without tasks."""


def workload_of(
    said: str | Mapping[str, Any] | WorkloadSpec,
    topology: Topology | None = None,
    seed: int = 1,
    *,
    folder: Path | None = None,
    progress: Progress = no_progress,
) -> Workload:
    """Return the workload that is described.

    Args:
        said: a text, a mapping or what was read of them; see `topowave.load.workloads.spec`.
        topology: the network that it is for: of its cores a utilisation is a share, no task holds more of
            them than its largest node has, and tasks come to its nodes. None where nobody asks for that.
        seed: of what is drawn, unless the description has one: the same seed, the same tasks, to the byte.
        folder: where files are that are named by a relative path; else the working directory.
        progress: is told how far the reading of a file is.

    Raises:
        Problems: a sentence for everything that is wrong with the description or the file.
    """
    spec = said if isinstance(said, WorkloadSpec) else read_spec(said)
    if spec["utilisation"] is not None and topology is None:
        text = "is a share of a network's cores, and none is given"
        raise NeedsNetwork([f"{spec.kind.name}: utilisation: {text}"])
    chosen = spec["seed"]
    draws = _Draws(spec, topology, seed if chosen is None else chosen)
    if spec.kind.form == "drawn":
        workload = _drawn(spec, draws, topology)
    else:
        workload = _read(spec, draws, topology, folder or Path(), progress)
    workload.check(None if topology is None else {node.name for node in topology.nodes})
    return workload


def cores_of(topology: Topology) -> int:
    """Return how many cores the nodes have that may run tasks."""
    return sum(node.cpu for node in topology.nodes if node.launch and node.executor.active)


class _Draws:
    """What is drawn for each task beside its time: each column from a stream of its own.

    So another distribution of durations leaves the arrivals as they are, and the first tasks of a longer
    workload are those of a shorter one.
    """

    def __init__(self, spec: WorkloadSpec, topology: Topology | None, seed: int) -> None:
        self._spec = spec
        self._topology = topology
        self.seed = seed

    def stream(self, purpose: str) -> PortableRandom:
        """Return the random numbers for one purpose."""
        return PortableRandom(int.from_bytes(sha256(f"{self.seed}/{purpose}".encode()).digest()[:8], "big"))

    def of(self, name: str, count: int) -> list[Any] | None:
        """Return the column of a parameter of which each task has one of some values; None without it."""
        values: tuple[Any, ...] | None = self._spec[name]
        if values is None:
            return None
        if name == "node":
            values = nodes_meant(self._spec.kind.name, name, values, self._topology)
        return _chosen(self.stream(name), values, count)

    def hot_spot(self, count: int) -> list[str]:
        """Return the nodes of the tasks of a hot spot."""
        kind, share = self._spec.kind.name, self._spec["share"]
        (hot, *_) = nodes_meant(kind, "at", (self._spec["at"],), self._topology)
        others = nodes_meant(kind, "node", self._spec["node"] or ("@all",), self._topology)
        draw = self.stream("hot spot").random
        elsewhere = _chosen(self.stream("node"), others, count)
        return [hot if draw() < share else other for other in elsewhere]

    def dressed(self, workload: Workload) -> Workload:
        """Return the tasks with what the description says of all of them."""
        count = len(workload)
        columns = {
            "priorities": self.of("priority", count),
            "nodes": self.hot_spot(count) if self._spec.kind.name == "hotspot" else self.of("node", count),
            "categories": None,
            "deadlines": _deadlines(self._spec["deadline"], workload.durations),
        }
        if self._spec.kind.name != "swf" and self._spec["category"] is not None:
            columns["categories"] = [self._spec["category"]] * count
        found: dict[str, Any] = {name: column for name, column in columns.items() if column is not None}
        return replace(workload, **found)


def _drawn(spec: WorkloadSpec, draws: _Draws, topology: Topology | None) -> Workload:
    kind, count = spec.kind, spec["tasks"]
    assert kind.times is not None
    duration: Distribution = spec["duration"]
    weights: Sequence[int] = spec["weight"] or (1,)
    if topology is not None and max(weights) > (most := _largest(topology)):
        raise Problems(
            [f"{kind.name}: weight: {max(weights)} is more than the {most} cores of the largest node"]
        )
    rate = spec["rate"] or 1.0
    if spec["utilisation"] is not None and topology is not None:
        rate = spec["utilisation"] * cores_of(topology) / (duration.average() * sum(weights) / len(weights))
    if kind.name != "batch" and not count / rate < LONGEST_TASK / 100:
        raise Problems([f"{kind.name}: with {rate:g} tasks a second the last of {count:,} comes too late"])
    if kind.name == "mmpp" and rate * (spec["on"] + spec["off"]) < LEAST_CHANGES:
        text = f"with {rate:g} tasks a second nearly all bursts of {spec['on']:g} s are empty"
        raise Problems([f"{kind.name}: on, off: {text}; expected longer ones"])
    values = {each.name: spec[each.name] for each in kind.parameters}
    times = kind.times(draws.stream("arrivals"), count, rate, values)
    return draws.dressed(
        Workload(
            times,
            duration.draws(draws.stream("durations"), count),
            weights=None if set(weights) == {1} else draws.of("weight", count),
            name=kind.name,
            source=spec.text,
            seed=draws.seed,
        )
    )


def _read(
    spec: WorkloadSpec, draws: _Draws, topology: Topology | None, folder: Path, progress: Progress
) -> Workload:
    if spec.file.startswith("@") and spec.file not in SHIPPED:
        raise Problems(
            [f"{spec.kind.name}: there is no shipped log {spec.file}; there are {', '.join(SHIPPED)}"]
        )
    path = SHIPPED.get(spec.file) or folder / spec.file
    if spec.kind.name == "swf":
        completed = spec["status"] == "completed"
        workload = read_swf(
            path, spec["processors"], only_completed=completed, category=spec["category"], progress=progress
        )
    else:
        workload = read_csv(path, progress)
    skip = spec["skip"] or 0
    if skip >= len(workload):
        raise Problems([f"{spec.kind.name}: skip: {skip:,} is all of the {len(workload):,} tasks"])
    workload = workload[skip : skip + (spec["tasks"] or MOST_TASKS)]
    if skip:
        workload = workload.begun_at()
    if spec.kind.name == "csv" and spec["weight"] is not None:
        workload = replace(workload, weights=draws.of("weight", len(workload)))
    workload = _fitted(draws.dressed(workload), WEIGHT_MOST if topology is None else _largest(topology))
    workload = _scaled(spec, workload, topology)
    drawn = any(len(spec[name] or ()) > 1 for name in ("node", "priority", "weight"))
    return replace(workload, source=spec.text, seed=draws.seed if drawn else None)


def _scaled(spec: WorkloadSpec, workload: Workload, topology: Topology | None) -> Workload:
    load = spec["load"] or 1.0
    if spec["utilisation"] is not None and topology is not None:
        now = workload.utilisation(cores_of(topology))
        if not math.isfinite(now):
            text = "all tasks come at once, so no distance of arrivals gives it"
            raise Problems([f"{spec.kind.name}: utilisation: {text}"])
        load = spec["utilisation"] / now
    return workload.scaled(time=spec["time"] or 1.0, load=load)


def _fitted(workload: Workload, most: int) -> Workload:
    """Return the tasks with none that holds more cores than the largest node has; a note says of how many."""
    most = min(most, WEIGHT_MOST)
    if workload.weights is None or max(workload.weights) <= most:
        return workload
    beyond = sum(each > most for each in workload.weights)
    note = (
        f"{beyond:,} of {len(workload):,} tasks ask for more than {most} cores, the most that one may hold: "
        "they hold so many, for as long"
    )
    weights = [each if each <= most else most for each in workload.weights]
    return replace(workload, weights=weights, notes=(*workload.notes, note))


def _largest(topology: Topology) -> int:
    return min(WEIGHT_MOST, max((node.cpu for node in topology.nodes if node.launch), default=1))


def _deadlines(deadline: Deadline | None, durations: Sequence[float]) -> list[float] | None:
    if deadline is None:
        return None
    if deadline.times_duration:
        return [each * deadline.value for each in durations]
    return [deadline.value] * len(durations)


def _chosen(random: PortableRandom, values: Sequence[T], count: int) -> list[T]:
    if len(values) == 1:
        return [values[0]] * count
    draw, many = random.random, len(values)
    return [values[int(draw() * many)] for _ in range(count)]
