"""`topowave load run`: a workload on a network in virtual time, for one policy or several side by side."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from topowave.cli.language import say_in_language, spoken
from topowave.cli.load_workloads import SeedOption, read_workload
from topowave.cli.networks import read_graph_noting
from topowave.cli.options import JsonOption, LargestOption
from topowave.cli.output import UNFINISHED, complain, end_with, printable, say
from topowave.cli.progress import ProgressLine
from topowave.cli.reports import name_of
from topowave.translation import text as sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from topowave.load import LoadConfig, LoadResult, Workload
    from topowave.runtime.graph import Graph


def run(  # noqa: PLR0913, PLR0917 - the options of the command
    topology: Annotated[
        str,
        typer.Argument(metavar="FILE|SHAPE:N[:SEED]", help="The network: a file, or a shape to generate."),
    ] = "topology.json",
    workload: Annotated[
        str,
        typer.Option(
            "--workload", "-w", metavar="SPEC|FILE", help="What comes; see `topowave load workloads`."
        ),
    ] = "poisson:utilisation=0.8,duration=exp(1),tasks=10000",
    policy: Annotated[
        list[str] | None,
        typer.Option(
            "--policy",
            "-p",
            metavar="NAME|FILE.py:CLASS",
            help="Who gives to whom, or none; repeat it to compare. [default: max-load-heap]",
        ),
    ] = None,
    forecast: Annotated[
        str,
        typer.Option("--forecast", metavar="NAME", help="What tells the policy the next loads, or none."),
    ] = "none",
    placement: Annotated[
        str, typer.Option("--placement", metavar="NAME", help="Which node gets a task that names none.")
    ] = "least-loaded",
    discipline: Annotated[
        str, typer.Option("--discipline", metavar="NAME", help="Which task that waits on a node is next.")
    ] = "priority",
    seed: SeedOption = 1,
    max_cpu: Annotated[
        float, typer.Option("--max-cpu", metavar="PERCENT", help="From so much on a node is overloaded.")
    ] = 75.0,
    rebalance_interval: Annotated[
        float,
        typer.Option("--rebalance-interval", metavar="S", help="Seconds between two rounds; 0: no rounds."),
    ] = 5.0,
    report_delay: Annotated[
        float, typer.Option("--report-delay", metavar="S", help="How late the balancer hears of ends.")
    ] = 0.0,
    link_delay: Annotated[
        float,
        typer.Option("--link-delay", metavar="S", help="Of a message over a link without one of its own."),
    ] = 0.0,
    delay: Annotated[
        str,
        typer.Option(
            "--delay",
            metavar="MODEL",
            help="Of messages and moves over each link, as uniform:0.001,0.01 (s); see `simulate`.",
        ),
    ] = "none",
    move_time: Annotated[
        float, typer.Option("--move-time", metavar="S", help="How long a move of tasks takes.")
    ] = 0.0,
    hop_time: Annotated[
        float, typer.Option("--hop-time", metavar="S", help="How much longer for each link of its way.")
    ] = 0.0,
    fault: Annotated[
        list[str] | None,
        typer.Option(
            "--fault", metavar="NAME@DOWN[-UP]", help="A node goes down, and up (s); repeat it for more."
        ),
    ] = None,
    nodes: Annotated[bool, typer.Option("--nodes", help="Tell also what each node did.")] = False,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Write a row for each task to FILE.")
    ] = None,
    largest: LargestOption = False,
    as_json: JsonOption = False,
) -> None:
    """Let a workload come to a network in virtual time, and tell what became of it.

    Policies, placements and disciplines are those of a live lab; times are seconds of virtual time. The same
    words give the same figures on every machine.

    For example:

        topowave load run binary:15 --workload 'poisson:utilisation=0.9,duration=exp(1),tasks=20000'

        topowave load run grid:25 -w 'hotspot:utilisation=0.7,tasks=5000' -p none -p tree-exact

        topowave load run grid:9 -w 'hotspot:utilisation=0.7' -p predictive --forecast moving-average

        topowave load run grid:9 -w 'swf:@nasa-ipsc?tasks=2000,utilisation=0.8' --rebalance-interval 600

    Exit code: 0, 2 if something is refused, 3 after Ctrl-C.
    """
    from topowave.load.config import LoadConfig, parse_faults
    from topowave.load.simulation import topology_of
    from topowave.topology import Problems

    chosen = policy or ["max-load-heap"]
    if csv is not None and len(chosen) > 1:
        raise typer.BadParameter(sentence("takes one --policy"), param_hint="--csv")
    try:
        base = LoadConfig(
            forecast=forecast,
            max_cpu=max_cpu,
            placement=placement,
            discipline=discipline,
            rebalance_interval=rebalance_interval,
            report_delay=report_delay,
            link_delay=link_delay,
            delay=delay,
            move_time=move_time,
            hop_time=hop_time,
            faults=[each for text in fault or () for each in parse_faults(text)],
        )
        graph = read_graph_noting(topology, largest=largest)
        network, _ = topology_of(graph)
    except Problems as refusal:
        raise end_with(refusal) from None
    tasks = read_workload(workload, network, seed)
    results = [_run(graph, tasks, base.but(policy=name), seed) for name in chosen]
    if csv is not None:
        _write(results[0], csv)
    if as_json:
        for result in results:
            say(json.dumps(result.to_json(), ensure_ascii=False))
        return
    say(_table(results, nodes=nodes))
    for result in results:
        if result.measures.unfinished:
            count = f"{result.measures.unfinished:,}"
            complain(
                sentence(
                    "note: {policy}: {number} tasks could never be done: their node is down",
                    policy=result.config.policy,
                    number=count,
                )
            )


def _run(graph: Graph, tasks: Workload, config: LoadConfig, seed: int) -> LoadResult:
    """Run, with a line of progress, or end the command with what is wrong."""
    from topowave.load import simulate_load
    from topowave.topology import Problems

    line = ProgressLine()
    known = [0, len(tasks)]

    def tell(done: int, total: int, time: float) -> None:
        known[:] = done, total
        line.show(
            sentence(
                "{policy}: {done:,} of {total:,} tasks, at {time:,.0f} s; Ctrl-C ends it",
                policy=config.policy,
                done=done,
                total=total,
                time=time,
            )
        )

    try:
        return simulate_load(graph, tasks, config, seed, progress=tell)
    except Problems as refusal:
        line.end()
        raise end_with(refusal) from None
    except KeyboardInterrupt:
        line.end()
        part = sentence("{done:,} of {total:,} tasks", done=known[0], total=known[1])
        complain(
            sentence(
                "{policy}: ended by Ctrl-C after {part}; of a part nothing is told",
                policy=config.policy,
                part=part,
            )
        )
        raise typer.Exit(UNFINISHED) from None
    finally:
        line.end()


def _write(result: LoadResult, file: Path) -> None:
    from topowave.topology.problems import cannot_write

    try:
        with file.open("w", encoding="utf-8", newline="") as out:
            out.writelines(result.csv_rows())
    except OSError as error:
        raise end_with(cannot_write(file, error)) from None


def _table(results: Sequence[LoadResult], *, nodes: bool) -> str:
    """Return the figures, a column a policy; then what the nodes did."""
    first = results[0]
    workload = first.workload
    what = workload.source or workload.name
    told = sentence(
        "{network}, {workload}, {tasks:,} tasks, seed {seed}",
        network=first.network,
        workload=what,
        tasks=first.measures.tasks,
        seed=first.seed,
    )
    heads = ["", *(result.config.policy for result in results)]
    columns = [
        [name_of(title) for title, _ in first.rows()],
        *([say_in_language(value) for _, value in each.rows()] for each in results),
    ]
    parts = [printable(spoken(told), sys.stdout), "", *lines_of_table(heads, columns)]
    if nodes:
        whose = (sentence("{policy}: tasks, core-s", policy=result.config.policy) for result in results)
        heads = [name_of("node"), "cpu", *map(spoken, whose)]
        columns = [[node.name for node in first.nodes], [str(node.cpu) for node in first.nodes]]
        columns += [
            [
                spoken(sentence("{tasks:,}, {work:,.1f}", tasks=node.completed, work=node.work))
                for node in each.nodes
            ]
            for each in results
        ]
        parts += ["", *lines_of_table(heads, columns)]
    return "\n".join(parts)


def lines_of_table(heads: Sequence[str], columns: Sequence[Sequence[str]]) -> Iterable[str]:
    """Yield the lines of a table: the first column to the left, the others to the right."""
    widths = [max(map(len, (head, *column))) for head, column in zip(heads, columns, strict=True)]
    for row in (heads, *zip(*columns, strict=True)):
        first, *others = zip(row, widths, strict=True)
        cells = [first[0].ljust(first[1]), *(text.rjust(width) for text, width in others)]
        yield "  ".join(cells).rstrip()
