"""Progress on a terminal, drawn only when told to: a process that forks must have no drawing thread."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from topowave.cli.language import say_in_language, spoken
from topowave.cli.output import printable

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class ProgressBar:
    """Shows how far something is, on standard error, and only where that is a terminal."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._drawn: tuple[Progress, TaskID] | None = None
        self._dead = not sys.stderr.isatty()

    def show(self, done: int, total: int) -> None:
        """Draw the bar at `done` of `total`."""
        if self._dead:
            return
        try:
            progress, task = self._drawn or self._begin(total)
            progress.update(task, completed=done, total=total)
            progress.refresh()
        except (OSError, SystemExit):  # the terminal is gone; rich would end the program
            self._dead = True

    def end(self) -> None:
        """Remove the bar."""
        if self._dead or self._drawn is None:
            return
        self._dead = True
        try:
            self._drawn[0].stop()
        except (OSError, SystemExit):
            return

    def _begin(self, total: int) -> tuple[Progress, TaskID]:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )

        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn(say_in_language("left")),
            TimeRemainingColumn(),
        )
        # What is printed meanwhile comes above the bar, whole; but what goes to a file or a pipe goes there.
        console = Console(stderr=True, soft_wrap=True)
        progress = Progress(
            *columns,
            console=console,
            auto_refresh=False,
            transient=True,
            redirect_stdout=bool(sys.stdout) and sys.stdout.isatty(),
        )
        progress.start()
        self._drawn = progress, progress.add_task(say_in_language(self._what), total=total)
        return self._drawn


class ProgressLine:
    """One line that says how far something long is, on standard error, and only where that is a terminal."""

    def __init__(self) -> None:
        self._shown = False
        self._dead = not sys.stderr.isatty()

    def show(self, text: str) -> None:
        """Put `text` in the place of what stands there."""
        if not self._dead:
            self._write(f"\r\x1b[K{printable(spoken(text), sys.stderr)}")
            self._shown = True

    def end(self) -> None:
        """Remove the line."""
        if self._shown and not self._dead:
            self._write("\r\x1b[K")

    def _write(self, text: str) -> None:
        try:
            sys.stderr.write(text)
            sys.stderr.flush()
        except OSError:
            self._dead = True
