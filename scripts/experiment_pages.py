"""The pages of `docs/experiments`: the report of each scenario there, and what people see in it.

`python -m scripts.experiment_pages results/NAME` takes over the results that `topowave experiment run
docs/experiments/NAME.yaml` wrote. What stands between the two marks of a page was written by hand and stays.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from topowave.experiments.finished import Results, read_results
from topowave.experiments.report import pictures_of, report_markdown, report_of
from topowave.experiments.results import ResultsFolder, identity
from topowave.experiments.scenario_file import ScenarioFile, read_scenario

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "experiments"
BEGIN = "<!-- Seen: by hand. All else is by `python -m scripts.experiment_pages results/{name}`. -->"
END = "<!-- End of what was written by hand. -->"
SHOWN: dict[str, tuple[str, ...]] = {
    "policies": ("mean_response", "moved", "control_messages"),
    "policies-and-workloads": ("mean_response", "load_hops"),
    "stale-information": ("mean_response", "p99_response"),
}
"""The figures of a page, where they are not all that its scenario names."""
READ = "\n## How to read this\n"


def page(results: Results, source: ScenarioFile, seen: str) -> tuple[str, dict[str, str]]:
    """Return the text of a page, and its pictures by the names of their files.

    Args:
        results: what came out.
        source: the scenario.
        seen: what people see in it.
    """
    name = source.scenario.name
    shown = SHOWN.get(name) or source.scenario.shown_measures
    named = replace(source, name=f"docs/experiments/{source.name}")
    report = report_of(
        results.scenario, identity(source), named, results.frame, results.summary, results.pairs
    )
    report = replace(report, sections=[each for each in report.sections if each.measure in shown])
    head, mark, rest = report_markdown(report, f"pictures/{name}-").partition("\n\n## ")
    text = f"{head}\n\n{BEGIN.format(name=name)}\n\n{seen}\n\n{END}{mark}{rest}".partition(READ)[0]
    link = (
        "[How to read this](../reference/experiments.md#what-comes-out). [The other experiments](README.md)."
    )
    pictures = {f"{name}-{file}": svg for file, svg in pictures_of(report).items()}
    return f"{text}\n{link}\n", pictures


def seen_in(text: str) -> str:
    """Return what was written by hand in a page."""
    _, mark, rest = text.partition("<!-- Seen:")
    return rest.partition("-->")[2].partition(END)[0].strip() if mark else "## What is seen"


def write(folder: Path) -> Path:
    """Write the page of the results in a folder, and its pictures; returns the page's file."""
    source = read_scenario(FOLDER / f"{ResultsFolder(folder).scenario().name}.yaml")
    results = read_results(folder)
    # What the report says of the runs may change without other runs.
    words = {name: getattr(source.scenario, name) for name in ("title", "about", "measures", "compare")}
    results = replace(results, scenario=results.scenario.model_copy(update=words))
    if results.scenario != source.scenario or not results.complete:
        raise SystemExit(f"{folder}: has not all the runs of {source.name} as it is now")
    file = FOLDER / f"{source.scenario.name}.md"
    text, pictures = page(results, source, seen_in(file.read_text("utf-8") if file.exists() else ""))
    (FOLDER / "pictures").mkdir(exist_ok=True)
    for old in (FOLDER / "pictures").glob(f"{source.scenario.name}-*.svg"):
        if (
            old.name.removeprefix(f"{source.scenario.name}-").removesuffix(".svg")
            in source.scenario.all_measures
        ):
            old.unlink()
    for name, svg in pictures.items():
        (FOLDER / "pictures" / name).write_text(svg, encoding="utf-8")
    file.write_text(text, encoding="utf-8")
    return file


if __name__ == "__main__":
    for each in sys.argv[1:]:
        sys.stdout.write(f"{write(Path(each))}: written\n")
