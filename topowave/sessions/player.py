"""Playing a session's branches: any position of any branch is had from a checkpoint before it.

Theory of operation. The kernel is deterministic, so a branch is told by what was done to it and when. To be
at a position is to copy the last checkpoint at or before it, to do what was done there, and to go on event by
event, doing at each position what was done at it. Where nobody has been yet, each event is noted in the
branch's record, and a checkpoint is taken at intervals.

What must hold: position p of a branch is after p events and all that was done at positions up to p. A
checkpoint is before what was done at its own position, and never goes on itself.
"""

from __future__ import annotations

import copy
import json
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from topowave.runtime.algorithm_error import LONGEST_SAID, own_line
from topowave.runtime.handler_runner import HANDLER_DEADLINE_S, Watchdog
from topowave.runtime.value_text import error_text
from topowave.sessions.checkpoints import Checkpoints
from topowave.sessions.history import MAIN, History
from topowave.sessions.interventions import Intervention, carry_out
from topowave.sessions.limits import CACHED_ROWS, CHECKPOINT_EVENTS
from topowave.sessions.record import Record
from topowave.sessions.step_trace import StepTrace
from topowave.simulator.kernel import Kernel
from topowave.simulator.preparation import PreparedRun
from topowave.topology import Problems
from topowave.translation import text

Row = dict[str, Any]
"""One line of a trace."""
Look = Callable[[Kernel, list[str]], bool]
"""Asked after each event, with its lines; whether to stop there."""


