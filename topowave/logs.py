"""What the programs of a lab log, on standard error: set up here once, written with the standard `logging`.

Without `--log-level` a lab is calm: warnings only, in words for people, with the program's name in front.
With it every record is one line of `key=value` pairs (logfmt), which `grep` and log collectors read:

    time=2026-11-26T09:30:00.125Z level=info source=balancer event="wave ended" wave=echo-1 state=complete

A message is a fixed text that can be searched for; what differs from time to time goes into fields:

    log.info("wave ended", extra=fields(wave=record.id, state=record.state))

With `--log-format json` a line is one JSON object of the same keys instead, whose values keep their types.
What may come for every single task is logged with `bounded_fields`: a bounded number of lines, and how many
were left out. Nothing is logged for a single message of a wave: at 20,000 messages a second even a refused
record counts.
"""

from __future__ import annotations

import json
import logging
import math
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal, TextIO, cast

from topowave.steering import STEERING

LogLevel = Literal["debug", "info", "warning", "error"]
LogFormat = Literal["logfmt", "json"]
LEVELS: dict[LogLevel, int] = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}
OWN = "topowave"
"""The loggers that `--log-level` is about. Those of libraries say a line a request from `info` on."""
FIELDS = "fields"
BOUNDED = "bounded"
SAME_WARNINGS = 5
"""How often the same warning is written in `SAME_S`."""
SAME_BOUNDED = 50
"""How often the same event is that may come for every task."""
SAME_TRACEBACKS = 1
"""How often one with a traceback is."""
IDS_LOGGED = 20
"""Most names or ids that one line has of the same kind."""
SAME_S = 10.0
"""The time in which the same warning is counted (s)."""
WARNINGS_REMEMBERED = 1_000
"""Most different warnings that are counted; past it the oldest is forgotten."""


def fields(**values: object) -> dict[str, Any]:
    """Return what a record has besides its message, as the `extra` of a call; None leaves a field out."""
    return {FIELDS: values}


def bounded_fields(**values: object) -> dict[str, Any]:
    """Return the same for an event that may come for every single task: a few of the same are enough."""
    return {FIELDS: values, BOUNDED: True}


def set_up_logs(source: str, level: LogLevel | None = None, form: LogFormat = "logfmt") -> None:
    """Log to standard error, and nowhere else.

    Args:
        source: the name of this program.
        level: from which level on, as structured lines; None for warnings in words.
        form: of these lines.
    """
    structured = LogfmtFormatter if form == "logfmt" else JsonFormatter
    number = LEVELS[level or "warning"]
    handler = _Handler(sys.stderr)
    handler.setFormatter(WordsFormatter(source) if level is None else structured(source))
    logging.basicConfig(level=max(number, logging.WARNING), handlers=[handler], force=True)
    logging.getLogger(OWN).setLevel(number)


def rename_source(source: str, stream: TextIO | None = None) -> None:
    """Give a process that was forked its own name and its own stream; the level and the form stay."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, _Handler) and isinstance(handler.formatter, WordsFormatter | LogfmtFormatter):
            handler.setFormatter(type(handler.formatter)(source))
            if stream is not None:
                handler.setStream(stream)


def log_printed(source: str, line: str) -> None:
    """Write a line that a program of the lab has printed, by whatever way, as a line of its log."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, _Handler):
            handler.write_printed(source, line)


class _Handler(logging.StreamHandler[TextIO]):
    """Writes to a stream, and bears that it cannot be written; the same warning comes now and then only."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._limiter = RateLimit()
        self.addFilter(self._limiter)

    def write_printed(self, source: str, line: str) -> None:
        """Write a printed line, which is no record that could be too low, or told too often."""
        if isinstance(self.formatter, LogfmtFormatter):
            record = logging.LogRecord(OWN, logging.INFO, "", 0, "printed", None, None)
            setattr(record, FIELDS, {"text": line})
            line = type(self.formatter)(source).format(record)
        else:
            line = escaped(f"{source}: {line}")
        with suppress(OSError, ValueError):
            self.stream.write(f"{line}\n")
            self.flush()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Do nothing: where a log cannot be written, that cannot be logged either."""


