"""`topowave topology ...`: make, look at, convert and check descriptions of networks.

What the commands do is in `topowave.cli.topology_actions`, which is imported when one of them is called.
`generate_specs.py` offers the same `generate` as a program of its own.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from topowave.cli.options import JsonOption, LargestOption


class GenerateCommand(TyperCommand):
    """The command `generate`, whose help ends with the table of shapes."""

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write the table; only here, because reading it imports networkx."""
        from topowave.cli.topology_actions import shapes_help

        self.epilog = shapes_help()
        super().format_epilog(ctx, formatter)


class ConvertCommand(TyperCommand):
    """The command `convert`, whose help ends with the table of formats."""

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write the table."""
        from topowave.cli.topology_actions import formats_help

        self.epilog = formats_help()
        super().format_epilog(ctx, formatter)


topology = typer.Typer(
    help="""Make, show, convert and check descriptions of networks.

    For example:

        topowave topology generate --shape grid --nodes 25 --seed 7

        topowave topology show
    """,
    no_args_is_help=True,
    rich_markup_mode=None,
)

DEFAULT_FILE = Path("topology.json")
FileArgument = Annotated[
    Path,
    typer.Argument(metavar="FILE", help="A topology.json, or a network in any format that convert reads."),
]


@topology.command(cls=GenerateCommand)
def generate(
    nodes: Annotated[
        int | None,
        typer.Option("--nodes", "-n", metavar="N", help="How many nodes, exactly.", show_default=False),
    ] = None,
    shape: Annotated[str, typer.Option("--shape", "-s", metavar="SHAPE", help="See below.")] = "course",
    seed: Annotated[
        int | None,
        typer.Option(
            "--seed",
            metavar="N",
            help="An integer from 0: the same seed gives the same file, byte for byte. Without it a new "
            "network each time; its seed is printed.",
            show_default=False,
        ),
    ] = None,
    base_port: Annotated[
        int,
        typer.Option("--base-port", metavar="PORT", help="The root's port; the others follow depth-first."),
    ] = 8000,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="Where to write it; - prints it.")
    ] = DEFAULT_FILE,
) -> None:
    """Write a new topology.json.

    For example:

        topowave topology generate --shape small-world --nodes 40 --seed 7

    Without options it is the lab course's kind of tree: a root with two children, then 0 to 3 children each,
    up to three levels below the root, cpu 2, 4, 6 or 8, ports from 8000 upwards, names at random.

    Exit code: 0, or 2 if it cannot be made or written.
    """
    from topowave.cli.topology_actions import generate_file

    raise typer.Exit(generate_file(shape, nodes, seed, base_port, output))


@topology.command()
def show(file: FileArgument = DEFAULT_FILE, as_json: JsonOption = False) -> None:
    """Print a network as a tree with each node's name, port and cpu, then the links that the tree lacks.

    For example:

        topowave topology show

        topowave topology show network.graphml

    Exit code: 0, or 2 if the file is refused.
    """
    from topowave.cli.topology_actions import show_file

    raise typer.Exit(show_file(file, as_json=as_json))


@topology.command()
def check(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE", help="The files to check.", show_default=False)
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Tell all that is wrong with files, or their figures: nodes, links, depth, diameter. Starts nothing.

    Without a FILE it is topology.json that is checked. For example:

        topowave topology check topology.json ring.json

    Exit code: 0 if all are good, 2 if one is refused.
    """
    from topowave.cli.topology_actions import check_files

    raise typer.Exit(check_files(files or [DEFAULT_FILE], as_json=as_json))


@topology.command(cls=ConvertCommand)
def convert(
    source: Annotated[
        Path, typer.Argument(metavar="SOURCE", help="The network to read.", show_default=False)
    ],
    target: Annotated[
        Path, typer.Argument(metavar="TARGET", help="The file to write; - prints it.", show_default=False)
    ],
    from_: Annotated[
        str | None,
        typer.Option("--from", metavar="FORMAT", help="Format of SOURCE, if its name does not tell."),
    ] = None,
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="FORMAT", help="Format of TARGET, if its name does not tell."),
    ] = None,
    root: Annotated[
        str | None,
        typer.Option(
            "--root", metavar="NAME", help="The root; else the node with the most links.", show_default=False
        ),
    ] = None,
    largest: LargestOption = False,
    base_port: Annotated[
        int | None,
        typer.Option(
            "--base-port", metavar="PORT", help="Number the ports anew from here.", show_default=False
        ),
    ] = None,
) -> None:
    """Turn a network of any known format into any other; what had to be changed is told as notes.

    A network that is no tree becomes the tree of shortest ways from its root, and links. For example:

        topowave topology convert abilene.graphml topology.json --root Chicago

        topowave topology convert topology.json lab.dot

    Exit code: 0, or 2 if the source is refused or the target cannot be written.
    """
    from topowave.cli.topology_actions import convert_file

    raise typer.Exit(convert_file(source, target, from_, to, root=root, largest=largest, base_port=base_port))
