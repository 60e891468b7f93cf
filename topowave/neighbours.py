"""Topowave's packages are plain top-level ones; a user's own file of the same name must not pass for one."""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
"""Where all our packages lie side by side."""
PACKAGES = ()


def leave_working_folder() -> None:
    """Take the working folder off the path for `python -m topowave`, so that it is the same as `topowave`.

    Python puts it first there, and a user's `topology.py` in it would be imported instead of ours.
    """
    if (
        sys.argv[0] == "-m"
        and not sys.flags.safe_path
        and sys.path
        and Path(sys.path[0]) == Path.cwd() != ROOT
    ):
        del sys.path[0]


def refuse_hidden(packages: tuple[str, ...] = PACKAGES) -> None:
    """Make sure that each of our packages is found where ours lie.

    Raises:
        ImportError: another file or folder comes first under such a name; the message names it.
    """
    for name in packages:
        place = _place(name)
        if place is not None and ROOT not in place.resolve().parents:
            raise ImportError(
                f"{place} hides Topowave's own package `{name}`: give yours another name, "
                "or start Python in another folder",
                name=name,
                path=str(place),
            )


def _place(name: str) -> Path | None:
    """Where the import system finds a name; None where it finds nothing, or only a folder without code."""
    if name in sys.modules:
        file = sys.modules[name].__file__
        return Path(file) if file else None
    spec: ModuleSpec | None = find_spec(name)
    return Path(spec.origin) if spec is not None and spec.origin is not None else None
