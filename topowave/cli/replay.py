"""`topowave replay` and `topowave draw`: what becomes of a trace."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from topowave.cli.output import complain, say
from topowave.topology import Problems
from topowave.traces.reader import read_trace
from topowave.traces.replay import replay
from topowave.traces.shiviz import shiviz_lines
from topowave.traces.space_time_diagram import draw

DIFFERENT = 1
REFUSED = 2


def replay_file(file: Path, algorithms: Sequence[str], shiviz: Path | None, *, as_json: bool) -> int:
    """Replay a trace, print what was found, and return the exit code."""
    try:
        recorded = read_trace(file)
        found = replay(recorded, *algorithms)
        if shiviz is not None:
            _write(shiviz, "\n".join(shiviz_lines(recorded)) + "\n")
    except Problems as refusal:
        return _refuse(refusal)
    if as_json:
        say(json.dumps(found.to_json(), ensure_ascii=False))
    else:
        say(
            f"{found.source}: {len(found.waves)} waves, {found.nodes} nodes fed with {found.events} events; "
            f"{found.sends} sends and {found.decides} decides reproduced, {found.different} differences"
        )
        for line in (*found.differences, *found.skipped):
            say(f"  {line}")
    return 0 if found.ok else DIFFERENT


def draw_file(file: Path, output: Path, wave: str | None) -> int:
    """Draw a trace and return the exit code."""
    try:
        diagram = draw(file, wave)
        _write(output, str(diagram))
    except Problems as refusal:
        return _refuse(refusal)
    say(f"{output}: {diagram.excerpt or 'all nodes and messages'}")
    return 0


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Problems([f"{path}: cannot be written: {error.strerror}"]) from None


def _refuse(refusal: Problems) -> int:
    for problem in refusal.problems:
        complain(problem)
    return REFUSED
