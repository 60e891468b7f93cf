"""What is documented of each algorithm, made from its class: a page, and a line among the public names.

`python -m scripts.algorithm_pages` writes them.
"""

from __future__ import annotations

import inspect
import re
import sys
import typing
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from inspect import cleandoc
from pathlib import Path

from topowave.algorithms import Algorithm, Bounds, Centre, Fifo, Ring, RootedTree, Tree
from topowave.algorithms.initiators import usual_initiators_text
from topowave.algorithms.registry import ALIASES, FAMILIES
from topowave.runtime.message_types import declared_types
from topowave.sessions.code import pseudocode

FOLDER = Path(__file__).parents[1] / "docs" / "reference" / "algorithms"

PYTHON_PAGE = FOLDER.parent / "python.md"
LIBRARY_TABLE = re.compile(r"(\| name \| what it is \| in commands \|\n\|---\|---\|---\|\n)(?:\|.*\n)*")
"""The table of the library's classes on the page of public names."""

DECIDERS = {"one": "exactly one node", "some": "at least one node", "all": "every node"}

SHAPES = ((Ring, "ring:8"), (RootedTree, "binary:15"), (Tree, "tree:8"), (Centre, "star:8"))
"""For a requirement, a shape that meets it; any other algorithm runs on a grid."""

NOTE = "<!-- Written by `python -m scripts.algorithm_pages` from the class; do not edit. -->\n"

CITATION = re.compile(r"\b(1[89]|20)\d\d\b")
"""What the paragraph of a docstring has that names its sources: a year."""


def pages() -> dict[str, str]:
    """Return the text of every page by its file name."""
    found = {f"{cls.name}.md": page(cls) for family in FAMILIES.values() for cls in family}
    return {"README.md": overview()} | found


def overview() -> str:
    """Return the page that lists all algorithms."""
    lines = [
        "# The algorithms",
        "",
        NOTE,
        "N is the number of nodes, |E| of links, |A| of arcs (a link that works both ways is two), D the",
        "diameter: the longest of all shortest paths. Time is that of the last decision, if all initiators",
        "start at 0 and a message takes one unit at most. Each page tells what the algorithm needs and what",
        "is proven of it; every run is held against that.",
        "`topowave algorithms` prints the same list.",
    ]
    for family, algorithms in FAMILIES.items():
        lines += [
            "",
            f"## {family}",
            "",
            "| algorithm | needs | messages | time | decides |",
            "|---|---|---|---|---|",
        ]
        for cls in algorithms:
            needs = "; ".join(requirement.name for requirement in cls.requires)
            row = (
                f"[{cls.title}]({cls.name}.md)",
                needs,
                messages(cls.bounds),
                time(cls.bounds),
                DECIDERS[cls.deciders],
            )
            lines.append(_row(row))
    return "\n".join(lines) + "\n"


def page(cls: type[Algorithm]) -> str:
    """Return the page of one algorithm."""
    summary, text, sources = description(cls)
    facts = [
        ("name", ", ".join(f"`{name}`" for name in names(cls))),
        ("needs", "; ".join(requirement.name for requirement in cls.requires)),
        ("starts", f"{usual_initiators_text(cls)}, where a run names nobody"),
        ("each node is told", "; ".join(need.text for need in cls.needs) or "only its own neighbours"),
        ("messages", messages(cls.bounds)),
        ("time", time(cls.bounds)),
        ("decides", DECIDERS[cls.deciders]),
        ("a wave", "yes" if cls.wave else "no"),
    ]
    file = f"{cls.__module__.replace('.', '/')}.py"
    parts = [
        f"# {cls.title}",
        NOTE.strip(),
        summary,
        "\n".join(["| | |", "|---|---|", *map(_row, facts)]),
        *text,
        "## Pseudocode",
        f"```text\n{(pseudocode(cls) or '').rstrip()}\n```",
        "## Try it",
        f"```sh\n{command(cls)}\n```",
        "## Its data",
        "\n".join(f"- {line}" for line in data(cls)),
        "## Source",
        *(sources or ["The lab course that this project grew out of."]),
        f"The code: [{file}](../../../{file}).",
    ]
    return "\n\n".join(parts) + "\n"


