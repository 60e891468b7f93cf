"""Which modules a page names, and whether they are there."""

from __future__ import annotations

import re
from importlib.util import find_spec

_MODULE = re.compile(r"`(topowave(?:\.\w+)+)`")


def missing_modules(text: str) -> list[str]:
    """Return the modules that `text` names in backquotes, as in `topowave.wire`, and that are not there."""
    return [name for name in modules_in(text) if not _exists(name)]


def modules_in(text: str) -> list[str]:
    """Return the modules that `text` names in backquotes."""
    return _MODULE.findall(text)


def _exists(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # a package above it is not there either
        return False
