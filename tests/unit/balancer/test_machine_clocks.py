from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from topowave.balancer.machine_clocks import JUMP_US, JUMPED, MACHINES, WINDOW, MachineClocks

S = 1_000_000
AHEAD_US = 5_000 * S
"""By how much our clock is ahead of the other machine's."""


def heard(clocks: MachineClocks, at_us: int, delay_us: int, ahead_us: int = AHEAD_US) -> None:
    """Hear what the other machine's clock was `delay_us` ago."""
    clocks.hear("theirs", at_us - delay_us - ahead_us, at_us)


def test_the_clock_of_this_machine_is_shifted_by_exactly_nothing() -> None:
    clocks = MachineClocks("ours")
    clocks.hear("ours", 1 * S, 3 * S)
    assert clocks.shift_us("ours") == 0


def test_a_machine_of_which_nothing_was_heard_is_not_shifted() -> None:
    assert MachineClocks("ours").shift_us("theirs") == 0


@given(st.lists(st.integers(0, JUMP_US), min_size=1, max_size=WINDOW))
def test_the_shift_is_that_of_the_shortest_way_and_never_early(delays_us: list[int]) -> None:
    clocks = MachineClocks("ours")
    for number, delay_us in enumerate(delays_us):
        heard(clocks, 10_000 * S + 10 * S * number, delay_us)
    assert clocks.shift_us("theirs") == AHEAD_US + min(delays_us)


def test_a_clock_that_drifts_is_followed() -> None:
    clocks = MachineClocks("ours")
    for number in range(1000):
        heard(clocks, 10_000 * S + 10 * S * number, 300, AHEAD_US + 500 * number)  # 50 in a million
    assert 0 <= AHEAD_US + 999 * 500 - clocks.shift_us("theirs") <= WINDOW * 500


def test_a_machine_that_slept_while_its_clock_stood_still_is_known_after_a_few_heartbeats() -> None:
    clocks = MachineClocks("ours")
    for number in range(10):
        heard(clocks, 10_000 * S + 10 * S * number, 300)
    for number in range(JUMPED):
        assert clocks.shift_us("theirs") == AHEAD_US + 300
        heard(clocks, 20_000 * S + 10 * S * number, 300, AHEAD_US + 60 * S)
    assert clocks.shift_us("theirs") == AHEAD_US + 60 * S + 300


def test_one_heartbeat_that_was_long_on_its_way_changes_nothing() -> None:
    clocks = MachineClocks("ours")
    for number in range(10):
        heard(clocks, 10_000 * S + 10 * S * number, 40 * S if number == 5 else 300)
        assert clocks.shift_us("theirs") == AHEAD_US + 300


def test_where_our_machine_slept_that_is_known_at_once() -> None:
    clocks = MachineClocks("ours")
    heard(clocks, 10_000 * S, 300)
    heard(clocks, 10_010 * S, 300, AHEAD_US - 60 * S)
    assert clocks.shift_us("theirs") == AHEAD_US - 60 * S + 300


def test_the_clocks_of_a_thousand_machines_are_known_and_no_more() -> None:
    clocks = MachineClocks("ours")
    for number in range(MACHINES + 1):
        clocks.hear(f"boot {number}", 1, 10)
    assert (clocks.shift_us("boot 0"), clocks.shift_us("boot 1")) == (0, 9)