class RateLimit(logging.Filter):
    """Lets the same warning through `SAME_WARNINGS` times in `SAME_S`, and tells how many it kept back.

    What one client does wrong, he can do a thousand times a second. What was asked for with `--log-level` and
    is no warning comes in full.
    """

    def __init__(self) -> None:
        super().__init__()
        self._seen: dict[tuple[str, str], _Seen] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a record is to be written; one that is says how many were not."""
        is_bounded = getattr(record, BOUNDED, False)
        if record.levelno < logging.WARNING and not is_bounded:
            return True
        text = str(record.msg)
        key = (record.name, record.getMessage() if text == "%s" else text)
        now_s = time.monotonic()
        seen = self._seen.get(key)
        if seen is None or now_s - seen.began_s >= SAME_S:
            if seen is None and len(self._seen) >= WARNINGS_REMEMBERED:
                del self._seen[next(iter(self._seen))]
            kept_back = seen.kept_back if seen is not None else 0
            self._seen[key] = _Seen(now_s)
            if kept_back and is_bounded:
                getattr(record, FIELDS)["left_out_before"] = kept_back
            elif kept_back:
                record.msg = f"{record.getMessage()} (and {kept_back} more times before)"
                record.args = None
            return True
        seen.written += 1
        most = SAME_BOUNDED if is_bounded else SAME_TRACEBACKS if record.exc_info else SAME_WARNINGS
        if seen.written <= most:
            return True
        seen.kept_back += 1
        return False


@dataclass(slots=True)
class _Seen:
    """How often a warning has come since it was first written."""

    began_s: float
    written: int = 1
    kept_back: int = 0


def escaped(text: str) -> str:
    """Return a text in which what would steer a terminal, or turn the line round, is written as an escape."""
    return STEERING.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


class WordsFormatter(logging.Formatter):
    """`amber: WARNING: what happened`, followed by a traceback if there is one."""

    def __init__(self, source: str) -> None:
        super().__init__(f"{source.replace('%', '%%')}: %(levelname)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """Write one record; what would steer the terminal is written as an escape."""
        return escaped(super().format(record))


class LogfmtFormatter(logging.Formatter):
    """One line a record, of `key=value` pairs; a value that is not one plain word is a JSON string."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self._source = source

    def format(self, record: logging.LogRecord) -> str:
        """Write one record."""
        return " ".join(f"{key}={_written(value)}" for key, value in self._pairs(record))

    def _pairs(self, record: logging.LogRecord) -> Iterator[tuple[str, object]]:
        whole_s = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        yield "time", f"{whole_s}.{int(record.msecs):03d}Z"
        yield "level", record.levelname.lower()
        yield "source", self._source
        yield "event", record.getMessage()
        values: dict[str, object] = getattr(record, FIELDS, {})
        for key, value in values.items():
            if value is not None:
                yield key, value
        if record.exc_info:
            yield "traceback", self.formatException(record.exc_info)


class JsonFormatter(LogfmtFormatter):
    """One JSON object a record, on one line; numbers, lists and truths stay what they are."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one record."""
        values = {key: _finite(value) for key, value in self._pairs(record)}
        text = json.dumps(values, ensure_ascii=False, default=str)
        if not text.isprintable():
            text = json.dumps(json.loads(text), ensure_ascii=True)
        return text


def _finite(value: object) -> object:
    """Return a value as JSON can have it, which knows no infinity."""
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _written(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, list | tuple):
        value = ",".join(map(str, cast("Iterable[object]", value)))
    text = str(value)
    plain = text.isprintable() and text and not any(mark in text for mark in ' "=\\')
    return text if plain else json.dumps(text, ensure_ascii=not text.isprintable())
