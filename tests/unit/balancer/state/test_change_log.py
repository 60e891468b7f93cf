from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from topowave.balancer.limits import CHANGES_KEPT
from topowave.balancer.state.change_log import ChangeLog, Changes, Kind


class Consumer:
    """A copy of what the log is about, kept up to date from it."""

    def __init__(self, log: ChangeLog) -> None:
        self.log = log
        self.cursor = log.last
        self.seen: dict[tuple[str, str], int] = {}
        self.snapshots = 0

    def read(self, state: dict[tuple[str, str], int]) -> None:
        """Take over what changed, or everything."""
        changes = self.log.since(self.cursor)
        self.cursor = self.log.last
        if changes is None:
            self.snapshots += 1
            self.seen = dict(state)
            return
        for kind, keys in (("node", changes.nodes), ("wave", changes.waves)):
            for key in keys:
                self.seen[kind, key] = state[kind, key]


def test_two_consumers_both_see_every_change() -> None:
    log = ChangeLog()
    first = second = log.last
    log.note("node", "a")
    assert log.since(first) == Changes(nodes=("a",), waves=())
    first = log.last
    log.note("wave", "a-1")
    assert log.since(first) == Changes(nodes=(), waves=("a-1",))
    assert log.since(second) == Changes(nodes=("a",), waves=("a-1",))
    assert log.since(log.last) == Changes(nodes=(), waves=())


def test_what_changes_again_is_told_once_and_at_its_last_place() -> None:
    log = ChangeLog()
    for name in ("a", "b", "a"):
        log.note("node", name)
    assert log.since(0) == Changes(nodes=("b", "a"), waves=())
    assert log.since(1) == Changes(nodes=("b", "a"), waves=())
    assert log.since(2) == Changes(nodes=("a",), waves=())


def test_a_consumer_that_is_too_far_behind_is_told_so_and_goes_on_after_a_snapshot() -> None:
    log = ChangeLog(keep=2)
    for name in ("a", "b"):
        log.note("node", name)
    assert log.since(0) == Changes(nodes=("a", "b"), waves=())
    log.note("node", "c")
    assert log.since(0) is None
    assert log.since(1) == Changes(nodes=("b", "c"), waves=())
    cursor = log.last
    log.note("node", "a")
    assert log.since(cursor) == Changes(nodes=("a",), waves=())


def test_after_another_network_everybody_needs_a_snapshot() -> None:
    log = ChangeLog()
    log.note("node", "a")
    cursor = log.last
    log.replaced()
    assert log.since(cursor) is None
    assert log.since(log.last) == Changes(nodes=(), waves=())


def test_every_listener_is_woken_by_every_change() -> None:
    log = ChangeLog()
    woken: list[str] = []
    log.listen(lambda: woken.append("first"))
    log.listen(lambda: woken.append("second"))
    log.note("node", "a")
    log.touch()
    log.replaced()
    assert woken == ["first", "second"] * 3


def test_the_log_is_bounded() -> None:
    log = ChangeLog()
    for number in range(CHANGES_KEPT + 1):
        log.note("wave", f"a-{number}")
    assert log.since(0) is None
    changes = log.since(log.kept_after)
    assert changes is not None
    assert len(changes.waves) == CHANGES_KEPT


KEYS: st.SearchStrategy[tuple[Kind, str]] = st.tuples(
    st.sampled_from(("node", "wave")), st.sampled_from("abcde")
)


@given(st.lists(KEYS | st.sampled_from((0, 1, "replace")), max_size=40), st.integers(1, 6))
def test_whoever_reads_at_whatever_times_has_the_state_in_the_end(
    steps: list[tuple[Kind, str] | int | str], keep: int
) -> None:
    log = ChangeLog(keep)
    state: dict[tuple[str, str], int] = {}
    consumers = [Consumer(log), Consumer(log)]
    for at, step in enumerate(steps):
        if isinstance(step, int):
            consumers[step].read(state)
        elif isinstance(step, str):
            state.clear()
            log.replaced()
        else:
            state[step] = at
            log.note(*step)
    for consumer in consumers:
        consumer.read(state)
        assert consumer.seen == state
