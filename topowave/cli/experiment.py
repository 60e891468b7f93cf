"""`topowave experiment`: many runs of a scenario, their tables with intervals, and their report."""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from topowave.cli.experiment_tables import columns_text, figure_text, table_text, title_of
from topowave.cli.options import JsonOption
from topowave.cli.output import FAILED, REFUSED, UNFINISHED, complain, end_with, say, write_file
from topowave.cli.progress import ProgressBar
from topowave.cli.ray_option import RayCommand
from topowave.cli.reports import name_of
from topowave.translation import text as sentence

if TYPE_CHECKING:
    from topowave.experiments.finished import Results

RESULTS = Path("results")
"""In which folder of the working directory results are kept, where nobody says."""
INTERRUPTED = 130

experiment = typer.Typer(
    help="""Run a scenario many times, and tell what came of it with confidence intervals.

    For example:

        topowave experiment run scenario.yaml

    Exit code: 0; 1 if a run was not ok; 2 if a file or an option is refused.
    """,
    no_args_is_help=True,
    rich_markup_mode=None,
)
FolderArgument = Annotated[
    Path, typer.Argument(metavar="FOLDER", help="What `topowave experiment run` wrote.", show_default=False)
]
MeasureOption = Annotated[
    list[str] | None,
    typer.Option("--measure", metavar="NAME", help="Only this figure; may be given more than once."),
]


@contextmanager
def _refusing() -> Generator[None]:
    """End the command with a sentence where something is refused, or the extra is not installed."""
    from topowave.topology.problems import Problems

    try:
        yield
    except Problems as refusal:
        raise end_with(refusal) from None
    except ModuleNotFoundError as missing:
        if (missing.name or "").startswith("topowave"):
            raise
        from topowave.experiments import EXTRA

        complain(sentence("{name} is missing; {extra}", name=missing.name, extra=EXTRA))
        raise typer.Exit(REFUSED) from None


class RunCommand(RayCommand):
    """The command `run`."""

    other_endings = (".yaml", ".yml", ".json")


