"""The portable functions are right to about the last digit, and the same bits everywhere."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from topowave.load.workloads.portable_math import LARGEST_EXPONENT, exp, log, power, sine_of_turn


@given(st.floats(1e-300, 1e300))
def test_log_is_the_logarithm(x: float) -> None:
    assert math.isclose(log(x), math.log(x), rel_tol=1e-15, abs_tol=1e-300)


@given(st.floats(-LARGEST_EXPONENT, LARGEST_EXPONENT))
def test_exp_is_the_exponential(x: float) -> None:
    assert math.isclose(exp(x), math.exp(x), rel_tol=4e-16)


@given(st.floats(0, 1, exclude_max=True))
def test_sine_of_turn_is_the_sine(turn: float) -> None:
    assert math.isclose(sine_of_turn(turn), math.sin(2 * math.pi * turn), abs_tol=1e-15)


@given(st.floats(1e-9, 1e9), st.floats(-10, 10))
def test_power_is_the_power(base: float, exponent: float) -> None:
    assert math.isclose(power(base, exponent), base**exponent, rel_tol=1e-13)


def test_the_bits_are_the_same_on_every_machine() -> None:
    """As they were written down once: another machine that gives others would give other workloads."""
    assert [log(x).hex() for x in (0.1, 0.7, 3.0)] == [
        "-0x1.26bb1bbb55515p+1",
        "-0x1.6d3c324e13f50p-2",
        "0x1.193ea7aad030ap+0",
    ]
    assert [exp(x).hex() for x in (-1.5, 0.3, 20.0)] == [
        "0x1.c8f87724b5c1dp-3",
        "0x1.599058c8c1a96p+0",
        "0x1.ceb088b68e804p+28",
    ]
    assert [sine_of_turn(x).hex() for x in (0.1, 0.2, 0.4, 0.9)] == [
        "0x1.2cf2304755a5ep-1",
        "0x1.e6f0e13445500p-1",
        "0x1.2cf2304755a5dp-1",
        "-0x1.2cf2304755a5dp-1",
    ]
