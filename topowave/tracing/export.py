"""Where spans go: to an OpenTelemetry collector by OTLP over HTTP, to standard output, or to a file.

All that touches the OpenTelemetry SDK is here; it comes with the extra `opentelemetry`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TextIO

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import ConsoleSpanExporter, SpanExporter, SpanExportResult
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext, Status, StatusCode, TraceFlags

from topowave.tracing.stages import Span

EXPORT_TIMEOUT_S = 10
"""Seconds that a collector may take for one batch."""
RESOURCE = Resource({"service.name": "topowave"})
SCOPE = InstrumentationScope("topowave.tasks")


def exporter_to(target: str, out: TextIO) -> SpanExporter:
    """Return what takes spans to a target: an `http://` or `https://` URL, `-` for `out`, or a file."""
    if target.startswith(("http://", "https://")):
        return OTLPSpanExporter(target, timeout=EXPORT_TIMEOUT_S)
    if target == "-":
        return ConsoleSpanExporter(out=out, formatter=_line)
    return _FileExporter(Path(target))


def export(exporter: SpanExporter, spans: Iterable[Span]) -> bool:
    """Let spans go; returns whether they have arrived."""
    return exporter.export([_readable(span) for span in spans]) is SpanExportResult.SUCCESS


class _FileExporter(SpanExporter):
    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8")

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Write a line a span."""
        self._file.writelines(map(_line, spans))
        self._file.flush()
        return SpanExportResult.SUCCESS

    def shutdown(self) -> None:
        """Close the file."""
        self._file.close()


def _line(span: ReadableSpan) -> str:
    return f"{span.to_json(indent=None)}\n"


def _readable(span: Span) -> ReadableSpan:
    def context(number: int) -> SpanContext:
        return SpanContext(span.trace, number, is_remote=False, trace_flags=TraceFlags(TraceFlags.SAMPLED))

    status = Status(StatusCode.OK) if span.error is None else Status(StatusCode.ERROR, span.error)
    return ReadableSpan(
        span.name,
        context=context(span.id),
        parent=None if span.parent is None else context(span.parent),
        resource=RESOURCE,
        attributes=dict(span.attributes),
        status=status,
        start_time=span.start_ns,
        end_time=span.end_ns,
        instrumentation_scope=SCOPE,
    )
