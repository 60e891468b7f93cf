import pytest
from hypothesis import given
from hypothesis import strategies as st

from topowave.balancer.waves.event_columns import KINDS, EventColumns
from topowave.wire.observations import Event

NAMES = {"root": 0, "leaf": 1}
EVENTS = st.builds(
    Event,
    st.integers(0, 10**15),
    st.sampled_from(KINDS),
    st.sampled_from(["root", "leaf", None]),
    st.none()
    | st.text(max_size=5)
    | st.sampled_from(["root:1", "leaf:007", "leaf:7", "leaf:", f"root:{10**20}"]),
    st.none() | st.sampled_from(["echo", "finn"]),
    st.just(0),
    st.integers(),
)


@pytest.mark.slow
@given(st.lists(st.tuples(st.integers(0, 1), EVENTS), max_size=20))
def test_what_was_added_is_read_back_in_the_order_of_time(added: list[tuple[int, Event]]) -> None:
    columns = EventColumns(NAMES, keep_messages=True)
    for node, event in added:
        columns.add(node, event)
    assert len(columns) == len(added)
    expected = [
        (e.t_us, e.event, node, None if e.peer is None else NAMES[e.peer], e.id, e.kind, e.message)
        for node, e in sorted(added, key=lambda each: each[1].t_us)
    ]
    c = columns
    assert expected == [
        (c.time(at), c.event(at), c.node(at), c.peer(at), c.message(at), c.kind(at), c.body(at))
        for at in columns.in_order()
    ]


def test_only_the_wanted_kinds_are_listed() -> None:
    columns = EventColumns(NAMES, keep_messages=False)
    for kind in KINDS:
        columns.add(0, Event(1, kind))
    assert [columns.event(at) for at in columns.in_order(frozenset({"send", "join"}))] == ["join", "send"]


def test_a_stranger_has_no_number_and_messages_are_kept_only_where_asked_for() -> None:
    columns = EventColumns(NAMES, keep_messages=False)
    columns.add(0, Event(1, "receive", "ws://somebody", message="hello"))
    assert (columns.peer(0), columns.body(0)) == (None, None)


def test_messages_can_be_given_up_before_the_rest() -> None:
    columns = EventColumns(NAMES, keep_messages=True)
    columns.add(0, Event(1, "receive", "leaf", message="hello"))
    columns.forget_bodies()
    assert (columns.event(0), columns.body(0)) == ("receive", None)


def test_where_clocks_are_several_what_is_sent_comes_before_it_is_received() -> None:
    columns = EventColumns({"a": 0, "b": 1}, keep_messages=False)
    columns.of_many_clocks = True
    columns.add(1, Event(90, "receive", "a", "a:1", "echo"))  # b's clock is behind
    columns.add(1, Event(95, "send", "a", "b:1", "echo_back"))
    columns.add(0, Event(100, "start"))
    columns.add(0, Event(101, "send", "b", "a:1", "echo"))
    columns.add(0, Event(105, "receive", "b", "b:1", "echo_back"))
    columns.add(0, Event(106, "decide"))
    order = columns.in_order()
    assert order == [2, 3, 0, 1, 4, 5]
    assert [columns.time(at) for at in order] == [100, 101, 101, 101, 105, 106]
    assert columns.in_order() == order
    assert columns.in_order(frozenset({"receive"})) == [0, 4]
