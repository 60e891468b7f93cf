from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from topowave.balancer.heartbeats import LastHeard

NODES = ["root", "amber"]


def looked(last: LastHeard, until_s: float, *hears: str) -> frozenset[str]:
    """Look as often as a balancer does, until a time; who `hears` is heard before each look."""
    now_s = last.looked_s
    while now_s < until_s:
        now_s = min(until_s, now_s + last.look_s)
        last.hear(hears, now_s)
        last.look(now_s, NODES)
    return last.silent


def test_a_node_is_silent_after_three_intervals_without_a_word() -> None:
    last = LastHeard(10, 0)
    last.look(0, NODES)
    assert looked(last, 30, "root") == set()
    assert looked(last, 30.1, "root") == {"amber"}
    assert last.unheard_s("amber", 31) == 31


def test_it_is_heard_again_at_its_next_word() -> None:
    last = LastHeard(10, 0)
    last.look(0, NODES)
    assert looked(last, 60, "root") == {"amber"}
    last.hear(["amber"], 60.5)
    last.look(60.5, NODES)
    assert last.silent == set()


def test_nobody_is_silent_of_whom_a_balancer_that_has_just_begun_has_not_heard() -> None:
    last = LastHeard(1, 1000)
    last.look(1000.5, NODES)
    assert looked(last, 1003.5) == set()
    assert looked(last, 1004) == set(NODES)


def test_a_balancer_that_was_away_gives_everybody_the_whole_time_once_more() -> None:
    last = LastHeard(1, 0)
    last.look(0, NODES)
    assert looked(last, 5, "root") == {"amber"}
    last.look(100, NODES)  # it was stopped, say: what was said meanwhile has not been read
    assert last.silent == {"amber"}
    assert looked(last, 103) == {"amber"}
    assert looked(last, 103.5) == {"amber", "root"}


def test_a_node_that_is_not_watched_any_more_is_forgotten() -> None:
    last = LastHeard(1, 0)
    last.look(0, NODES)
    assert looked(last, 5) == set(NODES)
    last.look(5.5, ["root"])
    assert last.silent == {"root"}
    last.look(6, NODES)  # its process is another one now
    assert last.silent == {"root"}


def test_what_was_heard_earlier_takes_nothing_back() -> None:
    last = LastHeard(1, 0)
    last.hear(["root"], 5)
    last.hear(["root"], 3)
    assert last.unheard_s("root", 6) == 1


@given(st.lists(st.floats(0.05, 2.9), max_size=30))
def test_whoever_is_heard_at_least_every_three_intervals_is_never_silent(pauses: list[float]) -> None:
    last, now_s = LastHeard(1, 0), 0.0
    last.look(0, NODES)
    for pause_s in pauses:
        assert "root" not in looked(last, now_s + pause_s)
        now_s += pause_s
        last.hear(["root"], now_s)