def with_library(text: str) -> str:
    """Return the page of public names with a line for each class of the library, as they are now."""
    rows = (
        _row((f"`{cls.__name__}`", f"[{cls.title}](algorithms/{cls.name}.md): {family}", f"`{cls.name}`"))
        for family, classes in FAMILIES.items()
        for cls in classes
    )
    table = "".join(f"{row}\n" for row in rows)
    return LIBRARY_TABLE.sub(lambda head: head[1] + table, text)


def description(cls: type[Algorithm]) -> tuple[str, list[str], list[str]]:
    """Return a docstring's first paragraph, the others, and the last one if it names sources."""
    paragraphs = cleandoc(cls.__doc__ or "").split("\n\n")
    sources = paragraphs[-1:] if CITATION.search(paragraphs[-1]) else []
    return paragraphs[0], paragraphs[1 : len(paragraphs) - len(sources)], sources


def names(cls: type[Algorithm]) -> list[str]:
    """Return the names by which the command line knows an algorithm."""
    return [cls.name, *(alias for alias, name in ALIASES.items() if name == cls.name)]


def messages(bounds: Bounds) -> str:
    """Return the bound on messages in words."""
    if not bounds.messages_text:
        return "no bound"
    return f"{'exactly' if bounds.exact else 'at most'} {bounds.messages_text}"


def time(bounds: Bounds) -> str:
    """Return the bound on time in words."""
    return f"at most {bounds.time_text}" if bounds.time_text else "none is stated"


def command(cls: type[Algorithm]) -> str:
    """Return a command that runs an algorithm on a network that suits it."""
    shape = next((shape for requirement, shape in SHAPES if requirement in cls.requires), "grid:9")
    fifo = " --fifo" if Fifo in cls.requires else ""
    return f"topowave simulate {cls.name} --topology {shape}{fifo}"


def data(cls: type[Algorithm]) -> Iterator[str]:
    """Yield a line for each kind of message, and for what the decision is if that has a class of its own."""
    for kind in dict.fromkeys([*_decisions(cls), *declared_types(cls)]):
        arguments = ", ".join(field.name for field in fields(kind))
        meaning = cleandoc(kind.__doc__ or "").split("\n\n")[0]
        yield f"`{kind.__name__}({arguments})`: {meaning}"


def _decisions(cls: type[Algorithm]) -> Iterator[type]:
    """Yield the dataclasses that methods of the class return: what it decides on."""
    for _, method in inspect.getmembers(cls, inspect.isfunction):
        kind = typing.get_type_hints(method).get("return")
        if isinstance(kind, type) and is_dataclass(kind):
            yield kind


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def write(folder: Path) -> list[Path]:
    """Write what is not up to date, remove pages of algorithms that are gone, and return what was touched."""
    folder.mkdir(parents=True, exist_ok=True)
    found = pages()
    touched = [path for path in folder.glob("*.md") if path.name not in found]
    for path in touched:
        path.unlink()
    return touched + [path for name, text in found.items() if _written(path := folder / name, text)]


def _written(path: Path, text: str) -> bool:
    """Write a file where it is not `text` already; return whether it was written."""
    if path.exists() and path.read_text("utf-8") == text:
        return False
    path.write_text(text, "utf-8")
    return True


def main() -> None:
    """Write the pages, and say which of them were not up to date."""
    changed = write(FOLDER)
    if _written(PYTHON_PAGE, with_library(PYTHON_PAGE.read_text("utf-8"))):
        changed.append(PYTHON_PAGE)
    for path in changed:
        sys.stdout.write(f"{path.name}\n")


if __name__ == "__main__":
    main()
