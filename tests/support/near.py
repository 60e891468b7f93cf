"""What is nearly equal, with the types that pytest does not say."""

from __future__ import annotations

from collections.abc import Sequence

import pytest


def near(expected: float | Sequence[float], *, rel: float = 1e-6, abs: float = 1e-12) -> object:
    """Return what equals a number, or each number of a list, within `rel` of it or within `abs`."""
    return pytest.approx(expected, rel=rel, abs=abs)  # pyright: ignore[reportUnknownMemberType]
