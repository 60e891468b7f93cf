"""What the commands of `topowave topology` do.

Each returns the exit code: 0, or 2 if something is refused, with a line on standard error for every problem.
"""

from __future__ import annotations

import json
import sys
import textwrap
from dataclasses import asdict
from pathlib import Path
from typing import Any

from topowave.cli.language import say_in_language, spoken
from topowave.cli.networks import ELSEWHERE, HERE, suggesting
from topowave.cli.output import REFUSED, can_draw, complain, end_with, say
from topowave.topology import SHAPES, Problems, Topology, generate, text_tree
from topowave.topology.files import topology_text, write_text
from topowave.topology.formats.registry import FORMATS
from topowave.topology.generators.shape import DEFAULT_NODES, Shape
from topowave.topology.network_files import format_of, import_network, network_text
from topowave.topology.portable_random import fresh_seed
from topowave.topology.properties import measure
from topowave.translation import Several
from topowave.translation import text as sentence

HELP_WIDTH = 76
"""Columns of the table of shapes: help is 80 wide, and indented."""
STDOUT = Path("-")


def shapes_help() -> str:
    """The table of shapes as the help of `generate` shows it."""
    usual = Several(_usual_size(name, shape) for name, shape in SHAPES.items() if not _is_usual(shape))
    head = sentence("Shapes ({nodes} nodes, or as --nodes says; {usual}):", nodes=DEFAULT_NODES, usual=usual)
    lines = ["\b", spoken(head)]
    indent = " " * (2 + max(map(len, SHAPES)) + 2)
    for name, shape in SHAPES.items():
        first = f"  {name}".ljust(len(indent))
        lines += textwrap.wrap(
            say_in_language(shape.summary), HELP_WIDTH, initial_indent=first, subsequent_indent=indent
        )
    return "\n".join(lines)


def formats_help() -> str:
    """The table of formats as the help of `convert` shows it."""
    width = max(map(len, FORMATS)) + 2
    rows = (f"  {name.ljust(width)}{', '.join(each.endings)}" for name, each in FORMATS.items())
    return "\n".join(["\b", spoken(sentence("Formats, and the endings that mean them:")), *rows])


def _is_usual(shape: Shape) -> bool:
    return shape.nodes.default == DEFAULT_NODES


def _usual_size(name: str, shape: Shape) -> str:
    if shape.nodes.default is None:
        return sentence("{shape} varies", shape=name)
    return sentence("{shape} has {nodes}", shape=name, nodes=shape.nodes.default)


def generate_file(shape: str, nodes: int | None, seed: int | None, base_port: int, output: Path) -> int:
    """Generate a network and write it."""
    seed = fresh_seed() if seed is None else seed
    try:
        made = generate(shape, nodes=nodes, seed=seed, base_port=base_port)
        text = topology_text(made, str(output) if output != STDOUT else "")
        return _deliver(made, text, output, sentence(", seed {seed}", seed=seed))
    except Problems as refused:
        return _refuse(refused)


def show_file(file: Path, *, as_json: bool) -> int:
    """Print a network as text, or as one JSON object."""
    try:
        with suggesting(ELSEWHERE):
            imported = import_network(file)
    except Problems as refused:
        return _refuse(refused)
    topology = imported.topology
    _note(file, imported.network_notes)
    if as_json:
        _say_json({"file": str(file), **asdict(measure(topology)), "topology": topology.to_json()})
    else:
        say(text_tree(topology, ascii_only=not can_draw(sys.stdout), say=spoken))
    return 0


def check_files(files: list[Path], *, as_json: bool) -> int:
    """Check each file and print its figures or its problems."""
    reports: list[dict[str, Any]] = []
    for file in files:
        try:
            with suggesting(ELSEWHERE):
                imported = import_network(file)
        except Problems as refused:
            reports.append({"file": str(file), "ok": False, "problems": refused.problems})
            if not as_json:
                _refuse(refused)
        else:
            properties = measure(imported.topology)
            reports.append({"file": str(file), "ok": True, **asdict(properties), "notes": imported.notes})
            if not as_json:
                say(sentence("{file}: ok: {sentence}", file=file, sentence=properties.sentence()))
                _note(file, imported.notes)
    if as_json:
        _say_json(reports)
    return 0 if all(report["ok"] for report in reports) else REFUSED


def convert_file(
    source: Path,
    target: Path,
    source_format: str | None,
    target_format: str | None,
    *,
    root: str | None,
    largest: bool,
    base_port: int | None,
) -> int:
    """Read a network in one format and write it in another."""
    try:
        if target == STDOUT:
            target_format = target_format or "topology"
        target_format = format_of(target, target_format)
        with suggesting(HERE):
            imported = import_network(
                source, format=source_format, root=root, largest=largest, base_port=base_port
            )
        _note(source, imported.notes)
        text = network_text(imported.topology, target_format)
        return _deliver(imported.topology, text, target, "")
    except Problems as refused:
        return _refuse(refused)


def _deliver(topology: Topology, text: str, target: Path, more: str) -> int:
    """Write a text and say so, or print it and say so elsewhere."""
    properties = measure(topology)
    first, last = properties.ports
    summary = sentence(
        "{network}, ports {first} to {last}{more}",
        network=properties.sentence(),
        first=first,
        last=last,
        more=more,
    )
    if target == STDOUT:
        say(text.removesuffix("\n"))
        complain(summary)
    else:
        write_text(text, target)
        say(sentence("{target}: {summary}", target=target, summary=summary))
    return 0


def _refuse(refused: Problems) -> int:
    return end_with(refused).exit_code


def _note(file: Path, notes: tuple[str, ...]) -> None:
    for note in notes:
        complain(sentence("{file}: note: {note}", file=file, note=note))


def _say_json(data: object) -> None:
    say(json.dumps(data, indent=2))
