"""How many nodes a load needs: the horizontal autoscaler, as a pure function of loads and settings.

Theory of operation. The load is all that the nodes have to do, running and waiting, in cores; the target is a
share of all their cores. Three things hold the number of nodes still (the words are those of Kubernetes'
HorizontalPodAutoscaler: https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/):

    tolerance             within so much of the target, to either side, nothing is done
    stabilization window  growing goes by the least load of a while, shrinking by the greatest of a longer one
    cooldown              after a step the next one waits, so that what the step did is seen first

What must hold: the number stays between the bounds, or comes there at once; a step to more is the least that
brings the load to the target, and one to fewer leaves it at the target at the most. So under a load that
stays as it is, no step ever undoes another.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from topowave.topology import LabConfig
from topowave.translation import Text, counted, text

ROUNDING = 1e-9
"""Nodes that are needed only since floats are not exact."""


@dataclass(frozen=True, slots=True)
class LoadReading:
    """The load of all nodes together (cores) at a time (s)."""

    at_s: float
    load: float


@dataclass(frozen=True, slots=True)
class Fleet:
    """The nodes, as they will be once what is wanted of them is done.

    Attributes:
        count: how many there are.
        cores: their cores together.
        joining: cores of each further one.
        leaving: cores of those that would leave, the first one first; without the root, which never does.
    """

    count: int
    cores: int
    joining: int
    leaving: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """How many nodes there are to be, and why, in a sentence without its end."""

    replicas: int
    reason: str


def decide(
    readings: Sequence[LoadReading], fleet: Fleet, config: LabConfig, now_s: float, stepped_s: float | None
) -> Decision:
    """Return how many nodes there are to be.

    Args:
        readings: what was read of the load, oldest first; the last one is the load of now.
        fleet: the nodes.
        config: the lab's settings.
        now_s: the time, on the clock of the readings.
        stepped_s: when the last step was; None before the first.
    """
    least, most, count = config.min_replicas, config.max_replicas, fleet.count
    if count < least:
        return Decision(least, text("min_replicas is {bound}", bound=least))
    if count > most:
        return Decision(most, text("max_replicas is {bound}", bound=most))
    if not readings:
        return Decision(count, text("the load is not known yet"))
    load = readings[-1].load
    seen = counted(
        "a load of {load:.4g} is {percent:.0f} % of {count} core",
        "a load of {load:.4g} is {percent:.0f} % of {count} cores",
        fleet.cores,
        load=load,
        percent=100 * load / fleet.cores,
    )
    side = _side(load, fleet, config)
    if side == 0:
        near = text(
            "{seen}, within {tolerance:g} % of the target of {target:g} %",
            seen=seen,
            tolerance=config.scale_tolerance,
            target=config.target_load,
        )
        return Decision(count, near)
    return _step(readings, fleet, config, now_s, stepped_s, seen, grows=side > 0)


def _step(
    readings: Sequence[LoadReading],
    fleet: Fleet,
    config: LabConfig,
    now_s: float,
    stepped_s: float | None,
    load_is: Text,
    *,
    grows: bool,
) -> Decision:
    """Return how many nodes there are to be where the load is not near the target, as `load_is` says it."""
    count, load, target = fleet.count, readings[-1].load, config.target_load
    if grows:
        seen = text("{seen}, above the target of {target:g} %", seen=load_is, target=target)
        bound, window_s = config.max_replicas, config.scale_up_window
        bound_is = text("max_replicas is {bound}", bound=bound)
        window_is = text("scale_up_window, {seconds:g} s", seconds=window_s)
    else:
        seen = text("{seen}, below the target of {target:g} %", seen=load_is, target=target)
        bound, window_s = config.min_replicas, config.scale_down_window
        bound_is = text("min_replicas is {bound}", bound=bound)
        window_is = text("scale_down_window, {seconds:g} s", seconds=window_s)
    if count == bound:
        return Decision(count, text("{what}; {why}", what=seen, why=bound_is))
    wanted = _needed(load, fleet, config)
    if wanted == count:
        return Decision(count, text("{seen}, and would be above it with one node fewer", seen=seen))
    lasting = _lasting(readings, now_s - window_s, least=grows)
    needed = count if lasting is None else _needed(lasting, fleet, config)
    step = min(max(needed, count), wanted, bound) if grows else max(min(needed, count), wanted, bound)
    if step == count:
        why = text("{seen}, but not for long enough ({window})", seen=seen, window=window_is)
        return Decision(count, why)
    if stepped_s is not None and now_s < stepped_s + config.scale_cooldown:
        left_s = math.ceil(stepped_s + config.scale_cooldown - now_s)
        why = text("{seen}; the next step is in {seconds} s (scale_cooldown)", seen=seen, seconds=left_s)
        return Decision(count, why)
    if step == wanted:
        why = counted(
            "{seen}; {count} node brings it there", "{seen}; {count} nodes bring it there", step, seen=seen
        )
        return Decision(step, why)
    if step == bound:
        why = counted(
            "{seen}; it takes {count} node, and {bound}",
            "{seen}; it takes {count} nodes, and {bound}",
            wanted,
            seen=seen,
            bound=bound_is,
        )
        return Decision(step, why)
    return Decision(step, _lasted(step, seen, window_is, grows=grows))


def _lasted(step: int, seen: Text, window: Text, *, grows: bool) -> Text:
    """Say that a load has lasted."""
    if grows:
        return counted(
            "{seen}; it has needed {count} node for long enough ({window})",
            "{seen}; it has needed {count} nodes for long enough ({window})",
            step,
            seen=seen,
            window=window,
        )
    return counted(
        "{seen}; it has needed no more than {count} node for long enough ({window})",
        "{seen}; it has needed no more than {count} nodes for long enough ({window})",
        step,
        seen=seen,
        window=window,
    )


def _side(load: float, fleet: Fleet, config: LabConfig) -> int:
    """Return on which side of the target a load is: 1 above, -1 below, 0 where it is near."""
    aim, near = fleet.cores * config.target_load / 100, config.scale_tolerance / 100
    return (load > aim * (1 + near)) - (load < aim * (1 - near))


def _needed(load: float, fleet: Fleet, config: LabConfig) -> int:
    """Return how many nodes bring a load to the target, whatever the bounds are; as many where it is near."""
    side, target, count, cores = (
        _side(load, fleet, config),
        config.target_load / 100,
        fleet.count,
        fleet.cores,
    )
    if side > 0:
        return count + math.ceil((load / target - cores) / fleet.joining - ROUNDING)
    for each in fleet.leaving if side else ():
        if load > (cores - each) * target:
            break
        count, cores = count - 1, cores - each
    return count


def _lasting(readings: Sequence[LoadReading], since_s: float, *, least: bool) -> float | None:
    """Return the least load since then, or the greatest; None where it is not known for so long.

    A load counts until the next one is read.
    """
    found: list[float] = []
    for reading in reversed(readings):
        found.append(reading.load)
        if reading.at_s <= since_s:
            return min(found) if least else max(found)
    return None
