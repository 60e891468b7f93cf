"""`topowave check`: run, print, and choose the exit code."""

from __future__ import annotations

import json
import sys
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from topowave.checker.check import MAX_STATES, TIME_S, check
from topowave.cli.output import complain, say, with_short_path
from topowave.cli.progress import ProgressLine
from topowave.topology import Problems

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
    say(json.dumps(result.to_json(), ensure_ascii=False) if as_json else with_short_path(str(result)))
    if asked.trace is not None and result.violation is None and not as_json:
        complain(f"{asked.trace}: not written, since no run breaks a condition")
    return 0 if result.ok else VIOLATED


class _Progress(ProgressLine):
    """How far a long search is."""

    def __call__(self, network: str, states: int, done: int, cases: int) -> None:
        which = f"{done + 1} of {cases}: {network}" if cases > 1 else network
        self.show(f"{which[:50]}: {states:,} states; Ctrl-C ends the search")
