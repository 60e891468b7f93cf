"""`topowave load workloads`: which workloads there are, or what one is."""

from __future__ import annotations

import json
import sys
from collections.abc import Container, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from topowave.cli.language import say_in_language, spoken
from topowave.cli.options import JsonOption
from topowave.cli.output import end_with, printable, say
from topowave.cli.progress import ProgressLine
from topowave.cli.reports import rows_text
from topowave.translation import text

if TYPE_CHECKING:
    from topowave.load.workloads import Workload
    from topowave.load.workloads.describe import Description
    from topowave.load.workloads.kinds import Kind
    from topowave.load.workloads.parameters import Parameter
    from topowave.topology import Topology

MEGABYTE = 1_000_000

SpecArgument = Annotated[
    str,
    typer.Argument(
        metavar="SPEC|FILE",
        help="KIND:NAME=VALUE,..., swf:FILE?NAME=VALUE,..., or a .swf or .csv file, gzipped or not.",
    ),
]
SeedOption = Annotated[
    int, typer.Option("--seed", metavar="N", min=0, help="The same seed draws the same tasks.")
]


def workloads(
    spec: Annotated[
        str | None,
        typer.Argument(
            metavar="[SPEC|FILE]", help="Describe this one; without it the kinds and their parameters."
        ),
    ] = None,
    topology: Annotated[
        Path | None,
        typer.Option("--topology", "-t", metavar="FILE", help="The network that it is for: cores and names."),
    ] = None,
    seed: SeedOption = 1,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Write its tasks as a table; - prints it.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """List the kinds of workloads, or describe one: how much, how bursty, how skewed.

    For example:

        topowave load workloads

        topowave load workloads 'swf:@nasa-ipsc?tasks=2000,utilisation=0.8' --topology topology.json

        topowave load workloads 'mmpp:rate=100,duration=exp(0.5)' --csv bursts.csv

    Exit code: 0, or 2 if the workload or the network is refused.
    """
    if spec is None:
        say(json.dumps(kinds_as_json()) if as_json else _kinds_text())
        return
    network = None if topology is None else network_of(topology)
    found = read_workload(spec, network, seed)
    if csv is not None:
        _write(found, csv)
        if str(csv) == "-":
            return
    say(_described(found, network, as_json=as_json))


def network_of(file: Path) -> Topology:
    """Return the network of a file, or end the command with what is wrong with it."""
    from topowave.cli.networks import read_lab_network
    from topowave.topology import Problems

    try:
        return read_lab_network(file)
    except Problems as refusal:
        raise end_with(refusal) from None


def read_workload(spec: str, network: Topology | None, seed: int) -> Workload:
    """Return a workload, with a line of progress meanwhile, or end the command with what is wrong."""
    from topowave.load.workloads import workload_of
    from topowave.load.workloads.places import NeedsNetwork
    from topowave.topology import Problems

    line = ProgressLine()

    def tell(done: int, total: int) -> None:
        line.show(
            text("reading: {done:,.1f} of {total:,.1f} MB", done=done / MEGABYTE, total=total / MEGABYTE)
        )

    try:
        return workload_of(spec, network, seed, progress=tell)
    except Problems as refusal:
        line.end()
        if isinstance(refusal, NeedsNetwork):
            refusal = refusal.suggesting("--topology FILE")
        raise end_with(refusal) from None
    finally:
        line.end()


def kinds_as_json() -> list[dict[str, Any]]:
    """Return what there is, as plain data."""
    from topowave.load.workloads.kinds import KINDS

    return [
        {
            "kind": kind.name,
            "summary": kind.summary,
            "source": kind.source,
            "parameters": [
                {
                    "name": each.name,
                    "form": each.form,
                    "meaning": each.meaning,
                    "default": None if each.default is None else _usual(each.default),
                }
                for each in kind.parameters
            ],
        }
        for kind in KINDS.values()
    ]


def _kinds_text() -> str:
    """Return the kinds for people: what several of them have comes once, at the end."""
    from topowave.load.workloads.durations import DISTRIBUTIONS
    from topowave.load.workloads.kinds import DURATION, KINDS, ON_LOGS, RATE, SHARED, TASKS, UTILISATION
    from topowave.load.workloads.parameters import form_of

    drawn, everywhere = (TASKS, RATE, UTILISATION, DURATION), (*SHARED,)
    blocks = [_kind_text(kind, {*drawn, *ON_LOGS, *everywhere}) for kind in KINDS.values()]
    distributions = [
        f"  {form_of(each):28} {say_in_language(each.summary)}" for each in DISTRIBUTIONS.values()
    ]
    return "\n\n".join(
        [
            *blocks,
            "\n".join([spoken(text("What is drawn has (batch no rate):")), *map(_row, drawn)]),
            "\n".join([spoken(text("Logs have:")), *map(_row, ON_LOGS)]),
            "\n".join(
                [
                    spoken(text("All have (swf takes weight and category out of the log, csv category):")),
                    *map(_row, everywhere),
                ]
            ),
            "\n".join([spoken(text("Durations are a number of seconds, or")), *distributions]),
        ]
    )


def _kind_text(kind: Kind, known: Container[Parameter]) -> str:
    rows = [f"{kind.name}: {say_in_language(kind.summary)}"]
    return "\n".join([*rows, *(_row(each) for each in kind.parameters if each not in known)])


def _row(each: Parameter) -> str:
    usual = "" if each.default is None else f" ({_usual(each.default)})"
    return f"  {each.name + '=' + each.form:28} {say_in_language(each.meaning)}{usual}"


def _usual(default: object) -> str:
    return f"{default:g}" if isinstance(default, float) else str(default)


def _described(found: Workload, network: Topology | None, *, as_json: bool) -> str:
    from topowave.load.workloads.describe import BARS, describe
    from topowave.load.workloads.make import cores_of

    figures = describe(found, None if network is None else cores_of(network))
    if as_json:
        about = {"name": found.name, "source": found.source, "seed": found.seed, "notes": [*found.notes]}
        return json.dumps(about | figures.to_json(), ensure_ascii=False)
    return _text(found, figures, plain=printable(BARS, sys.stdout) != BARS)


def _text(found: Workload, figures: Description, *, plain: bool) -> str:
    """Return a workload for people: its figures, its histogram and its notes."""
    from topowave.load.workloads.describe import bars_of, rows_of, title_of

    bars = ((say_in_language(below), bar) for below, bar in bars_of(figures, plain=plain))
    notes = (spoken(text("note: {note}", note=note)) for note in found.notes)
    rows = rows_text(rows_of(found, figures, plain=plain), least=11)
    return "\n".join([spoken(title_of(found)), rows, *(f"{below:>16} {bar}" for below, bar in bars), *notes])


def _write(found: Workload, path: Path) -> None:
    from topowave.load.workloads.csv_table import csv_text
    from topowave.topology.problems import cannot_write

    parts: Iterable[str] = csv_text(found)
    if str(path) == "-":
        for part in parts:
            say(part.removesuffix("\n"))
        return
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            file.writelines(parts)
    except OSError as error:
        raise end_with(cannot_write(path, error)) from None
