"""`topowave chaos`: break the lab that runs at random, and tell what held meanwhile."""

from __future__ import annotations

import asyncio
import json
import signal
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from topowave.cli.language import say_in_language, spoken
from topowave.cli.options import BALANCER, BalancerOption, JsonOption
from topowave.cli.output import FAILED, refuse, say
from topowave.cli.progress import ProgressBar
from topowave.cli.reports import rows_text
from topowave.translation import sentence_of
from topowave.translation import text as sentence

if TYPE_CHECKING:
    from topowave.experiments.chaos.plan import FaultName, Level
    from topowave.experiments.chaos.report import ChaosReport
    from topowave.experiments.chaos.target import ChaosTarget

SECONDS_A_MINUTE = 60


def chaos(
    balancer: BalancerOption = BALANCER,
    seed: Annotated[
        int, typer.Option("--seed", metavar="N", min=0, help="The same seed gives the same faults.")
    ] = 1,
    minutes: Annotated[
        float, typer.Option("--minutes", metavar="M", min=0.05, max=1440, help="How long.")
    ] = 1.0,
    intensity: Annotated[
        Literal["low", "medium", "high"],
        typer.Option("--intensity", help="How often, and how many nodes at once."),
    ] = "medium",
    faults: Annotated[
        str,
        typer.Option("--faults", metavar="LIST", help="What is done; `all` is with deploys."),
    ] = "kill,stop,cut,balancer",
    as_json: JsonOption = False,
) -> None:
    """Break the lab that runs, at random, and tell what held: kill, stop and cut nodes, kill the balancer.

    With `--faults all` or `--faults deploys` nodes also join and leave; the lab has as many in the end
    as before, and not all by the same names.

    Tasks are submitted and echo waves started all the while. In the end everything continues and
    the lab mends. Ctrl-C ends it early, with the report so far.

    For example:

        topowave chaos

        topowave chaos --seed 7 --minutes 5 --intensity high

        topowave chaos --faults deploys,kill

    Exit code: 0 if all held, 1 if something did not, 2 if no lab answers or an option is wrong.
    """
    from topowave.client import LabError
    from topowave.experiments.chaos.target import find_target

    chosen = _chosen(faults)
    try:
        target = find_target(balancer)
    except LabError as error:
        raise refuse([sentence_of(error)]) from None
    report = asyncio.run(_run(target, seed, SECONDS_A_MINUTE * minutes, intensity, chosen, quiet=as_json))
    say(json.dumps(report.as_json()) if as_json else _text(report))
    raise typer.Exit(0 if report.held else FAILED)


def _text(report: ChaosReport) -> str:
    """Return a report for people, as `report.text()` has it in English."""
    wrong = (f"  {say_in_language(each)}" for each in report.wrong_lines())
    rows = [*report.rows()]
    lines = rows_text(rows, least=10, indent="  ").split("\n")
    if report.scripts:
        after = [name for name, _ in rows].index("scripts") + 1
        lines.insert(after, rows_text(report.script_rows(), indent="    "))
    return "\n".join([spoken(report.title()), *lines, spoken(report.verdict()), *wrong])


def _chosen(text: str) -> list[FaultName]:
    """Return the faults that a list names; end with a sentence where it names others, or none."""
    from topowave.experiments.chaos.plan import KINDS

    named = list(KINDS) if text.strip() == "all" else [name.strip() for name in text.split(",")]
    unknown = [name for name in named if name not in KINDS]
    if unknown:
        raise refuse(
            [
                sentence(
                    "--faults: {unknown} is none; there are {kinds}, and all",
                    unknown=repr(unknown[0]),
                    kinds=", ".join(KINDS),
                )
            ]
        )
    return [name for name in KINDS if name in named]


async def _run(
    target: ChaosTarget,
    seed: int,
    seconds: float,
    level: Level,
    faults: list[FaultName],
    *,
    quiet: bool,
) -> ChaosReport:
    from topowave.experiments.chaos.run import run_chaos

    loop = asyncio.get_running_loop()
    over = asyncio.Event()

    def end_early() -> None:
        over.set()
        loop.remove_signal_handler(signal.SIGINT)  # a second Ctrl-C ends at once

    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:  # as it is in the background of a script
        loop.add_signal_handler(signal.SIGINT, end_early)
    return await run_chaos(target, seed, seconds, level, ChaosDisplay(quiet=quiet), over, faults)


class ChaosDisplay:
    """Shows how a run goes on: a bar, and unless it is to be quiet a line for each event."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._bar = ProgressBar("chaos")

    def on_progress(self, elapsed_s: float, total_s: float) -> None:
        """Move the bar."""
        self._bar.show(round(elapsed_s), round(total_s))

    def on_event(self, elapsed_s: float, text: str) -> None:
        """Print a line."""
        if not self._quiet:
            at = say_in_language(f"{elapsed_s:.1f} s")
            say(f"{at:>9}  {say_in_language(text)}")

    def on_last_fault(self) -> None:
        """Remove the bar."""
        self._bar.end()
