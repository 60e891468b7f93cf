"""The history as columns: how steps of the record become the values that somebody asks for.

A rate is what a counter grew by in a step, by the seconds between the ends of this step and the one before.
So the rates of a stretch, each times its seconds, add up to exactly what came meanwhile, whatever the step.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import partial
from math import inf, isnan, nextafter

from topowave.balancer.figures.point import (
    CELL_COUNTERS,
    CELL_GAUGES,
    CELL_WIDTH,
    COUNTERS,
    GAUGES,
    NodePoint,
    Point,
)
from topowave.balancer.figures.record import Stretch

Values = list[float | None]
_DIGITS = 4
_AT = {name: at for at, name in enumerate(COUNTERS)}
_GAUGE_AT = {name: at for at, name in enumerate(GAUGES)}
_ENDED = ("completed", "failed", "cancelled")
_RATES = {
    "in": ("submitted",),
    "out": _ENDED,
    "completed": ("completed",),
    "failed": ("failed",),
    "cancelled": ("cancelled",),
    "missed": ("missed",),
    "moves": ("moves",),
}
"""Rates (1/s), and the counters whose growth they are."""
_CELL_RATES = {"in": ("submitted",), "out": _ENDED, **{name: (name,) for name in _ENDED}}
_WITH_GREATEST = ("load", "imbalance", "pending", "running", "oldest_waiting_s")


def _told(value: float) -> float | None:
    return None if isnan(value) else round(value, _DIGITS)


def _grown(stretch: Stretch, value: Callable[[Point], float], per: float = 1.0) -> Values:
    """Return how much something grew in each step, in `per` seconds; never less than nothing."""
    found: Values = []
    before = stretch.before
    for point in stretch.points:
        if before is None or point.time <= before.time:
            found.append(None)
        else:
            grown = (value(point) - value(before)) / (point.time - before.time) * per
            found.append(_told(grown if isnan(grown) else max(0.0, grown)))
        before = point
    return found


def lab_series(stretch: Stretch) -> dict[str, Values]:
    """Return all series of the lab as a whole."""
    points = stretch.points
    found: dict[str, Values] = {
        name: [_told(point.mean[at]) for point in points] for name, at in _GAUGE_AT.items()
    }
    for name in _WITH_GREATEST:
        at = _GAUGE_AT[name]
        found[f"{name}_max"] = [_told(point.greatest[at]) for point in points]
        found[f"{name}_min"] = [_told(point.least[at]) for point in points]
    for name, counters in _RATES.items():
        places = [_AT[counter] for counter in counters]
        found[name] = _grown(stretch, partial(_counted, places))
    found["waves_per_minute"] = _grown(stretch, lambda point: point.counters[_AT["waves"]], per=60)
    busy, capacity = _GAUGE_AT["busy"], _GAUGE_AT["capacity"]
    found["utilisation"] = [
        _told(min(1.0, point.mean[busy] / point.mean[capacity])) if point.mean[capacity] else None
        for point in points
    ]
    work = _grown(stretch, lambda point: point.counters[_AT["work"]])
    offered = _grown(stretch, lambda point: point.counters[_AT["offered"]])
    found["efficiency"] = [
        None if did is None or not could else round(min(1.0, did / could), _DIGITS)
        for did, could in zip(work, offered, strict=True)
    ]
    return found


def counted_until(point: Point | None) -> float | None:
    """Return the first moment after all submissions that a step counts (s since 1970); None where unknown."""
    last = float("nan") if point is None else point.counters[_AT["last_submitted"]]
    return None if isnan(last) else nextafter(last, inf) if last else 0.0


def cell_series(stretch: Stretch, cells: Collection[int]) -> dict[str, Values]:
    """Return the series of the tasks of some priorities and categories, by their places in the record."""
    found: dict[str, Values] = {}
    for at, name in enumerate(CELL_GAUGES):
        found[name] = [
            None if point.cells is None else _told(_sum(cells, (at,), point)) for point in stretch.points
        ]
    known = Stretch(
        stretch.step,
        stretch.points,
        stretch.before if stretch.before is not None and stretch.before.cells is not None else None,
    )
    for name, counters in _CELL_RATES.items():
        places = tuple(len(CELL_GAUGES) + CELL_COUNTERS.index(counter) for counter in counters)
        found[name] = _grown(known, partial(_sum, cells, places))
    return found


def _counted(places: Sequence[int], point: Point) -> float:
    return sum(point.counters[at] for at in places)


def _sum(cells: Collection[int], places: Sequence[int], point: Point) -> float:
    numbers = point.cells
    if numbers is None:
        return float("nan")
    known = len(numbers) // CELL_WIDTH
    return sum(numbers[cell * CELL_WIDTH + at] for cell in cells if cell < known for at in places)


def node_series(stretch: Stretch, names: Collection[str]) -> dict[str, Values]:
    """Return the series of some nodes together: what is kept of each."""
    wanted = frozenset(names)
    places: dict[int, list[int]] = {}

    def sums(point: Point, column: Callable[[NodePoint], Sequence[int]]) -> float:
        if point.nodes is None:
            return float("nan")
        at = places.get(id(point.nodes.names))
        if at is None:
            at = places[id(point.nodes.names)] = [
                place for place, name in enumerate(point.nodes.names) if name in wanted
            ]
        values = column(point.nodes)
        return float(sum(values[place] for place in at))

    return {
        "load": [_told(sums(point, lambda nodes: nodes.load) / 10) for point in stretch.points],
        "running": [_told(sums(point, lambda nodes: nodes.running) / 10) for point in stretch.points],
        "out": _grown(stretch, lambda point: sums(point, lambda nodes: nodes.ended)),
    }
