"""Files of a folder of reports: read-only, bounded, and never one that lies elsewhere.

A report is a folder in the folder of reports; its name is all that a request can say of it. Links are
followed, and what really lies outside of the folder of reports is refused.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from topowave.balancer import limits
from topowave.topology.limits import MAX_PATH
from topowave.translation import text

SCENARIO = "scenario.json"
SUMMARY = "summary.csv"
COMPARED = "compared.csv"
RUNS = "runs.jsonl"
PICTURES = "pictures"
SERVED = {
    "report.html": "text/html",
    "report.md": "text/markdown",
    "results.csv": "text/csv",
    SUMMARY: "text/csv",
    COMPARED: "text/csv",
    "scenario.txt": "text/plain",
}
"""The files of a report that may be asked for by name, and their media types."""


class UnreadableReportError(Exception):
    """A report, or a file of one, that is not there or cannot be shown; its text says why in a sentence."""


@dataclass(frozen=True)
class ReportFiles:
    """The reports in a folder.

    Attributes:
        folder: that they are in; it need not exist.
    """

    folder: Path

    def names(self) -> list[str]:
        """Return the names of the reports, sorted: at most `limits.REPORTS`."""
        return sorted(islice(self._names(), limits.REPORTS))

    def _names(self) -> Iterator[str]:
        try:
            with os.scandir(self.folder) as entries:
                for entry in islice(entries, limits.REPORT_ENTRIES):
                    if not _is_shown(entry.name):
                        continue
                    if os.path.isfile(f"{entry.path}/{SCENARIO}"):  # noqa: PTH113
                        yield entry.name
        except OSError:
            return

    def path(self, report: str, *inside: str) -> Path:
        """Return where a file of a report really is.

        Raises:
            UnreadableReportError: there is none, or it is outside of the folder of reports.
        """
        parts = (report, *inside)
        shown = "/".join(parts)[:MAX_PATH]
        if any(part in {"", ".", ".."} or "/" in part or "\0" in part for part in parts):
            raise UnreadableReportError(text("{folder} has no report of this name", folder=str(self.folder)))
        try:
            top = self.folder.resolve(strict=True)
            found = top.joinpath(*parts).resolve(strict=True)
        except (OSError, RuntimeError):  # RuntimeError: links that lead in a circle
            raise UnreadableReportError(
                text("{file}: there is no such file in the folder of reports", file=shown)
            ) from None
        if not found.is_relative_to(top):
            raise UnreadableReportError(
                text("{file}: it lies outside of {folder}", file=shown, folder=str(self.folder))
            )
        return found

    def read(self, report: str, *inside: str) -> bytes:
        """Return what a file of a report holds.

        Raises:
            UnreadableReportError: as `path`; or it is no file, or larger than `limits.REPORT_BYTES`.
        """
        path = self.path(report, *inside)
        shown = "/".join((report, *inside))
        try:
            with open(path, "rb", opener=_open_at_once) as file:
                found = os.fstat(file.fileno())
                if not stat.S_ISREG(found.st_mode):
                    raise UnreadableReportError(text("{file}: it is no file", file=shown))
                data = file.read(limits.REPORT_BYTES + 1)
        except OSError as error:
            why = str(error.strerror)
            raise UnreadableReportError(text("{place}: {problem}", place=shown, problem=why)) from None
        if len(data) > limits.REPORT_BYTES:
            raise UnreadableReportError(
                text("{file}: it is larger than {most:,} bytes", file=shown, most=limits.REPORT_BYTES)
            )
        return data

    def changed(self, report: str, *inside: str) -> tuple[int, int] | None:
        """Return when a file was changed (ns) and its size (bytes); None where there is none."""
        try:
            found = self.path(report, *inside).stat()
        except (UnreadableReportError, OSError):
            return None
        return (found.st_mtime_ns, found.st_size) if stat.S_ISREG(found.st_mode) else None

    def pictures(self, report: str) -> list[str]:
        """Return the figures of which a report has a picture, sorted."""
        try:
            with os.scandir(self.path(report, PICTURES)) as entries:
                found = [entry.name for entry in islice(entries, limits.REPORT_ENTRIES)]
        except (UnreadableReportError, OSError):
            return []
        shown = (name for name in found if name.endswith(".svg") and _is_shown(name))
        return sorted(name.removesuffix(".svg") for name in shown)


def _is_shown(name: str) -> bool:
    """Whether a name can be written in JSON and asked for by its URL: one that is no UTF-8 cannot."""
    return not name.startswith(".") and name.isprintable()


def _open_at_once(path: str, flags: int) -> int:
    """Open a file; a named pipe would let whoever opens it wait."""
    return os.open(path, flags | os.O_NONBLOCK)
