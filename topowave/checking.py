"""`topowave check`: run, print, and choose the exit code."""

from __future__ import annotations

import json
import os
import sys
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from simulator.checker import MAX_STATES, TIME_S, check
from topology import Problems
from topowave.output import complain, say

VIOLATED = 1
REFUSED = 2
DEFAULT_TOPOLOGY = "topology.json"


@dataclass(frozen=True)
class Asked:
    """What was typed; see `topowave check --help`."""

    algorithm: str
    topology: str | None
    all_connected: int | None
    initiators: list[str] | None
    loss: int
    duplicate: int
    crash: int
    fifo: bool
    max_states: int | None
    time_s: float | None
    trace: Path | None


def run_check(asked: Asked, *, as_json: bool) -> int:
    """Check, print what came out, and return the exit code."""
    progress = _Progress()
    topology = asked.topology
    if topology is None and asked.all_connected is None:
        topology = DEFAULT_TOPOLOGY
    try:
        with redirect_stdout(sys.stderr):  # what a handler prints is not part of the result
            result = check(
                asked.algorithm,
                topology,
                all_connected=asked.all_connected,
                initiators=asked.initiators,
                fifo=asked.fifo,
                loss=asked.loss,
                duplicate=asked.duplicate,
                crash=asked.crash,
                max_states=MAX_STATES if asked.max_states is None else asked.max_states,
                time_s=TIME_S if asked.time_s is None else asked.time_s or None,
                trace=asked.trace,
                progress=progress,
            )
    except Problems as refusal:
        progress.end()
        for problem in refusal.problems:
            complain(problem)
        return REFUSED
    progress.end()
    say(json.dumps(result.to_json(), ensure_ascii=False) if as_json else _with_short_path(str(result)))
    if asked.trace is not None and result.violation is None and not as_json:
        complain(f"{asked.trace}: not written, since no run breaks a condition")
    return 0 if result.ok else VIOLATED


def _with_short_path(text: str) -> str:
    """Return the text with files below the working directory as they would be typed."""
    return text.replace(f"{Path.cwd()}{os.sep}", "")


class _Progress:
    """One line on a terminal that says how far a long search is."""

    def __init__(self) -> None:
        self._shown = False
        self._dead = not sys.stderr.isatty()

    def __call__(self, network: str, states: int, done: int, cases: int) -> None:
        if self._dead:
            return
        which = f"{done + 1} of {cases}: {network}" if cases > 1 else network
        self._write(f"\r\x1b[K{which[:50]}: {states:,} states; Ctrl-C ends the search")
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
