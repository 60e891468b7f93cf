"""`topowave load repeat`: a recorded live run again in virtual time, and both side by side."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from topowave.cli.language import number_text, say_in_language, spoken
from topowave.cli.load_run import lines_of_table
from topowave.cli.options import JsonOption
from topowave.cli.output import complain, end_with, printable, say
from topowave.cli.reports import name_of, rows_text
from topowave.translation import text as sentence

if TYPE_CHECKING:
    from topowave.load.measures import MeasureInfo
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
        complain(sentence("note: {note}", note=note))


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

    network = recording.topology
    what = sentence(
        "{workload}, {tasks:,} tasks on {nodes:,} nodes, {policy}",
        workload=_source(recording.source),
        tasks=len(recording.tasks),
        nodes=len(network.nodes),
        policy=recording.settings.policy,
    )
    yield printable(spoken(what), sys.stdout)
    yield ""
    live = figures_of(recording)
    told = [each for each in MEASURES if each.name in live]
    heads = ["", name_of(LIVE), name_of(REPEATED), *(result.config.policy for result in results[1:])]
    columns = [[name_of(each.title) for each in told], [_shown(live, each) for each in told]]
    for result in results:
        values = result.measures.to_json()
        columns.append([_shown(values, each) for each in told])
    yield from lines_of_table(heads, columns)
    completed = completed_of(recording)
    yield ""
    yield rows_text(_agreement(results[0], completed), least=7)
    if nodes:
        yield ""
        whose = (sentence("{whose}: tasks", whose=head) for head in heads[1:])
        heads = [name_of("node"), "cpu", *map(spoken, whose)]
        columns = [
            [*completed],
            [str(node.cpu) for node in network.nodes],
            [number_text(n) for n in completed.values()],
        ]
        columns += [[number_text(node.completed) for node in result.nodes] for result in results]
        yield from lines_of_table(heads, columns)


def _source(said: str) -> str:
    """Return what was played, which a recording keeps as a text, as a sentence."""
    if said.endswith(" times as fast"):
        rest, _, speedup = said.removesuffix(" times as fast").rpartition(", ")
        return sentence("{workload}, {speedup} times as fast", workload=_source(rest), speedup=speedup)
    spec, _, seed = said.partition(", seed ")
    return sentence("{workload}, seed {seed}", workload=spec, seed=seed) if seed else said


def _shown(values: Mapping[str, float | None], measure: MeasureInfo) -> str:
    """Return a figure as people read it."""
    from topowave.load.result import shown_value

    return say_in_language(shown_value(values[measure.name], measure.unit))


def _agreement(result: LoadResult, completed: dict[str, int]) -> Iterator[tuple[str, str]]:
    """Say how far the repetition went as the lab did."""
    found = result.repeated
    if found is not None:
        plans = sentence(
            "{same:,} of {all:,} planned the same moves again", same=found.plans, all=found.rounds
        )
        moves = sentence("{same:,} of {all:,} took as many tasks", same=found.as_moved, all=found.moves)
        loads = sentence(
            "{same:,} of {all:,} that waves saw were those of virtual time, too",
            same=found.as_seen,
            all=found.loads,
        )
        yield from (("rounds", plans), ("moves", moves), ("loads", loads))
    same = sum(node.completed == completed[node.name] for node in result.nodes)
    nodes = sentence("{same:,} of {all:,} completed as many tasks", same=same, all=len(result.nodes))
    yield "nodes", nodes
