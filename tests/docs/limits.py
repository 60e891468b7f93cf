"""Writes docs/reference/limits.md from the sources: `python -m tests.docs.limits`."""

from __future__ import annotations

import ast
import importlib
import itertools
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "reference" / "limits.md"
MODULES = {
    "topowave.wire.limits": "What the programs of a lab say to each other",
    "topowave.balancer.limits": "The balancer and the page",
    "topowave.tasks.limits": "Tasks and their journal",
    "topowave.engine.limits": "The engine",
    "topowave.topology.limits": "Networks and the files that describe them",
    "topowave.orchestrator.limits": "Processes",
    "topowave.simulator.limits": "The simulator",
    "topowave.checker.limits": "The checker",
    "topowave.sessions.limits": "Sessions",
    "topowave.load.limits": "Workloads and load in virtual time",
    "topowave.forecasts.limits": "Forecasts",
    "topowave.experiments.limits": "Experiments",
    "topowave.ray_cluster.limits": "Ray",
}
HEAD = """# Limits

Everything that could grow without end has a limit, and every wait has one too. Each is a named number in one
place; what comes above it is refused with a sentence that says so, or dropped and counted. This page is
written from the sources by `python -m tests.docs.limits`.
"""


def limits_of(module: str) -> Iterator[tuple[str, object, str]]:
    """Yield name, value and meaning of each limit of a module."""
    source = file_of(module).read_text("utf-8")
    values = vars(importlib.import_module(module))
    body = ast.parse(source).body
    for place, meaning in itertools.pairwise(body):
        if isinstance(place, ast.Assign):
            target: ast.expr = place.targets[0]
        elif isinstance(place, ast.AnnAssign):
            target = place.target
        else:
            continue
        assert isinstance(target, ast.Name)
        said = ""
        if isinstance(meaning, ast.Expr) and isinstance(meaning.value, ast.Constant):
            said = " ".join(str(meaning.value.value).split())
        yield target.id, values[target.id], said


def file_of(module: str) -> Path:
    """Return the file itself where the package only has a link to its folder."""
    return (ROOT / module.replace(".", "/")).with_suffix(".py").resolve()


def page() -> str:
    """Return the whole page."""
    parts = [HEAD]
    for module, title in MODULES.items():
        parts.append(f"\n## {title}\n\n`{file_of(module).relative_to(ROOT)}`\n\n")
        parts.append("| limit | value | meaning |\n|---|---|---|\n")
        parts += [f"| `{name}` | {_shown(value)} | {said} |\n" for name, value, said in limits_of(module)]
    return "".join(parts)


def _shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    return f"{value:,}" if isinstance(value, int) else str(value)


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
