"""Pure state machines open nothing, so these many small tests need not look for what is left open."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _no_leaks() -> None:  # pyright: ignore[reportUnusedFunction]
    """Takes the place of the check in the folder above."""
