"""`topowave load repeat`: a recorded live run again in virtual time, and both side by side."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from topowave.cli.load_run import lines_of_table
from topowave.cli.options import JsonOption
from topowave.cli.output import complain, end_with, printable, say

if TYPE_CHECKING:
    from topowave.load.recordings.recording import Recording
    from topowave.load.result import LoadResult

LIVE, REPEATED = "live", "repeated"


def repeat(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `load play --record` wrote.")],
    policy: Annotated[
        list[str] | None,
        typer.Option(
            "--policy",
            "-p",
            metavar="NAME|FILE.py:CLASS",
            help="Tell also what the tasks had met with this policy, or none, and rounds of virtual time.",
        ),
    ] = None,
    nodes: Annotated[bool, typer.Option("--nodes", help="Tell also what each node completed.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Let a recorded live run happen again in virtual time, and tell both side by side.

    Tasks come when they came and hold their cores as long as they did, rounds of rebalancing begin when they
    began and see what they saw; what moves, waits and runs where, and when, follows in virtual time. With
    --policy the same tasks meet another policy, or none, with rounds of virtual time.

    For example:

        topowave load play 'hotspot:utilisation=0.7,duration=exp(1),tasks=200' --record run.json

        topowave load repeat run.json -p none -p tree-exact --nodes

    Exit code: 0, or 2 if the file or a policy is refused.
    """
    from topowave.load.recordings.reading import read_recording
    from topowave.load.repeating import repeat as repeat_recording
    from topowave.load.repeating import repeat_with
    from topowave.topology import Problems

    try:
        recording = read_recording(file)
        results = [repeat_recording(recording), *(repeat_with(recording, name) for name in policy or ())]
    except Problems as refusal:
        raise end_with(refusal) from None
    if as_json:
        say(json.dumps(_as_json(recording, results), ensure_ascii=False))
    else:
        say("\n".join(_text(recording, results, nodes=nodes)))
    for note in recording.notes:
        complain(f"note: {note}")


def _as_json(recording: Recording, results: Sequence[LoadResult]) -> dict[str, Any]:
    from dataclasses import asdict

    from topowave.load.repeating import completed_of, figures_of

    repeated = results[0].repeated
    return {
        "workload": recording.source,
        "live": {"measures": figures_of(recording), "completed_per_node": completed_of(recording)},
        "repeated": None if repeated is None else asdict(repeated),
        "results": [result.to_json() for result in results],
        "notes": [*recording.notes],
    }


def _text(recording: Recording, results: Sequence[LoadResult], *, nodes: bool) -> Iterator[str]:
    from topowave.load.measures import MEASURES
    from topowave.load.repeating import completed_of, figures_of
    from topowave.load.result import shown_value

    network = recording.topology
    what = f"{recording.source}, {len(recording.tasks):,} tasks on {len(network.nodes):,} nodes"
    yield printable(f"{what}, {recording.settings.policy}", sys.stdout)
    yield ""
    live = figures_of(recording)
    told = [each for each in MEASURES if each.name in live]
    heads = ["", LIVE, REPEATED, *(result.config.policy for result in results[1:])]
    columns = [[each.title for each in told], [shown_value(live[each.name], each.unit) for each in told]]
    for result in results:
        values = result.measures.to_json()
        columns.append([shown_value(values[each.name], each.unit) for each in told])
    yield from lines_of_table(heads, columns)
    completed = completed_of(recording)
    yield ""
    yield from _agreement(results[0], completed)
    if nodes:
        yield ""
        heads = ["node", "cpu", *(f"{head}: tasks" for head in heads[1:])]
        columns = [
            [*completed],
            [str(node.cpu) for node in network.nodes],
            [f"{n:,}" for n in completed.values()],
        ]
        columns += [[f"{node.completed:,}" for node in result.nodes] for result in results]
        yield from lines_of_table(heads, columns)


def _agreement(result: LoadResult, completed: dict[str, int]) -> Iterator[str]:
    """Say how far the repetition went as the lab did."""
    found = result.repeated
    if found is not None:
        yield f"rounds   {found.plans:,} of {found.rounds:,} planned the same moves again"
        yield f"moves    {found.as_moved:,} of {found.moves:,} took as many tasks"
        yield f"loads    {found.as_seen:,} of {found.loads:,} that waves saw were those of virtual time, too"
    same = sum(node.completed == completed[node.name] for node in result.nodes)
    yield f"nodes    {same:,} of {len(result.nodes):,} completed as many tasks"
