from __future__ import annotations

import math
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topowave.simulator.delays import Delay, natural_logarithm, parse_delay
from topowave.simulator.random_streams import RandomStreams
from topowave.topology import Problems

draws = st.integers(0, 2**64 - 1)


def many(text: str) -> list[int]:
    delay, stream = parse_delay(text), RandomStreams(1, "delay", 1)
    return [delay.ticks(0, stream.next(0)) for _ in range(20_000)]


@given(draws)
def test_a_uniform_delay_lies_between_its_limits(draw: int) -> None:
    delay = parse_delay("uniform:1,10")
    assert 1_000_000 <= delay.ticks(0, draw) <= 10_000_000


def test_both_limits_of_a_uniform_delay_can_occur() -> None:
    delay = parse_delay("uniform:0,0.000001")
    assert {delay.ticks(0, 0), delay.ticks(0, 2**64 - 1)} == {0, 1}


@given(draws)
def test_a_constant_delay_is_constant(draw: int) -> None:
    assert parse_delay("constant:2.5").ticks(0, draw) == 2_500_000


@given(draws)
def test_an_exponential_delay_is_never_negative(draw: int) -> None:
    assert parse_delay("exponential:3").ticks(0, draw) >= 0


@pytest.mark.parametrize(("text", "mean"), [("uniform:1,10", 5.5e6), ("exponential:3", 3e6)])
def test_delays_have_the_mean_that_they_should_have(text: str, mean: float) -> None:
    assert abs(statistics.mean(many(text)) / mean - 1) < 0.03


def test_exponential_delays_spread_as_much_as_their_mean() -> None:
    assert abs(statistics.stdev(many("exponential:3")) / 3e6 - 1) < 0.03


def test_a_link_has_its_own_delay() -> None:
    delay = Delay("links", "links", 1_000_000, per_arc=[5, 7])
    assert (delay.ticks(1, 0), delay.most) == (7, 7)


def test_only_an_exponential_delay_has_no_longest() -> None:
    longest = [parse_delay(text).most for text in ("constant:1", "uniform:1,3", "exponential:1")]
    assert longest == [1_000_000, 3_000_000, None]


@pytest.mark.parametrize("text", ["constant:1", "uniform:1,3", "exponential:4", "links", "links:2"])
def test_a_typical_delay_is_no_less_than_the_least(text: str) -> None:
    delay = parse_delay(text)
    assert delay.least <= delay.typical
    assert delay.text == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "constant",
        "constant:x",
        "constant:-1",
        "uniform:3",
        "uniform:3,1",
        "exponential:0",
        "links:1,2",
        "a:1",
    ],
)
def test_what_is_no_delay_is_refused_with_the_forms_there_are(text: str) -> None:
    with pytest.raises(Problems, match="uniform:LEAST,MOST"):
        parse_delay(text)


@given(st.floats(2.0**-53, 1.0))
def test_our_logarithm_is_the_logarithm(value: float) -> None:
    assert math.isclose(natural_logarithm(value), math.log(value), rel_tol=4e-15, abs_tol=2e-15)


def test_our_logarithm_gives_the_same_bits_everywhere() -> None:
    assert [natural_logarithm(value).hex() for value in (0.3, 2.0**-53, 0.9999)] == EXPECTED


EXPECTED = ["-0x1.34378fcbda720p+0", "-0x1.25e4f7b2737fap+5", "-0x1.a3738d2cf1cc2p-14"]
