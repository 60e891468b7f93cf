"""What a server answers at `/metrics`: OpenMetrics to who asks for it, else Prometheus' text format."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector
from starlette.responses import Response

from topowave.web.metric_forms import MetricForm

PROCESS = (
    MetricForm("process_virtual_memory_bytes", "gauge", "Virtual memory of the process"),
    MetricForm("process_resident_memory_bytes", "gauge", "Memory of the process that is in use"),
    MetricForm("process_start_time_seconds", "gauge", "When the process was started, in seconds since 1970"),
    MetricForm("process_cpu_seconds_total", "counter", "Time that the process has had of all cores"),
    MetricForm("process_open_fds", "gauge", "Open files and connections of the process"),
    MetricForm("process_max_fds", "gauge", "Most open files and connections that the process may have"),
)
"""What prometheus-client says of the process itself, where the system tells it (Linux)."""


class _Asked(Collector):
    def __init__(self, collect: Callable[[], Iterable[Metric]]) -> None:
        self._collect = collect

    def collect(self) -> Iterator[Metric]:
        """Yield the figures as they are now."""
        yield from self._collect()


class MetricsAnswer:
    """The metrics of one server.

    Args:
        collect: called for the figures whenever somebody asks.
    """

    def __init__(self, collect: Callable[[], Iterable[Metric]]) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_Asked(collect))
        ProcessCollector(registry=self._registry)

    def to(self, accept: str | None) -> Response:
        """Return the answer to a request with this `Accept`."""
        try:
            encode, content_type = choose_encoder(accept or "")
        except TypeError:  # it names a version that is no number
            encode, content_type = choose_encoder("")
        return Response(encode(self._registry), media_type=content_type)