@experiment.command(cls=RunCommand)
def run(
    scenario: Annotated[Path, typer.Argument(metavar="FILE", help="The scenario, YAML or JSON.")],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FOLDER", help="Where the results go. [default: results/NAME]"),
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", "-j", metavar="N", min=1, max=512, help="Processes. [default: one a core]"),
    ] = None,
    ray: Annotated[
        str | None,
        typer.Option(
            "--ray",
            metavar="[ADDRESS]",
            help="Do the runs in Ray: in one of this machine's own, or in the cluster at auto, HOST:PORT or "
            "ray://HOST:PORT.",
            show_default=False,
        ),
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget the results that are there.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Run every combination that a scenario asks for, with every seed, and write tables and a report.

    What is finished is kept: after Ctrl-C or a crash the same command does the rest. The results do not
    depend on the number of processes, nor on the machines.

    For example:

        topowave experiment run scenario.yaml

        topowave experiment run scenario.yaml --jobs 4 --out /tmp/mine --fresh

        topowave experiment run scenario.yaml --ray auto

    Exit code: 0; 1 if a run was not ok, 2 if the scenario is refused, 130 after Ctrl-C.
    """
    with _refusing():
        from topowave.experiments.experiment import run_experiment
        from topowave.experiments.scenario_file import read_scenario

        source = read_scenario(scenario)
        folder = out or RESULTS / source.scenario.name
        bar = ProgressBar("runs")
        try:
            results = run_experiment(
                source, folder, jobs=jobs, fresh=fresh, progress=bar.show, ray=ray or False
            )
        except KeyboardInterrupt:
            bar.end()
            complain(
                sentence(
                    "interrupted; what is finished is kept in {folder}: the same command does the rest",
                    folder=folder,
                )
            )
            raise typer.Exit(INTERRUPTED) from None
        finally:
            bar.end()
        _tell(results, None, as_json=as_json)
        if not as_json:
            say(
                sentence(
                    "\n{folder} has the pictures, {folder_2} all runs",
                    folder=folder / "report.html",
                    folder_2=folder / "results.csv",
                )
            )
        raise typer.Exit(0 if results.ok else FAILED)


@experiment.command()
def show(folder: FolderArgument, measure: MeasureOption = None, as_json: JsonOption = False) -> None:
    """Print the tables of an experiment that was run, all of it or some.

    For example:

        topowave experiment show results/policies --measure makespan

    Exit code: 0; 1 if a run was not ok, 2 if there are no results, 3 if some are still to be done.
    """
    with _refusing():
        from topowave.experiments.finished import read_results

        results = read_results(folder)
        _tell(results, measure, as_json=as_json)
        raise typer.Exit(0 if results.ok else FAILED if results.complete else UNFINISHED)


@experiment.command()
def compare(
    first: FolderArgument,
    second: FolderArgument,
    measure: MeasureOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print how far the second experiment's figures differ from the first one's, pair of runs by pair.

    For example:

        topowave experiment compare results/before results/after

    Exit code: 0; 2 if they cannot be compared.
    """
    with _refusing():
        from topowave.experiments.compare import compare_results
        from topowave.experiments.finished import read_results
        from topowave.experiments.words import interval_text, number_text

        one, other = read_results(first), read_results(second)
        _check_measures(one, measure)
        lines = compare_results(one, other)
        if measure:
            lines = lines[lines["measure"].isin(measure)]
        if as_json:
            say(lines.to_json(orient="records"))
            return
        names = [*dict.fromkeys([*one.scenario.varied, *other.scenario.varied])]
        heads = [
            *names,
            *map(name_of, ("figure", "first", "difference", "%", "effect", "pairs")),
        ]
        rows = [
            [
                *(str(line[name]) for name in names),
                title_of(line["measure"]),
                figure_text(number_text(line["first"])),
                figure_text(interval_text(line["difference"], line["low"], line["high"])),
                figure_text(number_text(line["percent"])),
                figure_text(number_text(line["effect"])),
                str(line["pairs"]),
            ]
            for line in lines.to_dict("records")
        ]
        say(columns_text(heads, rows, words=len(names) + 1))


@experiment.command("list")
def list_results(
    folder: Annotated[Path, typer.Argument(metavar="[FOLDER]", help="Where results are.")] = RESULTS,
    as_json: JsonOption = False,
) -> None:
    """List the experiments of a folder: what they are about, and how many of their runs are done.

    Exit code: 0; 2 if there is no such folder.
    """
    with _refusing():
        from topowave.experiments.results import SCENARIO, ResultsFolder
        from topowave.topology.problems import Problems

        if not folder.is_dir():
            raise Problems(
                [
                    sentence(
                        "{folder}: there is no such folder; `topowave experiment run` makes it", folder=folder
                    )
                ]
            )
        found: list[dict[str, Any]] = []
        for path in sorted(folder.glob(f"*/{SCENARIO}")):
            each = ResultsFolder(path.parent)
            try:
                scenario, done = each.scenario(), len(each.rows())
            except Problems as refusal:
                complain("; ".join(refusal.problems))
                continue
            found.append(
                {
                    "folder": str(path.parent),
                    "kind": scenario.kind,
                    "done": done,
                    "runs": len(scenario),
                    "title": scenario.title or scenario.name,
                }
            )
        if as_json:
            say(json.dumps(found, ensure_ascii=False))
        elif not found:
            say(sentence("{folder}: no experiment has been run into it yet", folder=folder))
        else:
            names = ["folder", "kind", "title", "done", "runs"]
            rows = [[str(each[name]) for name in names] for each in found]
            say(columns_text([*map(name_of, names)], rows, words=3))


@experiment.command()
def schema(
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write it there instead of printing it.")
    ] = None,
) -> None:
    """Print the JSON Schema of scenarios, by which an editor completes and checks them.

    Exit code: 0; 1 if it cannot be written.
    """
    with _refusing():
        from topowave.experiments.scenario_schema import scenario_schema

        text = json.dumps(scenario_schema(), indent=2)
        if out is None:
            say(text)
        else:
            write_file(out, text + "\n")


def _check_measures(results: Results, measures: list[str] | None) -> None:
    from topowave.topology.problems import Problems, did_you_mean

    known = results.scenario.all_measures
    wrong = [
        sentence(
            "--measure: there is no {measure!r}{did_you_mean}; there are {measures}",
            measure=name,
            did_you_mean=did_you_mean(name, known),
            measures=", ".join(known),
        )
        for name in measures or ()
        if name not in known
    ]
    if wrong:
        raise Problems(wrong)


def _tell(results: Results, measures: list[str] | None, *, as_json: bool) -> None:
    """Print the tables of an experiment."""
    _check_measures(results, measures)
    wanted = [*(measures or results.scenario.shown_measures)]
    if as_json:
        summary = results.summary[results.summary["measure"].isin(wanted)]
        pairs = results.pairs[results.pairs["measure"].isin(wanted)]
        answer = {
            "name": results.scenario.name,
            "done": len(results.frame),
            "runs": len(results.scenario),
            "verdicts": {str(k): int(v) for k, v in results.frame["verdict"].value_counts().items()},
            "summary": json.loads(summary.to_json(orient="records")),
            "compared": json.loads(pairs.to_json(orient="records")),
        }
        say(json.dumps(answer, ensure_ascii=False))
        return
    for line in results.told():
        say(line)
    for name, table in results.tables(wanted).items():
        say(f"\n{title_of(name)}")
        say(table_text(table, name))
