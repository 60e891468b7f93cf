"""Reads the file of a recording, and refuses what is none with the place of each problem."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import msgspec

from topowave.load.limits import RECORDING_BYTES
from topowave.load.recordings.recording import RecordedRound, RecordedTask, Recording
from topowave.tasks.limits import WEIGHT_MOST
from topowave.topology.problems import TOP, JsonPath, ProblemList, Problems, did_you_mean, shown

Fault = tuple[JsonPath, str]


def read_recording(path: Path) -> Recording:
    """Read a recording.

    Raises:
        Problems: the file cannot be read, or is none, with the place of each problem.
    """
    try:
        with path.open("rb") as file:
            data = file.read(RECORDING_BYTES + 1)
    except OSError as error:
        raise Problems([f"{path}: cannot be read: {error.strerror or error}"]) from None
    problems = ProblemList(str(path))
    if len(data) > RECORDING_BYTES:
        raise problems.refusal(f"is larger than {RECORDING_BYTES:,} bytes")
    try:
        found = msgspec.json.decode(data, type=Recording)
    except (msgspec.DecodeError, RecursionError) as error:
        raise problems.refusal(f"is no recording of `topowave load play --record`: {error}") from None
    try:
        names = {node.name: None for node in found.topology.nodes}
    except Problems as refusal:
        raise Problems([f"{path}: {each}" for each in refusal.problems]) from None
    for place, text in _faults(found, names):
        problems.add(place, text)
    problems.raise_if_any()
    return found


def _faults(found: Recording, names: Collection[str]) -> Iterator[Fault]:
    """Yield what is wrong with single values."""
    if not found.tasks:
        yield TOP.at("tasks"), "has none; expected one at least"
    before = 0.0
    for index, task in enumerate(found.tasks):
        yield from _task_faults(task, TOP.at("tasks").at(index), names, before)
        before = max(before, task.submitted)
    for index, each in enumerate(found.rounds):
        yield from _round_faults(each, TOP.at("rounds").at(index), names)


def _task_faults(
    task: RecordedTask, place: JsonPath, names: Collection[str], before: float
) -> Iterator[Fault]:
    yield from _strangers([(place.at("node"), task.node)], names)
    at = place.at("attempts")
    yield from _strangers(((at.at(n), each.node) for n, each in enumerate(task.attempts)), names)
    times = [before, task.submitted]
    for each in task.attempts:
        times += [each.arrived, each.began, each.ended]
    if times != sorted(times) or not times[-1] <= task.ended < math.inf:
        yield place, "a time is before the one that it follows: submitted, arrived, began, ended"
    if not 0 < task.duration < math.inf:
        yield place.at("duration"), f"{task.duration!r}; expected seconds above 0"
    if not 1 <= task.weight <= WEIGHT_MOST:
        yield place.at("weight"), f"{task.weight}; expected cores from 1 to {WEIGHT_MOST}"
    if task.deadline is not None and not task.deadline > 0:
        yield place.at("deadline"), f"{task.deadline!r}; expected seconds above 0"
    if task.completed and not task.attempts:
        yield at, "has none, and the task is completed"


def _round_faults(each: RecordedRound, place: JsonPath, names: Collection[str]) -> Iterator[Fault]:
    if len(each.loads) != len(names):
        yield place.at("loads"), f"has {len(each.loads):,} entries, and there are {len(names):,} nodes"
    if not 0 <= each.began <= each.planned < math.inf:
        yield place, "a time is before the one that it follows: began, planned"
    named = (*each.not_giving, *each.not_taking, *each.room)
    yield from _strangers(((place, name) for name in named), names)
    for number, move in enumerate(each.moves):
        at = place.at("moves").at(number)
        yield from _strangers([(at.at("giver"), move.giver), (at.at("receiver"), move.receiver)], names)
        if not each.planned <= move.asked <= move.ended < math.inf:
            yield at, "a time is before the one that it follows: planned, asked, ended"


def _strangers(found: Iterable[tuple[JsonPath, str]], names: Collection[str]) -> Iterator[Fault]:
    for place, name in found:
        if name not in names:
            yield place, f"there is no node {shown(name)}{did_you_mean(name, names)}"
