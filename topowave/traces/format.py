"""The form of a trace, once: its version, its header and its events. `docs/reference/trace.md` describes it.

A trace is JSON lines: a header, then one line an event. Simulator, checker and live labs write it; replay,
drawing, ShiViz and notebooks read it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

VERSION = 1
"""The version of the format; a reader refuses others."""
LIVE = "live"
"""What the header of a live trace says instead of an algorithm: each wave's first event names its own."""


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a trace; what a line does not say is None.

    Attributes:
        line: its number in the file, from 1.
        t: when, in units of virtual time or seconds.
        node: where.
        event: what.
        wave: the id of the wave.
        peer: the other node.
        message: what was sent, received, decided or contributed, as JSON has it.
        message_id: `<sender>:<running number in the wave>`.
        kind: a timer's name, or why a message was dropped.
        more: what else the line says.
    """

    line: int
    t: float
    node: str | None
    event: str
    wave: str | None
    peer: str | None
    message: object
    message_id: str | None
    kind: str | None
    more: dict[str, object] = field(default_factory=dict[str, object])


def header(
    *,
    topology: object,
    algorithm: str,
    ids: Sequence[int] | None = None,
    runtime: str | None = None,
    waves: Sequence[Mapping[str, object]] | None = None,
    options: Mapping[str, object] | None = None,
    **more: object,
) -> dict[str, object]:
    """Return a trace's first line: all that a reader needs to understand it, and to run the same again.

    Args:
        topology: the network, as `header.network_json` gives it.
        algorithm: what names the first wave's class to `load_algorithm`, or `LIVE`.
        ids: the number of each node, in the network's order, where it has others than by itself.
        runtime: `simulator` or `checker`; None in a live lab.
        waves: of each wave its id, algorithm, initiators and start in units, as `wave_json` gives it.
        options: the conditions of the run by name, so far as they are not the same for all runs.
        more: what only one runtime has, such as `seed`.
    """
    about: dict[str, object] = {
        "version": VERSION,
        "runtime": runtime,
        "topology": topology,
        "ids": ids,
        **more,
    }
    about |= {"algorithm": algorithm, "waves": waves, "options": options}
    absent = ("runtime", "ids", "waves", "options")
    return {key: value for key, value in about.items() if value is not None or key not in absent}


def wave_json(
    identity: str, algorithm: str, initiators: Sequence[str], start: float = 0.0
) -> dict[str, object]:
    """Return what the header says of a wave."""
    return {"id": identity, "algorithm": algorithm, "initiators": [*initiators], "start": start}
