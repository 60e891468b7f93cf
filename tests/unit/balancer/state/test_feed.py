from topowave.balancer.limits import FEED_EVENTS
from topowave.balancer.state.feed import Feed


def test_events_are_numbered_from_one_and_each_is_announced() -> None:
    touched: list[int] = []
    feed = Feed(lambda: touched.append(1))
    feed.notify("node", "amber died", node="amber")
    feed.notify("wave", "Echo starts", wave="root-1")
    assert [(e.seq, e.kind, e.text, e.node, e.wave) for e in feed.between(0, feed.last)] == [
        (1, "node", "amber died", "amber", None),
        (2, "wave", "Echo starts", None, "root-1"),
    ]
    assert len(touched) == 2


def test_only_the_last_events_are_kept() -> None:
    feed = Feed(lambda: None)
    for number in range(FEED_EVENTS + 5):
        feed.notify("lab", str(number))
    kept = feed.between(0, feed.last)
    assert len(kept) == FEED_EVENTS
    assert kept[0].seq == 6


def test_a_reader_gets_what_is_new_to_it() -> None:
    feed = Feed(lambda: None)
    for number in range(4):
        feed.notify("lab", str(number))
    assert [event.text for event in feed.between(1, 3)] == ["1", "2"]
