from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topowave.runtime.virtual_time import LONGEST, TICKS, to_ticks, to_units


@given(st.integers(0, int(LONGEST) * TICKS))
def test_a_time_in_ticks_survives_the_way_to_units_and_back(ticks: int) -> None:
    assert to_ticks(to_units(ticks)) == ticks


@pytest.mark.parametrize("units", [-0.001, LONGEST * 2, float("nan"), float("inf")])
def test_what_is_no_time_is_refused(units: float) -> None:
    with pytest.raises(ValueError, match="is not a time"):
        to_ticks(units)
