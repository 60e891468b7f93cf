"""Two reports side by side: the same cases and measures, each with its interval, and how far they differ.

The differences are those of `topowave experiment compare`, which a process of its own answers: it needs what
only the extra `experiments` has, and takes seconds. Without it the figures stand side by side all the same.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from topowave.balancer import limits
from topowave.balancer.json_form import JsonForm
from topowave.balancer.reports.report import (
    DIFFERENCES,
    Difference,
    Differences,
    Figure,
    Figures,
    ReportHead,
    case_of,
    difference_of,
)
from topowave.balancer.reports.report_files import RUNS, ReportFiles, UnreadableReportError
from topowave.balancer.threads import in_a_thread
from topowave.translation import text
from topowave.web.problem_details import RETRY_SOON, Problem

FIRST_MEAN = "first"
"""A column of `topowave experiment compare --json` that is no factor, either."""


class ComparedLine(JsonForm):
    """A case and a measure in both reports; null where one of them has none."""

    case: dict[str, str]
    measure: str
    first: Figure | None
    second: Figure | None
    difference: Difference | None


class Comparison(JsonForm):
    """Two reports side by side, at most `limits.REPORT_LINES` of `all_lines`.

    A difference is the second one's less the first one's. `problem` says why there is none.
    """

    first: ReportHead
    second: ReportHead
    measures: list[str]
    lines: list[ComparedLine]
    all_lines: int
    problem: str | None


def side_by_side(
    heads: tuple[ReportHead, ReportHead],
    figures: tuple[Figures, Figures],
    differences: Differences,
    problem: str | None,
) -> Comparison:
    """Return two reports side by side: first what both have, then what only one has. Pure."""
    one, other = figures
    both = [key for key in one if key in other]
    keys = [*both, *(key for key in one if key not in other), *(key for key in other if key not in one)]
    measures = [*dict.fromkeys(measure for _, measure in keys)]
    keys.sort(key=lambda key: measures.index(key[1]))
    lines = [
        ComparedLine(
            case=dict(case),
            measure=measure,
            first=one.get((case, measure)),
            second=other.get((case, measure)),
            difference=differences.get((case, measure)),
        )
        for case, measure in keys[: limits.REPORT_LINES]
    ]
    return Comparison(
        first=heads[0],
        second=heads[1],
        measures=measures,
        lines=lines,
        all_lines=len(keys),
        problem=problem,
    )


def differences_in(printed: str) -> Differences:
    """Return the differences that `topowave experiment compare --json` printed.

    They are at most `limits.REPORT_LINES_READ`; reading so many takes longer than the loop may be held up.
    """
    rows: list[dict[str, Any]] = json.loads(printed)
    return {
        (case_of(row, (*DIFFERENCES, FIRST_MEAN)), str(row["measure"])): difference_of(row)
        for row in rows[: limits.REPORT_LINES_READ]
    }


class Comparer:
    """Asks `topowave experiment compare`, one at a time, and keeps the last answers.

    At most `limits.COMPARISONS_WAITING` wait for their turn, and whoever comes then is refused.

    Args:
        files: the reports.
        program: what is started; both folders and `--json` follow.
    """

    def __init__(
        self,
        files: ReportFiles,
        program: tuple[str, ...] = (sys.executable, "-P", "-m", "topowave", "experiment", "compare"),
    ) -> None:
        self._files = files
        self._program = program
        self._one_at_a_time = asyncio.Lock()
        self._asked = 0
        """How many compare or wait."""
        self._known: dict[object, Differences] = {}

    async def differences(self, first: str, second: str) -> Differences:
        """Return how far the second report's figures differ from the first one's.

        Raises:
            UnreadableReportError: they cannot be compared, which the text explains.
            Problem: 429, where too many wait.
        """
        states = tuple(self._files.changed(name, RUNS) for name in (first, second))
        for name, state in zip((first, second), states, strict=True):
            if state is not None and state[1] > limits.COMPARED_BYTES:
                raise UnreadableReportError(
                    text(
                        "{name} has too many runs to be compared here: `topowave experiment compare` does it",
                        name=name,
                    )
                )
        key = (first, second, states)
        if (known := self._known.get(key)) is not None:
            return known
        async with self._turn():
            if key not in self._known:
                printed = await self._answer(*(str(self._files.path(name)) for name in (first, second)))
                found = await in_a_thread(differences_in, printed)
                while len(self._known) >= limits.COMPARISONS_KEPT:
                    self._known.pop(next(iter(self._known)))
                self._known[key] = found
            return self._known[key]

    @asynccontextmanager
    async def _turn(self) -> AsyncGenerator[None]:
        """Wait until nobody else compares. Raises Problem where too many wait."""
        if self._asked > limits.COMPARISONS_WAITING:
            why = text(
                "{most} comparisons of reports wait for their turn already; ask again later",
                most=limits.COMPARISONS_WAITING,
            )
            raise Problem(429, text("Too many requests"), why, headers=RETRY_SOON)
        self._asked += 1
        try:
            async with self._one_at_a_time:
                yield
        finally:
            self._asked -= 1

    async def _answer(self, *folders: str) -> str:
        try:
            process = await asyncio.create_subprocess_exec(
                *self._program,
                *folders,
                "--json",
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env={**os.environ, "TOPOWAVE_LANG": "en"},
            )
        except OSError as error:
            why = str(error.strerror)
            raise UnreadableReportError(text("the comparison cannot be started: {why}", why=why)) from None
        try:
            async with asyncio.timeout(limits.COMPARE_S):
                out, complaint = await process.communicate()
        except TimeoutError:
            raise UnreadableReportError(
                text("the comparison took longer than {seconds:.0f} s", seconds=limits.COMPARE_S)
            ) from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode == 0:
            return out.decode("utf-8")
        lines = complaint.decode("utf-8", "replace").strip().splitlines()
        raise UnreadableReportError(lines[-1][:300] if lines else text("nobody says why"))