class Player:
    """All that a session has of its runs, whatever position it is at.

    Args:
        prepared: the run.
    """

    def __init__(self, prepared: PreparedRun) -> None:
        self.prepared = prepared
        self.history = History()
        self.checkpoints = Checkpoints(prepared.kernel(tracing=StepTrace))
        self.records = {MAIN: Record()}
        self.pulse: Callable[[], None] | None = None
        """Called every `CHECKPOINT_EVENTS` events at least, by whom somebody is told that it gets on."""
        self._rows: OrderedDict[tuple[int, int], list[list[Row]]] = OrderedDict()

    @property
    def header(self) -> str:
        """The first line of the run's trace."""
        trace = self.checkpoints.first.trace
        assert isinstance(trace, StepTrace)
        return trace.whole().kept[0]

    def kernel_at(self, branch: int, position: int) -> Kernel:
        """Return a kernel at a position of a branch, or at its end if it comes before."""
        at, kernel = self.checkpoints.before(self.history.lineage(branch), position)
        made = kernel.copy()
        for each in self.history.branches[branch].at(at):
            self.carry_out(each, made)
        self.go(made, branch, position)
        return made

    def nearest(self, branch: int, position: int) -> int:
        """Return where the last checkpoint at or before a position of a branch is."""
        return self.checkpoints.before(self.history.lineage(branch), position)[0]

    def carry_out(self, intervention: Intervention, kernel: Kernel) -> list[str]:
        """Do something to a kernel between two events; return its lines. Raises Problems."""
        carry_out(intervention, kernel, self.prepared.graph, fifo=self.prepared.config.fifo)
        return _lines(kernel)

    def go(self, kernel: Kernel, branch: int, until: int | None, look: Look | None = None) -> bool:
        """Let a kernel go on along a branch, to a position or to the end.

        Args:
            kernel: which is at a position of the branch.
            branch: which.
            until: the position; None for the end.
            look: asked after each event, if given.

        Returns:
            Whether `look` had it stop.

        Raises:
            KeyboardInterrupt: Ctrl-C; the kernel is of no use then.
            Problems: a state cannot be copied.
        """
        deadline_s = self.prepared.config.deadline_s
        with Watchdog(kernel, None, HANDLER_DEADLINE_S if deadline_s is None else deadline_s):
            while kernel.ending is None and (until is None or kernel.beats < until):
                if self._advance(kernel, branch, until, look):
                    return True
        return False

    def _advance(self, kernel: Kernel, branch: int, until: int | None, look: Look | None) -> bool:
        """Go on by one event; where somebody has been, and nobody looks, as far as nothing was done."""
        if self.pulse is not None:
            self.pulse()
        history, record = self.history.branches[branch], self.records[branch]
        before = kernel.beats
        to = before + 1
        if look is None and before < len(record):
            stops = (until, len(record), history.next_act(before), before + CHECKPOINT_EVENTS)
            to = min(each for each in stops if each is not None)
        try:
            kernel.advance(to)
        except Exception as error:
            raise Problems([self._not_copied(error)]) from error
        if kernel.ending in ("interrupted", "time"):
            raise KeyboardInterrupt
        trace = kernel.trace
        assert isinstance(trace, StepTrace)
        lines, noted = trace.take()
        position = kernel.beats
        if len(record) < position == before + 1:
            record.add(noted)
            if kernel.ending is None and self.checkpoints.wanted(branch, position):
                self._keep(branch, position, kernel)
        if position > before:
            for each in history.at(position):
                lines += self.carry_out(each, kernel)
        return look is not None and position > before and look(kernel, lines)

    def _keep(self, branch: int, position: int, kernel: Kernel) -> None:
        try:
            self.checkpoints.keep(branch, position, kernel.copy())
        except Exception:  # noqa: BLE001 - a class may have attributes that raise anything when copied
            return  # such a run is played again from further back

    def _not_copied(self, error: Exception) -> str:
        algorithm = self.prepared.plans[0].algorithm
        found = own_line(algorithm, error.__traceback__)
        where = "" if found is None else " ({}, line {}: {})".format(*found)
        return text(
            "{name}: the state of a node cannot be copied: {error}",
            name=algorithm.name,
            error=f"{error_text(error, LONGEST_SAID)}{where}",
        )

    def rows(self, branch: int, start: int, stop: int) -> list[list[Row]]:
        """Return the lines of the events that lead from position `start` to `stop`, a list for each event."""
        found: list[list[Row]] = []
        for chunk in range(start // CHECKPOINT_EVENTS, (stop - 1) // CHECKPOINT_EVENTS + 1):
            first = chunk * CHECKPOINT_EVENTS
            found += self._chunk(branch, chunk)[max(0, start - first) : stop - first]
        return found

    def _chunk(self, branch: int, chunk: int) -> list[list[Row]]:
        known = self._rows.get((branch, chunk))
        if known is not None:
            self._rows.move_to_end((branch, chunk))
            return known
        found: list[list[Row]] = []
        start = chunk * CHECKPOINT_EVENTS
        end = min(start + CHECKPOINT_EVENTS, len(self.records[branch]))

        def look(_: Kernel, lines: list[str]) -> bool:
            found.append([json.loads(line) for line in lines])
            return False

        self.go(self.kernel_at(branch, start), branch, end, look)
        if end == start + CHECKPOINT_EVENTS < len(self.records[branch]):
            self._rows[branch, chunk] = found
            if len(self._rows) > CACHED_ROWS:
                self._rows.popitem(last=False)
        return found

    def leave(self, parent: int, branch: int) -> None:
        """Begin the record of a branch with what it shares with its parent."""
        self.records[branch] = self.records[parent].until(self.history.branches[branch].fork)

    def forget(self, branch: int, behind: int) -> None:
        """Forget what was seen of a branch behind a position, since it will be another."""
        self.records[branch] = self.records[branch].until(behind)
        self.checkpoints.forget(branch, behind)
        for key in [key for key in self._rows if key[0] == branch]:
            del self._rows[key]

    def remove(self, branch: int) -> None:
        """Forget a branch."""
        self.forget(branch, -1)
        del self.records[branch]
        self.history.remove(branch)

    def copy(self) -> Player:
        """Return a player that goes on by itself."""
        made = copy.copy(self)
        made.history = self.history.copy()
        made.checkpoints = self.checkpoints.copy()
        made.records = {branch: record.until(len(record)) for branch, record in self.records.items()}
        made._rows = OrderedDict()
        return made


def _lines(kernel: Kernel) -> list[str]:
    trace = kernel.trace
    assert isinstance(trace, StepTrace)
    return trace.take()[0]
