"""A bar that says in a notebook how far an experiment is: an HTML element that is changed in its place."""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Callable
from typing import Any

SHOW_S = 0.2
"""Seconds between two changes of the bar: each is a message to the browser."""


def notebook_progress() -> Callable[[int, int], None] | None:
    """Return what shows progress in a notebook; None elsewhere, as in a terminal's IPython."""
    ipython: Any = sys.modules.get("IPython")
    shell: Any = None if ipython is None else ipython.get_ipython()
    return _Bar().show if shell is not None and hasattr(shell, "kernel") else None


class _Bar:
    def __init__(self) -> None:
        self._handle: Any = None
        self._shown = 0.0

    def show(self, done: int, total: int) -> None:
        """Say that `done` of `total` runs are done."""
        now = time.monotonic()
        if self._handle is not None and done < total and now - self._shown < SHOW_S:
            return
        self._shown = now
        text = f"{done:,} of {total:,} runs"
        data = {
            "text/plain": text,
            "text/html": f'<progress value="{done}" max="{total}" style="width:24em"></progress> {text}',
        }
        if self._handle is None:
            display: Any = importlib.import_module("IPython.display")
            self._handle = display.display(data, raw=True, display_id=True)
        else:
            self._handle.update(data, raw=True)
