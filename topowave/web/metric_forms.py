"""What a server exports for Prometheus: a table of forms, and samples by the names in it.

A form says of a metric its name, kind, labels and text; the reference, the alert rules and the dashboard are
held against the same tables. Names follow Prometheus' conventions: seconds and bytes, `_total` for counters.
A counter's name stands here as it is read, with `_total`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple, TypeAlias

from prometheus_client import Histogram, disable_created_metrics
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

Kind = Literal["gauge", "counter", "histogram"]
Samples: TypeAlias = float | Mapping[tuple[str, ...], float] | Histogram
"""One number, one for each tuple of the labels' values, or what a histogram has counted."""

# When a counter was made is a series more of each, which no rule and no picture here asks for.
disable_created_metrics()  # type: ignore[no-untyped-call]


class MetricForm(NamedTuple):
    """One metric of a server.

    Attributes:
        name: what is read, without the endings of a histogram's samples.
        kind: what its numbers do.
        text: what it says, in a few words.
        labels: by what its numbers are told apart.
    """

    name: str
    kind: Kind
    text: str
    labels: tuple[str, ...] = ()

    @property
    def series(self) -> tuple[str, ...]:
        """The names of its series."""
        if self.kind != "histogram":
            return (self.name,)
        return tuple(f"{self.name}_{ending}" for ending in ("bucket", "count", "sum"))

    @property
    def all_labels(self) -> tuple[str, ...]:
        """By what its series are told apart; `le` is a histogram's own."""
        return (*self.labels, "le") if self.kind == "histogram" else self.labels

    def histogram(self, buckets: Sequence[float]) -> Histogram:
        """Return a counter of values; `buckets` are their upper bounds."""
        return Histogram(self.name, self.text, self.labels, buckets=buckets, registry=None)


def families(forms: Iterable[MetricForm], samples: Mapping[str, Samples]) -> Iterator[Metric]:
    """Yield what is there of the forms, in their order; one without samples is left out."""
    for form in forms:
        found = samples.get(form.name)
        if isinstance(found, Histogram):
            yield from found.collect()
            continue
        if found is None:
            continue
        family: GaugeMetricFamily | CounterMetricFamily
        if form.kind == "counter":
            family = CounterMetricFamily(form.name, form.text, labels=form.labels)
        else:
            family = GaugeMetricFamily(form.name, form.text, labels=form.labels)
        for labels, value in found.items() if isinstance(found, Mapping) else [((), found)]:
            family.add_metric(labels, value)
        yield family
