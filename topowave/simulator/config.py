"""`SimulationConfig`: the one list of a simulation's options.

Whoever has options reads it: `topowave simulate` makes its command line of the fields, `simulate()` its
keywords and its help, a trace its header. To add an option, add a field here, let the kernel or `preparation`
do what it says, and describe it in `docs/reference/simulator.md`.

This module imports nothing that takes long: the command line is made of it at every call of `topowave`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from topowave.runtime.identities import Identities

Inputs = Mapping[str, object] | Sequence[object] | Callable[[int], object] | None
"""What the nodes contribute: by name, in the order of the nodes, or a function of the number."""
Progress = Callable[[int, float], None]
"""Called from time to time with the number of events and the virtual time."""


@dataclass(frozen=True, kw_only=True)
class Option:
    """What an option of `SimulationConfig` is to a command, to a trace and to people.

    Attributes:
        name: of the field.
        default: what holds if it is not given.
        help: one sentence for the command's help.
        about: what a program's author has to know beyond that.
        flags: how the command writes it, such as `--seed`; none if it is not an option of the command.
        kind: what the command makes of the words: `int`, `float`, `str`, `bool`, `Path` or `list[str]`.
        metavar: how the command's help names the value.
        least: the smallest number that the command takes.
        recorded: whether a trace's header has it: always, or (as for any option to come, so that digests of
            earlier runs stay what they are) only where it is not the default.
    """

    name: str = ""
    default: Any = None
    help: str
    about: str = ""
    flags: tuple[str, ...] = ()
    kind: Any = str
    metavar: str | None = None
    least: int | None = None
    recorded: Literal["always", "changed", "never"] = "never"


def _described(help_text: str, *flags: str, **more: Any) -> dict[str, Option]:
    return {"option": Option(help=help_text, flags=flags, **more)}


@dataclass(frozen=True, kw_only=True)
class SimulationConfig:
    """All that a run depends on beside the algorithm and the network. `options` describes each field."""

    initiators: Sequence[str] | None = field(
        default=None,
        metadata=_described(
            "A node that starts; repeat it for more. By default as `topowave algorithms` says.",
            "--initiator",
            "-i",
            kind=list[str],
            metavar="NAME",
            about="names; by default the usual ones: the root, or all nodes in an election",
        ),
    )
    seed: int = field(
        default=0,
        metadata=_described(
            "Seed of all random choices.",
            "--seed",
            kind=int,
            metavar="N",
        ),
    )
    delay: str = field(
        default="constant:1",
        metadata=_described(
            "constant:T, uniform:LEAST,MOST, exponential:MEAN, or links[:T] for each link's own.",
            "--delay",
            metavar="MODEL",
            recorded="always",
        ),
    )
    fifo: bool = field(
        default=False,
        metadata=_described(
            "Links keep their messages in order.",
            "--fifo",
            kind=bool,
            recorded="always",
        ),
    )
    loss: float = field(
        default=0.0,
        metadata=_described(
            "Probability that a message is lost.",
            "--loss",
            kind=float,
            metavar="P",
            recorded="always",
        ),
    )
    duplicate: float = field(
        default=0.0,
        metadata=_described(
            "Probability that a message arrives twice.",
            "--duplicate",
            kind=float,
            metavar="P",
            recorded="always",
        ),
    )
    faults: str | Path | Mapping[str, Any] | None = field(
        default=None,
        metadata=_described(
            "What goes wrong: crashes, cuts, partitions.",
            "--fault",
            kind=Path,
            metavar="FILE",
            recorded="always",
            about="a file, or its content",
        ),
    )
    inputs: Inputs = field(
        default=None,
        metadata=_described(
            "What the nodes contribute: JSON, {NAME: VALUE}.",
            "--inputs",
            kind=Path,
            metavar="FILE",
            about="by name, in the order of the nodes, or a function of the number",
        ),
    )
    ids: Identities = field(
        default="in-order",
        metadata=_described(
            "Which node has which number: in-order (around a ring), reversed, random[:SEED], or a FILE.",
            "--ids",
            metavar="ORDER|FILE",
            recorded="changed",
            about="or the number of each node, in order or by its name",
        ),
    )
    trace: str | Path | None = field(
        default=None,
        metadata=_described(
            "Write every event to FILE, one a line.",
            "--trace",
            kind=Path,
            metavar="FILE",
        ),
    )
    max_events: int | None = field(
        default=None,
        metadata=_described(
            "Stop after so many events, as a run that does not end.",
            "--max-events",
            kind=int,
            metavar="N",
            least=1,
        ),
    )
    time_s: float | None = field(
        default=None,
        metadata=_described(
            "Take at most so long; by default as long as it takes.",
            "--time",
            kind=float,
            metavar="SECONDS",
            about="measured by the clock, not in virtual time",
        ),
    )
    memory_mb: int | None = field(
        default=None,
        metadata=_described(
            "Take at most so much memory; 0 for no limit. [default: 6000, or 3/4 of what is free]",
            "--memory",
            kind=int,
            metavar="MB",
            least=0,
            about="in Python by default no limit",
        ),
    )
    fast: bool = field(
        default=False,
        metadata=_described(
            "Leave out what costs time: bits and dependence.",
            "--fast",
            kind=bool,
            about="as beyond 10,000 nodes in any case; no effect with a trace, faults, losses or duplicates",
        ),
    )
    progress: Progress | None = field(
        default=None,
        metadata=_described(
            "Called about twice a second with the number of events and the virtual time.",
        ),
    )
    deadline_s: float | None = field(
        default=None,
        metadata=_described(
            "How long one handler may take (s).",
            about="by default `HANDLER_DEADLINE_S`",
        ),
    )

    def recorded(self) -> dict[str, object]:
        """Return the options that a trace's header has, by name."""
        return {
            option.name: getattr(self, option.name)
            for option in options()
            if option.recorded == "always"
            or (option.recorded == "changed" and getattr(self, option.name) != option.default)
        }


def options() -> Iterator[Option]:
    """Yield the options in their order."""
    for each in fields(SimulationConfig):
        found: Option = each.metadata["option"]
        assert each.default is not MISSING
        yield replace(found, name=each.name, default=each.default)
