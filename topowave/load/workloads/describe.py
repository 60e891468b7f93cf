"""What a workload is, in figures and small pictures: how much, how bursty, how skewed."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from topowave.load.workloads.workload import Workload
from topowave.translation import Several, Text, text

BARS = "▁▂▃▄▅▆▇█"
PLAIN_BARS = ".:-=+*#@"
"""For a terminal that cannot show the others."""
WINDOWS = 60
"""Into so many the time from the first arrival to the last is divided."""
BAR_WIDTH = 40
"""Characters of the longest bar of the durations."""
STEPS = (1.0, 2.0, 5.0)
"""Where the classes of durations begin, in every power of ten."""
MOST_LISTED = 8
"""Most categories, priorities and nodes that are listed; the rest are counted."""


@dataclass(frozen=True, slots=True)
class Description:
    """Figures of a workload.

    Attributes:
        tasks: how many.
        span: from the first arrival to the last (s).
        work: what all ask for together (s of one core).
        mean, median, p99, longest: of the durations (s).
        variation: deviation of the durations over their mean: 1 of exponential ones, more of skewed ones.
        rate: arrivals a second, in the mean; infinite if all come at once.
        dispersion: variance of the arrivals in WINDOWS equal times over their mean: 1 of a Poisson process,
            more of bursts, 0 of equal distances; None where all come at once.
        windows: arrivals in each of those times.
        classes: from which duration (s) on, up to which, and how many, in rising order.
        utilisation: the share of the network's cores that is asked for; None without one.
    """

    tasks: int
    span: float
    work: float
    mean: float
    median: float
    p99: float
    longest: float
    variation: float
    rate: float
    dispersion: float | None
    windows: tuple[int, ...]
    classes: tuple[tuple[float, float, int], ...]
    utilisation: float | None

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data; what is infinite is null."""
        names = (
            "tasks",
            "span",
            "work",
            "mean",
            "median",
            "p99",
            "longest",
            "variation",
            "rate",
            "dispersion",
        )
        figures = {name: _finite(getattr(self, name)) for name in names}
        classes = [{"from": low, "below": high, "tasks": count} for low, high, count in self.classes]
        utilisation = None if self.utilisation is None else _finite(self.utilisation)
        return figures | {"utilisation": utilisation, "windows": [*self.windows], "durations": classes}


def describe(workload: Workload, cores: int | None = None) -> Description:
    """Return the figures of a workload that has tasks.

    Args:
        workload: which.
        cores: of the network that it is for.
    """
    ordered = sorted(workload.durations)
    count, mean = len(ordered), math.fsum(ordered) / len(ordered)
    square = math.fsum((each - mean) ** 2 for each in ordered) / count
    windows = _windows(workload)
    return Description(
        count,
        workload.span,
        workload.work,
        mean,
        quantile(ordered, 0.5),
        quantile(ordered, 0.99),
        ordered[-1],
        math.sqrt(square) / mean,
        count / workload.span if workload.span else math.inf,
        _dispersion(windows) if workload.span else None,
        windows,
        _classes(ordered),
        None if cores is None else workload.utilisation(cores),
    )


