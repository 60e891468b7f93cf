"""A run in virtual time that somebody goes through: forwards, backwards and along other branches."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from topowave.sessions.breakpoints import Breakpoint
    from topowave.sessions.counterexample_order import session_of_counterexample
    from topowave.sessions.export.html import save_html
    from topowave.sessions.interventions import (
        Crash,
        Cut,
        Delay,
        Deliver,
        Drop,
        Duplicate,
        Mend,
        Restart,
    )
    from topowave.sessions.session import Session

__all__ = [
    "Breakpoint",
    "Crash",
    "Cut",
    "Delay",
    "Deliver",
    "Drop",
    "Duplicate",
    "Mend",
    "Restart",
    "Session",
    "save_html",
    "session_of_counterexample",
]

_INTERVENTIONS = ("Crash", "Cut", "Delay", "Deliver", "Drop", "Duplicate", "Mend", "Restart")
_HOMES = {
    "Breakpoint": "breakpoints",
    "Session": "session",
    "save_html": "export.html",
    "session_of_counterexample": "counterexample_order",
} | dict.fromkeys(_INTERVENTIONS, "interventions")


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
