"""`topowave simulate` and `topowave algorithms`: run, print, and choose the exit code."""

from __future__ import annotations

import json
import sys
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from topowave.algorithms.initiators import usual_initiators_text
from topowave.algorithms.registry import LIBRARY
from topowave.cli.output import complain, say, with_short_path
from topowave.cli.progress import ProgressLine
from topowave.simulator import Run, simulate
from topowave.topology import Problems

VIOLATED = 1
REFUSED = 2


@dataclass(frozen=True)
class Asked:
    """What was typed; see `topowave simulate --help`."""

    algorithm: str
    topology: str
    initiators: list[str] | None
    seed: int
    delay: str
    fifo: bool
    loss: float
    duplicate: float
    fault: Path | None
    inputs: Path | None
    trace: Path | None
    max_events: int | None
    fast: bool


def run_simulation(asked: Asked, *, as_json: bool) -> int:
    """Run, print what came out, and return the exit code."""
    progress = Progress()
    try:
        with redirect_stdout(sys.stderr):  # what a handler prints is not part of the result
            run = _simulate(asked, progress)
    except Problems as refusal:
        progress.end()
        for problem in refusal.problems:
            complain(problem)
        return REFUSED
    except KeyboardInterrupt:
        progress.end()
        complain("interrupted before the run began")
        return VIOLATED
    progress.end()
    if as_json:
        say(json.dumps(run.to_json(), ensure_ascii=False))
        if run.mistake is not None:
            complain(f"{run.algorithm}: {with_short_path(str(run.mistake))}")
    else:
        say(with_short_path(str(run)))
    if run.ending == "interrupted":
        complain("interrupted: this is what is known so far")
        return VIOLATED
    return 0 if run.ok else VIOLATED


def _simulate(asked: Asked, progress: Progress) -> Run:
    progress.prepare()
    return simulate(
        asked.algorithm,
        asked.topology,
        initiators=asked.initiators,
        inputs=_read_inputs(asked.inputs),
        seed=asked.seed,
        delay=asked.delay,
        fifo=asked.fifo,
        loss=asked.loss,
        duplicate=asked.duplicate,
        faults=asked.fault,
        trace=asked.trace,
        max_events=asked.max_events,
        fast=asked.fast,
        progress=progress,
    )


def list_algorithms(*, as_json: bool) -> int:
    """Print the library."""
    if as_json:
        say(json.dumps([_described(name) for name in LIBRARY], ensure_ascii=False))
        return 0
    width = max(map(len, LIBRARY))
    for name in LIBRARY:
        found = _described(name)
        bound = "no proven bound"
        if found["messages"]:
            bound = f"{'exactly' if found['exact'] else 'at most'} {found['messages']} messages"
        say(f"{name:{width}}  {found['summary']}")
        for text in (f"needs {'; '.join(found['requires'])}", f"{bound}; started by {found['starts']}"):
            say(f"{'':{width}}  {text}")
    return 0


def _described(name: str) -> dict[str, Any]:
    cls = LIBRARY[name]
    summary = (cls.__doc__ or "").strip().splitlines()
    return {
        "name": name,
        "title": cls.title,
        "summary": summary[0] if summary else "",
        "wave": cls.wave,
        "requires": [requirement.name for requirement in cls.requires],
        "starts": usual_initiators_text(cls),
        "needs": [need.text for need in cls.needs],
        "messages": cls.bounds.messages_text,
        "exact": cls.bounds.exact,
        "time": cls.bounds.time_text,
    }


def _read_inputs(path: Path | None) -> dict[str, object] | None:
    if path is None:
        return None
    try:
        data: object = json.loads(path.read_bytes())
    except OSError as error:
        raise Problems([f"{path}: {error.strerror}"]) from None
    except (ValueError, RecursionError) as error:
        raise Problems([f"{path}: is not JSON: {error}"]) from None
    if not isinstance(data, dict):
        raise Problems([f"{path}: expected an object like {{NAME: VALUE}}"])
    return cast("dict[str, object]", data)


class Progress(ProgressLine):
    """How far a long run is."""

    def prepare(self) -> None:
        """Say that there is no run yet."""
        self.show("making the network")

    def __call__(self, events: int, time: float) -> None:
        """Show how many events there were, and how far virtual time is."""
        self.show(f"{events:,} events, virtual time {time:,.1f}; Ctrl-C ends the run")