def quantile(ordered: Sequence[float], share: float) -> float:
    """Return the value that this share of some ordered values does not exceed: the nearest rank."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def text_of(workload: Workload, found: Description, *, plain: bool = False) -> str:
    """Return a workload for people.

    Args:
        workload: which.
        found: its figures.
        plain: draw with ASCII only.
    """
    rows = (f"{name:12} {said}".rstrip() for name, said in rows_of(workload, found, plain=plain))
    bars = (f"{below:>16} {bar}" for below, bar in bars_of(found, plain=plain))
    notes = (text("note: {note}", note=note) for note in workload.notes)
    return "\n".join([title_of(workload), *rows, *bars, *notes])


def title_of(workload: Workload) -> str:
    """Say which workload it is."""
    name = workload.source or workload.name
    if workload.seed is None:
        return name
    return text("{workload}, seed {seed}", workload=name, seed=workload.seed)


def rows_of(workload: Workload, found: Description, *, plain: bool = False) -> Iterator[tuple[str, str]]:
    """Yield the figures of a workload, each with its name; without one it belongs to the row before."""
    yield (
        "tasks",
        text(
            "{tasks:,} over {time}, {rate}",
            tasks=found.tasks,
            time=seconds(found.span),
            rate=_per_second(found),
        ),
    )
    work = seconds(found.work)
    if found.utilisation is None or not math.isfinite(found.utilisation):
        yield "work", text("{work} of one core", work=work)
    else:
        share = found.utilisation
        yield (
            "work",
            text("{work} of one core, {share:.0%} of the network's cores", work=work, share=share),
        )
    yield (
        "durations",
        text(
            "mean {mean}, median {median}, p99 {p99}, longest {longest}; variation {variation:.2f}",
            mean=seconds(found.mean),
            median=seconds(found.median),
            p99=seconds(found.p99),
            longest=seconds(found.longest),
            variation=found.variation,
        ),
    )
    for name, column in _words(workload).items():
        yield name, _most_common(column, are_priorities=name == "priorities")
    if found.dispersion is not None:
        yield "arrivals", _sparkline(found.windows, PLAIN_BARS if plain else BARS)
        windows = text(
            "dispersion {dispersion:.2f} over {windows} windows", dispersion=found.dispersion, windows=WINDOWS
        )
        yield "", windows


def bars_of(found: Description, *, plain: bool = False) -> list[tuple[str, str]]:
    """Return the histogram of durations: of each class its upper bound, and its bar with the number."""
    return _histogram(found.classes, "#" if plain else "█")


def seconds(value: float) -> str:
    """Return a time as people read it."""
    for unit, size in (("d", 86_400.0), ("h", 3_600.0), ("min", 60.0)):
        if value >= 2 * size:
            return f"{value / size:,.1f} {unit}"
    return f"{value:.3g} s" if value else "0 s"


def _words(workload: Workload) -> Mapping[str, Sequence[object]]:
    columns: dict[str, Sequence[object] | None] = {
        "cores": workload.weights,
        "priorities": workload.priorities,
        "categories": workload.categories,
        "nodes": workload.nodes,
    }
    return {name: column for name, column in columns.items() if column is not None}


def _most_common(column: Sequence[object], *, are_priorities: bool) -> str:
    counts = Counter(column).most_common()

    def share_of(word: object, count: int) -> Text:
        share = count / len(column)
        if are_priorities:
            return text("{priority} {share:.0%}", priority=str(word), share=share)
        return text("{word} {share:.0%}", word=text("(none)") if word == "" else str(word), share=share)

    listed = Several(share_of(word, count) for word, count in counts[:MOST_LISTED])
    if len(counts) <= MOST_LISTED:
        return text("{listed}", listed=listed)
    return text("{listed}, {more:,} more", listed=listed, more=len(counts) - MOST_LISTED)


def _per_second(found: Description) -> str:
    if math.isinf(found.rate):
        return text("all at once")
    if found.rate >= 0.1:
        return text("{rate:.3g} a second", rate=found.rate)
    return text("one in {time}", time=seconds(1 / found.rate))


def _windows(workload: Workload) -> tuple[int, ...]:
    if not workload.span:
        return (len(workload),)
    begin, width = workload.times[0], workload.span / WINDOWS
    places = [bisect_left(workload.times, begin + width * number) for number in range(1, WINDOWS)]
    bounds = [0, *places, len(workload)]
    return tuple(two - one for one, two in pairwise(bounds))


def _dispersion(counts: Sequence[int]) -> float:
    mean = sum(counts) / len(counts)
    return sum((count - mean) ** 2 for count in counts) / len(counts) / mean


def _classes(ordered: Sequence[float]) -> tuple[tuple[float, float, int], ...]:
    """Return classes of durations: of an equal width on a logarithmic axis, about."""
    power = math.floor(math.log10(ordered[0])) - 1
    bounds: list[float] = []
    while not bounds or bounds[-1] <= ordered[-1]:
        bounds += [float(f"{step:g}e{power}") for step in STEPS]
        power += 1
    places = [bisect_left(ordered, bound) for bound in bounds]
    pairs = zip(bounds, bounds[1:], places, places[1:], strict=False)
    counted = [(low, high, two - one) for low, high, one, two in pairs]
    filled = [number for number, (_, _, count) in enumerate(counted) if count]
    return tuple(counted[filled[0] : filled[-1] + 1])


def _sparkline(counts: Sequence[int], bars: str) -> str:
    most = max(counts)
    return "".join(" " if not count else bars[(count * len(bars) - 1) // most] for count in counts)


def _histogram(classes: Sequence[tuple[float, float, int]], bar: str) -> list[tuple[str, str]]:
    most = max(count for *_, count in classes)
    return [
        (
            text("below {high:g} s", high=high),
            f"{bar * math.ceil(count / most * BAR_WIDTH) if count else ''} {count:,}",
        )
        for _, high, count in classes
    ]


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
