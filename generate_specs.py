"""Write a new topology.json: `python generate_specs.py --help`.

The same as `topowave topology generate`. It may be started by any Python: where that one lacks Topowave's
packages, the one in `.venv` takes over.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

VENV = Path(__file__).resolve().parent / ".venv"


def main() -> None:
    """Run the generator."""
    try:
        import typer  # noqa: PLC0415 - the packages may not be there

        from topowave.cli.topology import GenerateCommand, generate  # noqa: PLC0415
    except ImportError as error:
        hand_over(error)
        return
    program = typer.Typer(
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    program.command(cls=GenerateCommand)(generate)
    program()


def hand_over(error: ImportError) -> None:
    """Go on as the Python of `.venv`, if there is one and we are not that one already."""
    python = VENV / "bin" / "python"
    if not python.exists() or Path(sys.prefix).resolve() == VENV:
        sys.exit(
            f"generate_specs.py: {error}\nTopowave's packages are set up by `make run` (or `make test`)."
        )
    os.execv(python, [str(python), *sys.argv])  # noqa: S606 - our own program, no shell


if __name__ == "__main__":
    main()
