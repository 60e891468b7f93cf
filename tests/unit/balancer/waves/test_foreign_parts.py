"""Parts of waves that came through a foreign node are put to their wholes, in whatever order reports come."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from tests.support.waiting import eventually
from tests.unit.balancer.reported_waves import topology
from topowave.algorithms import Algorithm
from topowave.algorithms.waves.echo import Echo
from topowave.algorithms.waves.finn_lab import FinnLab
from topowave.balancer import limits
from topowave.balancer.state.change_log import ChangeLog
from topowave.balancer.state.lab import Lab
from topowave.balancer.waves.algorithm_catalog import AlgorithmCatalog
from topowave.balancer.waves.record import Purpose, WaveRecord
from topowave.balancer.waves.registry import WaveRegistry
from topowave.topology import LabConfig, Topology
from topowave.wire.frames import EchoBack
from topowave.wire.observations import Event, Events

pytestmark = pytest.mark.anyio

BEHIND: dict[str, Any] = {"name": "below", "children": [{"name": "leaf"}]}
INNER = topology({"name": "root", "children": [{"name": "theirs", "launch": False, "children": [BEHIND]}]})
ON_TOP = topology({"name": "theirs", "launch": False, "children": [{"name": "a"}, {"name": "b"}]})


class Kept:
    """A registry, and what it told of."""

    def __init__(self, network: Topology = INNER) -> None:
        self.troubles: list[str] = []
        catalog = AlgorithmCatalog(network)
        changes = ChangeLog()
        self.waves = WaveRegistry(
            LabConfig(),
            lambda: catalog,
            lambda: 1,
            changes=changes,
            on_end=lambda _: None,
            statuses=Lab(network, 1, LabConfig(), "a test", changes).status_log,
            on_trouble=lambda text, _: self.troubles.append(text),
            keep_messages=False,
        )

    def open(
        self, wave: str, algorithm: type[Algorithm] = Echo, purpose: Purpose | None = None
    ) -> WaveRecord:
        record = self.waves.open(wave, algorithm, ["root"], purpose)
        assert record is not None
        return record

    def tell(self, *reports: Events) -> None:
        for report in reports:
            self.waves.report(report)

    def bring(self, wave: str, *children: Any) -> None:
        """Bring the tree of a wave."""
        self.waves.answer(EchoBack(payload=self.payload("root", *children), wave=wave))

    def payload(self, name: str, *children: Any) -> Any:
        return {"name": name, "port": 1, "cpu": 1, "load": 0, "children": list(children)}

    def ids(self) -> list[str]:
        """Return the waves that there are."""
        return [record.id for record in self.waves.last(100, 100)]


def asks(wave: str, t: int, algorithm: str = "echo") -> Events:
    """The root asks the foreign node."""
    kind = "finn" if algorithm == "finn-lab" else "echo"
    return Events("root", wave, algorithm, [Event(t, "send", "theirs", "root:1", kind)])


def hears(wave: str, t: int) -> Events:
    """The root has the foreign node's answer."""
    return Events(
        "root", wave, "echo", [Event(t, "receive", "theirs", None, "echo_back"), Event(t, "decide")]
    )


def below(wave: str, t: int, algorithm: str = "echo", purpose: str | None = None) -> list[Events]:
    """The part behind the foreign node: below, then the leaf."""
    there, back = ("finn", None) if algorithm == "finn-lab" else ("echo", "echo_back")
    first = [
        Event(t, "receive", "theirs", None, there),
        Event(t + 1, "send", "leaf", "below:1", there),
    ]
    last = [Event(t + 2, "receive", "below", "below:1", there)]
    if back is not None:
        first += [
            Event(t + 5, "receive", "leaf", "leaf:1", back),
            Event(t + 6, "send", "theirs", "below:2", back),
        ]
        last += [Event(t + 3, "send", "below", "leaf:1", back)]
    else:
        first += [Event(t + 1, "decide")]
        last += [Event(t + 3, "decide")]
    return [
        Events("below", wave, algorithm, first, purpose, via="theirs"),
        Events("leaf", wave, algorithm, last, purpose),
    ]


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))), ids=str)
async def test_in_whatever_order_reports_come_there_is_one_wave_and_it_is_exact(order: list[int]) -> None:
    kept = Kept()
    record = kept.open("root-1")
    reports = [asks("root-1", 10), hears("root-1", 30), *below("below-1", 20)]
    if order.index(0) > order.index(1):
        order = [{0: 1, 1: 0}.get(at, at) for at in order]  # a node reports in its own order
    kept.tell(*(reports[at] for at in order))
    tree = kept.payload("theirs", kept.payload("below", kept.payload("leaf")))
    kept.bring("root-1", tree)
    assert (record.state, record.messages, record.missing) == ("complete", 6, [])
    assert kept.ids() == ["root-1"]


