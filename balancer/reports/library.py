"""The reports on this machine: which there are, what one says, and two of them together."""

from __future__ import annotations

from pathlib import Path

from topowave.balancer import limits
from topowave.balancer.reports.comparison import Comparer, Comparison, side_by_side
from topowave.balancer.reports.report import (
    Differences,
    Figures,
    Report,
    ReportHead,
    compared_lines,
    head_of,
    report_of,
    scenario_in,
    summary_lines,
)
from topowave.balancer.reports.report_files import (
    COMPARED,
    RUNS,
    SCENARIO,
    SUMMARY,
    ReportFiles,
    UnreadableReportError,
)
from topowave.balancer.threads import in_a_thread

NANOSECONDS = 1_000_000_000


class ReportLibrary:
    """The reports in a folder. What blocks is done in a thread.

    Args:
        folder: that they are in; it need not exist.
    """

    def __init__(self, folder: Path) -> None:
        self.files = ReportFiles(folder)
        self._comparer = Comparer(self.files)

    async def heads(self) -> tuple[list[ReportHead], list[str]]:
        """Return the heads of all reports, the newest first, and why others cannot be shown."""
        return await in_a_thread(self._heads)

    async def report(self, name: str) -> Report:
        """Return what a report says. Raises UnreadableReportError."""
        return await in_a_thread(self._report, name)

    async def comparison(self, first: str, second: str) -> Comparison:
        """Return two reports side by side. Raises UnreadableReportError where one of them cannot be read."""
        heads, figures = await in_a_thread(self._both, first, second)
        problem = None
        differences: Differences = {}
        try:
            differences = await self._comparer.differences(first, second)
        except UnreadableReportError as error:
            problem = str(error)
        return await in_a_thread(side_by_side, heads, figures, differences, problem)

    def _heads(self) -> tuple[list[ReportHead], list[str]]:
        heads: list[ReportHead] = []
        problems: list[str] = []
        for name in self.files.names():
            try:
                heads.append(self._head(name))
            except UnreadableReportError as error:
                problems.append(f"{name}: {error}")
        heads.sort(key=lambda head: (-(head.finished or float("inf")), head.id))
        return heads, problems

    def _head(self, name: str) -> ReportHead:
        scenario, _ = scenario_in(self.files.read(name, SCENARIO))
        head = head_of(name, scenario, None, self._written(name))
        if head.complete and not self._has_runs_since(name):
            return head
        done = self._done(name)
        if head.complete and (done is None or done >= head.runs):
            return head
        return head_of(name, scenario, done, None)

    def _written(self, name: str) -> float | None:
        """Return when the tables were written: that of the figures is the last (Unix seconds)."""
        summary = self.files.changed(name, SUMMARY)
        return None if summary is None else summary[0] / NANOSECONDS

    def _has_runs_since(self, name: str) -> bool:
        """Whether runs may have come after the tables; where a report was copied, its times say nothing."""
        summary, runs = self.files.changed(name, SUMMARY), self.files.changed(name, RUNS)
        return summary is None or runs is None or runs[0] > summary[0]

    def _done(self, name: str) -> int | None:
        state = self.files.changed(name, RUNS)
        if state is None:
            return 0
        return self.files.read(name, RUNS).count(b"\n") if state[1] <= limits.REPORT_BYTES else None

    def _report(self, name: str) -> Report:
        scenario, versions = scenario_in(self.files.read(name, SCENARIO))
        head = self._head(name)
        if not head.complete:
            return report_of(head, scenario, versions, {}, {}, [])
        figures = summary_lines(self.files.read(name, SUMMARY))
        has_differences = self.files.changed(name, COMPARED) is not None
        none: Differences = {}
        differences = compared_lines(self.files.read(name, COMPARED)) if has_differences else none
        return report_of(head, scenario, versions, figures, differences, self.files.pictures(name))

    def _both(self, first: str, second: str) -> tuple[tuple[ReportHead, ReportHead], tuple[Figures, Figures]]:
        one, other = self._head(first), self._head(second)
        return (one, other), (self._figures(one), self._figures(other))

    def _figures(self, head: ReportHead) -> Figures:
        return summary_lines(self.files.read(head.id, SUMMARY)) if head.complete else {}
