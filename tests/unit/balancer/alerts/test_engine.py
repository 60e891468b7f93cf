"""The states of alerts: in their order, with no flapping, one alert for what belongs together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topowave.balancer.alerts.engine import AlertEngine, AlertRecord
from topowave.balancer.alerts.facts import DownNode, Facts, GrowingQueue
from topowave.balancer.limits import ALERT_NODES, ALERTS_AT_ONCE, ALERTS_KEPT
from topowave.topology.alert_settings import AlertSettings

FOR_S, QUIET_S, BOUND, CALM = 10.0, 20.0, 75.0, 90.0
SETTINGS = AlertSettings(
    overload_for=FOR_S, quiet_for=QUIET_S, calm=CALM, node_down_for=FOR_S, off=["imbalance"]
)
NAMES = st.sampled_from("abc")


def engine() -> AlertEngine:
    numbers = count(1)
    return AlertEngine(lambda: str(next(numbers)))


def loads(now_s: float, found: Mapping[str, float]) -> Facts:
    """What is gathered of nodes with such loads (percent): those that are calm are left out."""
    least = BOUND * CALM / 100
    return Facts(now_s, SETTINGS, BOUND, {name: load for name, load in found.items() if load >= least})


def down(now_s: float, causes: dict[str, str]) -> Facts:
    return Facts(
        now_s, SETTINGS, down={name: DownNode("dead", None, cause) for name, cause in causes.items()}
    )


def story(tried: AlertEngine, moments: Iterable[Facts]) -> list[tuple[float, str]]:
    """Return the states of all alerts, each with when it was first seen in it."""
    seen: dict[tuple[str, str], float] = {}
    for facts in moments:
        tried.look(facts)
        for alert in (*tried.history, *tried.active):
            seen.setdefault((alert.id, alert.state), facts.now_s)
    return [(at_s, state) for (_, state), at_s in seen.items()]


def test_an_overload_is_pending_then_firing_then_resolved() -> None:
    tried = engine()
    moments = [loads(t, {"a": 80.0 if t < 40 else 0.0}) for t in range(80)]
    assert story(tried, moments) == [(0, "pending"), (FOR_S, "firing"), (40 + QUIET_S, "resolved")]
    (over,) = tried.history
    assert (over.since_s, over.fired_s, over.resolved_s) == (0, FOR_S, 40 + QUIET_S)
    assert tried.active == []


def test_what_is_over_before_its_time_was_never_told() -> None:
    tried = engine()
    moments = [loads(t, {"a": 80.0 if t < FOR_S - 1 else 0.0}) for t in range(80)]
    assert story(tried, moments) == [(0, "pending")]
    assert (tried.active, list(tried.history)) == ([], [])


def test_a_load_between_calm_and_bound_goes_on_but_begins_nothing() -> None:
    between = (BOUND + BOUND * CALM / 100) / 2
    assert story(engine(), [loads(t, {"a": between}) for t in range(80)]) == []
    moments = [loads(t, {"a": between if t else BOUND}) for t in range(80)]
    assert story(engine(), moments) == [(0, "pending"), (FOR_S, "firing")]


def test_what_comes_back_within_the_quiet_time_is_the_same_alert() -> None:
    moments = [loads(t, {"a": 0.0 if 20 <= t < 20 + QUIET_S - 1 else 80.0}) for t in range(120)]
    assert story(engine(), moments) == [(0, "pending"), (FOR_S, "firing")]


@given(
    st.lists(
        st.tuples(st.floats(0.1, 30.0), st.dictionaries(NAMES, st.floats(0, 120), max_size=3)), max_size=60
    )
)
def test_each_alert_passes_its_states_in_order_whatever_the_loads_are(
    steps: list[tuple[float, dict[str, float]]],
) -> None:
    tried, now_s = engine(), 0.0
    before: Mapping[str, str] = {}
    order = ["pending", "firing", "resolved"]
    for after_s, found in steps:
        now_s += after_s
        changes = tried.changes
        tried.look(loads(now_s, found))
        alerts = [*tried.active, *tried.history]
        for alert in alerts:
            was = before.get(alert.id, "pending")
            assert order.index(alert.state) - order.index(was) in {0, 1}
            assert alert.since_s <= (alert.fired_s or now_s) <= (alert.resolved_s or now_s) <= now_s
            if alert.fired_s is not None:
                assert alert.fired_s - alert.since_s >= FOR_S
        states: Mapping[str, str] = {alert.id: alert.state for alert in alerts}
        assert tried.changes > changes or states == before
        before = states
        members = [subject for alert in tried.active for subject in alert.members]
        assert len(members) == len(set(members))
        assert all(alert.members for alert in tried.active)


@given(st.lists(st.tuples(st.floats(0.1, 30.0), st.floats(BOUND * CALM / 100, 200.0)), min_size=1))
def test_what_wavers_above_calm_never_flaps(steps: list[tuple[float, float]]) -> None:
    tried, now_s = engine(), 0.0
    tried.look(loads(now_s, {"a": BOUND}))
    for after_s, load in steps:
        now_s += after_s
        tried.look(loads(now_s, {"a": load}))
    (alert,) = tried.active
    assert (alert.id, alert.since_s, list(tried.history)) == ("1", 0, [])


@given(st.lists(st.floats(0.1, QUIET_S - 0.2), min_size=1))
def test_what_is_never_gone_for_the_quiet_time_is_never_resolved(gone_s: list[float]) -> None:
    tried = engine()
    tried.look(loads(0, {"a": 80}))
    now_s = FOR_S
    tried.look(loads(now_s, {"a": 80}))
    for each in gone_s:
        tried.look(loads(now_s + 0.1, {}))
        now_s += 0.1 + each
        tried.look(loads(now_s, {"a": 80}))
    assert [alert.state for alert in tried.active] == ["firing"]
    assert list(tried.history) == []


def test_forty_dead_nodes_of_a_subtree_are_one_alert() -> None:
    tried = engine()
    causes = {f"n{number}": "n0" for number in range(40)}
    story(tried, [down(t, causes) for t in range(20)])
    (alert,) = tried.active
    assert (alert.state, len(alert.shown.nodes), alert.shown.nodes[0]) == ("firing", 40, "n0")
    assert alert.shown.text == "40 nodes are down: n0, n1, n2, n3, n4, ...: its process has died"


def test_two_parts_of_the_tree_are_two_alerts_and_what_is_lost_between_them_joins_one() -> None:
    tried = engine()
    story(tried, [down(t, {"a": "a", "z": "z"}) for t in range(20)])
    assert [alert.shown.nodes for alert in tried.active] == [("a",), ("z",)]
    story(tried, [down(t, {"root": "root", "a": "root", "z": "root"}) for t in range(20, 40)])
    assert ids(tried.active) == ["1", "2"]
    assert sorted(node for alert in tried.active for node in alert.shown.nodes) == ["a", "root", "z"]


def test_one_that_waits_while_those_that_were_told_are_over_goes_on_in_a_new_alert() -> None:
    tried = engine()
    told = story(
        tried, [loads(t, {"a": 80.0 if t < 15 else 0.0, "b": 80.0 if t >= 30 else 0.0}) for t in range(50)]
    )
    assert told == [(0, "pending"), (FOR_S, "firing"), (35, "resolved"), (35, "pending"), (40, "firing")]
    assert [alert.since_s for alert in tried.active] == [30]


def test_a_rule_that_is_turned_off_alerts_nobody_and_ends_its_alerts_at_once() -> None:
    tried = engine()
    story(tried, [loads(t, {"a": 80}) for t in range(20)])
    off = SETTINGS.model_copy(update={"off": ["overload"]})
    tried.look(Facts(20, off, BOUND, {"a": 80.0}))
    assert (tried.active, [alert.state for alert in tried.history]) == ([], ["resolved"])


def test_nothing_changes_where_nothing_new_is_found() -> None:
    tried = engine()
    story(tried, [loads(t, {"a": 80}) for t in range(20)])
    before = tried.changes
    tried.look(loads(20, {"a": 80}))
    assert tried.changes == before
    tried.look(loads(21, {"a": 90}))
    assert tried.changes == before + 1


def test_above_alerts_at_once_what_a_rule_finds_joins_its_last_alert() -> None:
    tried = engine()
    causes = {f"n{number}": f"n{number}" for number in range(ALERTS_AT_ONCE + 5)}
    tried.look(down(0, causes))
    assert len(tried.active) == ALERTS_AT_ONCE
    assert len(tried.active[-1].members) == 6
    tried.look(Facts(1, SETTINGS, queue=GrowingQueue(9, still=True), down=down(1, causes).down))
    assert len(tried.active) == ALERTS_AT_ONCE + 1, "one more a rule: else a flood would hide the others"


@pytest.mark.parametrize("more", [0, 1])
def test_an_alert_lists_alert_nodes_and_counts_the_rest(more: int) -> None:
    tried = engine()
    tried.look(loads(0, {f"n{number}": 80 for number in range(ALERT_NODES + more)}))
    (alert,) = tried.active
    assert (len(alert.shown.nodes), alert.shown.more_nodes) == (ALERT_NODES, more)


def test_the_last_alerts_kept_are_kept() -> None:
    tried = engine()
    for number in range(ALERTS_KEPT + 2):
        queue = GrowingQueue(9, still=True)
        tried.look(Facts(100 * number, SETTINGS, queue=queue))
        tried.look(Facts(100 * number + 1, SETTINGS))
        tried.look(Facts(100 * number + 1 + QUIET_S, SETTINGS))
    kept = ids(tried.history)
    assert (len(kept), kept[0], kept[-1]) == (ALERTS_KEPT, "3", str(ALERTS_KEPT + 2))


def ids(alerts: Iterable[AlertRecord]) -> Sequence[str]:
    return [alert.id for alert in alerts]