@pytest.mark.parametrize("over", [False, True])
async def test_a_part_that_is_brought_twice_is_no_second_wave(over: bool) -> None:
    kept = Kept()
    record = kept.open("root-1")
    kept.tell(asks("root-1", 10), *below("below-1", 20))
    if over:
        kept.tell(hears("root-1", 30))
        kept.bring("root-1", kept.payload("theirs", kept.payload("below", kept.payload("leaf"))))
        assert record.state == "complete"
    kept.tell(*below("below-2", 21))
    assert kept.ids() == ["root-1"]
    assert kept.troubles == ["theirs has passed root-1 on to below more than once"]


async def test_a_part_belongs_to_the_wave_that_was_being_asked() -> None:
    kept = Kept()
    first, second = kept.open("root-1"), kept.open("root-2")
    kept.tell(asks("root-1", 10), hears("root-1", 30), asks("root-2", 31))
    kept.tell(*below("below-2", 35), *below("below-1", 15))
    assert (first.has_heard("leaf"), second.has_heard("leaf")) == (True, True)
    assert [record.messages for record in (first, second)] == [6, 5]
    assert kept.ids() == ["root-1", "root-2"]


async def test_a_part_waits_until_it_is_known_which_wave_asked() -> None:
    kept = Kept()
    first, second = kept.open("root-1", FinnLab), kept.open("root-2", FinnLab)
    kept.tell(asks("root-1", 10, "finn-lab"))
    kept.tell(*below("below-1", 20, "finn-lab"), *below("below-2", 40, "finn-lab"))
    assert not first.has_heard("below")
    kept.tell(asks("root-2", 35, "finn-lab"))
    assert all(record.has_heard("below") and record.has_heard("leaf") for record in (first, second))
    assert kept.ids() == ["root-1", "root-2"]


async def test_a_part_keeps_to_its_purpose_where_the_foreign_node_does() -> None:
    kept = Kept()
    ours, round_ = kept.open("root-1"), kept.open("root-2", purpose="rebalance")
    kept.tell(asks("root-1", 10), asks("root-2", 11), *below("below-1", 20, purpose="rebalance"))
    assert (ours.has_heard("below"), round_.has_heard("below")) == (False, True)
    kept.tell(*below("below-2", 21))  # one that forgets the purpose
    assert ours.has_heard("below")


async def test_what_is_left_of_a_wave_that_is_over_begins_none() -> None:
    kept = Kept()
    record = kept.open("root-1")
    kept.tell(asks("root-1", 10))
    kept.waves.end_all()
    kept.tell(*below("below-1", 20))
    assert (record.state, kept.ids()) == ("incomplete", ["root-1"])


async def test_a_wave_that_a_foreign_node_begins_is_one_wave_whoever_it_asks() -> None:
    kept = Kept(ON_TOP)
    for number in (1, 2):
        for name in ("a", "b"):
            events = [Event(number, "receive", "theirs", None, "echo")]
            events += [Event(number + 1, "send", "theirs", f"{name}:1", "echo_back")]
            kept.tell(Events(name, f"{name}-{number}", "echo", events, via="theirs"))
        await kept.waves.ended(kept.waves.last(1, 0)[0])
    shown = [(record.id, record.state, record.messages) for record in kept.waves.last(9, 9)]
    assert shown == [("a-1", "complete", 4), ("a-2", "complete", 4)]


async def test_who_is_in_the_tree_but_never_reports_took_part_and_the_messages_are_not_known() -> None:
    kept = Kept()
    record = kept.open("root-1")
    kept.tell(asks("root-1", 10), hears("root-1", 30))
    kept.bring("root-1", kept.payload("theirs", kept.payload("below", kept.payload("leaf"))))
    await kept.waves.ended(record)
    assert (record.state, record.missing, record.messages) == ("complete", [], None)


async def test_only_so_much_is_held_and_only_for_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "UNCLAIMED", 2)
    kept = Kept()
    for number in range(3):
        kept.tell(below(f"below-{number}", 20)[1])
    assert kept.ids() == ["below-0"]
    monkeypatch.setattr(limits, "UNCLAIMED_WAIT", 0.01)
    kept = Kept()
    record = kept.open("root-1")
    kept.tell(*below("below-7", 20))
    await eventually(lambda: record.has_heard("leaf"))  # the only one that it can be of


async def test_a_bad_frame_is_told_in_its_wave_or_else_to_everybody_and_begins_none() -> None:
    kept = Kept()
    record = kept.open("root-1")
    refusal = Events(
        "below", "below-1", "echo", [Event(20, "down", "theirs", message="theirs: no")], via="theirs"
    )
    kept.tell(asks("root-1", 10), refusal)
    assert (record.troubles, record.has_heard("below")) == (["theirs: no"], False)
    kept.waves.end_all()
    assert "below" in record.missing
    other = Kept()
    other.tell(refusal)
    assert (other.troubles, other.ids()) == (["theirs: no"], [])
