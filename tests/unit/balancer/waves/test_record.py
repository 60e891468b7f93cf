from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.balancer.reported_waves import payload, reports_of, topology, tree
from topowave.algorithms import Algorithm
from topowave.algorithms.termination.dijkstra_scholten import DijkstraScholten
from topowave.algorithms.waves.echo import Echo
from topowave.algorithms.waves.finn import Finn
from topowave.algorithms.waves.finn_lab import FinnLab
from topowave.balancer import limits
from topowave.balancer.state.status_log import NodeRecording, StatusLog
from topowave.balancer.waves import record as module
from topowave.balancer.waves.algorithm_catalog import AlgorithmCatalog
from topowave.balancer.waves.record import WaveRecord
from topowave.balancer.waves.trees import names_in
from topowave.balancer.waves.wave import wave_events_of, wave_of
from topowave.topology import Topology
from topowave.wire.observations import Event, EventKind, Events

SEVEN = topology(tree(2, 2))


def record(network: Topology, algorithm: type[Algorithm], *initiators: str) -> WaveRecord:
    bound = AlgorithmCatalog(network).bound(algorithm)
    return WaveRecord("root-1", algorithm, network, 1, bound=bound, initiators=initiators, started=0.0)


def told(wave: WaveRecord, reports: list[Events]) -> WaveRecord:
    for report in reports:
        wave.add(report)
    return wave


@st.composite
def networks(draw: st.DrawFn) -> Topology:
    size = draw(st.integers(1, 9))
    nodes: list[dict[str, Any]] = [{"name": f"n{i}", "children": []} for i in range(size)]
    parents = [draw(st.integers(0, i - 1)) for i in range(1, size)]
    for child, parent in enumerate(parents, 1):
        nodes[parent]["children"].append(nodes[child])
    pairs = [(a, b) for b in range(size) for a in range(b) if b and parents[b - 1] != a]
    extra = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=5)) if pairs else []
    return topology(nodes[0] | {"links": [[f"n{a}", f"n{b}"] for a, b in extra]})


@given(networks(), st.sampled_from([Echo, FinnLab, Finn]), st.randoms(use_true_random=False))
def test_a_wave_is_complete_with_its_last_report_and_not_before_whatever_their_order(
    network: Topology, algorithm: type[Algorithm], random: Any
) -> None:
    reports = reports_of(network, algorithm, ["n0"])
    random.shuffle(reports)
    wave = record(network, algorithm, "n0")
    for report in reports:
        assert not wave.complete
        wave.add(report)
    assert wave.complete
    if algorithm is Echo:
        wave.answer(payload(network))  # type: ignore[arg-type]
    wave.end()
    shown = wave_of(wave).model_dump()
    assert (shown["state"], shown["missing"], shown["nodes"]) == ("complete", [], len(network.nodes))
    assert wave.messages is not None
    assert wave.bound is not None
    if shown["bound_kind"] == "exactly":
        assert wave.messages == wave.bound
    else:
        assert wave.messages <= wave.bound


@pytest.mark.parametrize(("algorithm", "messages"), [(Echo, 12), (FinnLab, 6), (Finn, 77)])
def test_messages_are_the_sends_and_bits_are_theirs(algorithm: type[Algorithm], messages: int) -> None:
    wave = told(record(SEVEN, algorithm, "root"), reports_of(SEVEN, algorithm))
    assert wave.messages == messages
    assert wave_of(wave).model_dump()["bits"] == 80 * messages


def test_the_duration_is_from_the_first_start_to_the_last_decide() -> None:
    reports = reports_of(SEVEN, FinnLab)
    wave = record(SEVEN, FinnLab, "root")
    assert wave.duration_ms is None
    told(wave, reports)
    times = [event.t_us for report in reports for event in report.events if event.event == "decide"]
    assert wave.duration_ms == (max(times) - reports[0].events[0].t_us) / 1000


def test_one_that_never_answers_and_all_behind_it_are_missing() -> None:
    wave = told(record(SEVEN, FinnLab, "root"), reports_of(SEVEN, FinnLab, silent=["root1"]))
    assert not wave.complete
    wave.end()
    assert (wave.state, wave.missing) == ("incomplete", ["root1", "root10", "root11"])


def test_where_finn_stalls_the_missing_are_those_who_were_not_there() -> None:
    wave = told(record(SEVEN, Finn, "root"), reports_of(SEVEN, Finn, silent=["root10"]))
    wave.end()
    assert wave.missing == ["root10"]
    assert wave_of(wave).model_dump()["deciders"] == []


def test_where_all_were_there_the_missing_are_those_who_did_not_decide() -> None:
    reports = [
        replaced(report, [e for e in report.events if report.node != "root1" or e.event != "decide"])
        for report in reports_of(SEVEN, Finn)
    ]
    wave = told(record(SEVEN, Finn, "root"), reports)
    wave.end()
    assert (wave.state, wave.missing) == ("wrong", ["root1"])
    assert wave.witnesses == ["node root1 did not decide"]


def replaced(report: Events, events: list[Event]) -> Events:
    return Events(report.node, report.wave, report.algorithm, events)


def test_those_absent_from_the_tree_are_missing_even_if_they_did_their_part() -> None:
    wave = told(record(SEVEN, Echo, "root"), reports_of(SEVEN, Echo))
    wave.answer(payload(SEVEN, without=["root1"]))  # type: ignore[arg-type]
    assert not wave.complete
    assert wave.not_in_tree() == wave.absent == ["root1", "root10", "root11"]


def test_who_is_in_the_tree_is_not_missing_although_its_report_is_late() -> None:
    reports = [report for report in reports_of(SEVEN, Echo) if report.node not in {"root0", "root1"}]
    wave = told(record(SEVEN, Echo, "root"), reports)
    assert wave.absent == ["root0", "root1"]
    wave.answer(payload(SEVEN, without=["root1"]))  # type: ignore[arg-type]
    assert wave.absent == ["root1", "root10", "root11"]
    wave.answer(payload(SEVEN))  # type: ignore[arg-type]
    wave.disturb(["root0", "root00"])
    wave.end()
    assert (wave.state, wave.missing) == ("incomplete", [])
    said = "all have taken part, and 2 of them had not reported it when it was ended"
    assert said in str(wave_of(wave).reason)


def test_a_neighbour_given_up_makes_a_wave_incomplete() -> None:
    wave = told(record(SEVEN, Echo, "root"), reports_of(SEVEN, Echo))
    assert wave.complete
    wave.add(Events("root", "root-1", "echo", [Event(1, "down", "root0")]))
    assert not wave.complete


@pytest.mark.parametrize("event", ["down", "drop"])
def test_what_other_programs_did_wrong_is_told_once_and_makes_a_wave_incomplete(event: Any) -> None:
    wave = told(record(SEVEN, Echo, "root"), reports_of(SEVEN, Echo, ["root"]))
    for _ in range(2):
        wave.add(Events("root", "root-1", "echo", [Event(9, event, "root0", message="root0: no")]))
    wave.end()
    assert (wave.state, wave_of(wave).mistakes) == ("incomplete", ["root0: no"])


def twice(reports: list[Events]) -> list[Events]:
    """Return the reports with every decide told twice."""
    return [
        replaced(report, [each for e in report.events for each in ([e, e] if e.event == "decide" else [e])])
        for report in reports
    ]


def test_a_node_that_decides_twice_makes_a_wave_wrong_whatever_else_happened() -> None:
    down = Events("root0", "root-1", "echo", [Event(2_000_000, "down", "root00")])
    for more in ([], [down]):
        wave = told(record(SEVEN, Echo, "root"), [*twice(reports_of(SEVEN, Echo)), *more])
        wave.end()
        assert (wave.state, wave.witnesses) == ("wrong", ["node root decided more than once"])


def test_a_node_that_died_meanwhile_may_have_decided_anew() -> None:
    for name, state in (("root00", "complete"), ("stranger", "wrong")):
        wave = told(record(SEVEN, Echo, "root"), twice(reports_of(SEVEN, Echo)))
        wave.disturb([name])
        wave.answer(payload(SEVEN))  # type: ignore[arg-type]
        wave.end()
        assert wave.state == state


def test_who_died_before_it_decided_is_missing_though_all_took_part() -> None:
    reports = [replaced(r, [e for e in r.events if e.event != "decide"]) for r in reports_of(SEVEN, Echo)]
    wave = told(record(SEVEN, Echo, "root"), reports)
    wave.disturb(["root", "stranger"])
    wave.end()
    assert (wave.state, wave.missing, wave_of(wave).reason) == ("incomplete", ["root"], None)


@pytest.mark.parametrize(
    ("over_s", "when"), [(10.0, "when its time, 10 s, was over"), (None, "when it was ended")]
)
def test_where_nobody_is_missing_it_is_said_why(over_s: float | None, when: str) -> None:
    reports = [replaced(r, [e for e in r.events if e.event != "decide"]) for r in reports_of(SEVEN, Echo)]
    wave = told(
        record(SEVEN, Echo, "root"),
        [*reports, Events("root0", "root-1", "echo", [Event(2_000_000, "down", "root00")])],
    )
    wave.out_of_time_s = over_s
    wave.end()
    assert (wave.state, wave.missing) == ("incomplete", [])
    said = f"no node can be named: all have taken part, and nobody has decided {when}"
    assert wave_of(wave).reason == said


def test_what_is_missing_is_no_fault_of_the_class_where_a_message_is_under_way_or_a_node_is_down() -> None:
    reports = [replaced(r, [e for e in r.events if e.event != "decide"]) for r in reports_of(SEVEN, Echo)]
    wave = told(record(SEVEN, Echo, "root"), reports)
    assert wave.quiet
    wave.end()
    assert (wave.state, wave.witnesses) == ("wrong", ["no node decided"])
    down = Events("root0", "root-1", "echo", [Event(2_000_000, "down", "root00")])
    for others in (reports[:-1], [*reports, down], reports[1:]):
        wave = told(record(SEVEN, Echo, "root"), others)
        wave.end()
        assert (wave.state, wave.witnesses) == ("incomplete", [])


def test_a_wave_with_more_messages_than_are_proven_is_wrong() -> None:
    wave = told(record(SEVEN, Echo, "root"), reports_of(SEVEN, Echo))
    wave.bound = 11
    wave.end()
    assert (wave.state, wave.witnesses) == ("wrong", ["12 messages were sent, exactly 11 are proven"])


def test_what_is_no_wave_need_not_reach_everybody() -> None:
    """A small computation and the detection of its end: who was not asked has nothing to tell."""
    reports = reports_of(SEVEN, DijkstraScholten)
    reached = {report.node for report in reports}
    wave = told(record(SEVEN, DijkstraScholten, "root"), [r for r in reports if r.node in reached])
    assert (wave.decided, wave.complete) == (True, True)
    lost = told(record(SEVEN, DijkstraScholten, "root"), reports[:-1])
    assert not lost.complete


def test_a_tree_that_is_here_before_its_decide_is_reported_does_not_complete_the_wave() -> None:
    *reports, last = reports_of(SEVEN, Echo)
    *before, decide = last.events
    assert (last.node, decide.event) == ("root", "decide")
    wave = told(record(SEVEN, Echo, "root"), [*reports, replaced(last, before)])
    wave.answer(payload(SEVEN))  # type: ignore[arg-type]
    assert (wave.decided, wave.complete) == (True, False)
    wave.add(replaced(last, [decide]))
    assert (wave.complete, wave.deciders) == (True, ["root"])


def test_what_comes_after_the_end_changes_nothing() -> None:
    reports = reports_of(SEVEN, Echo)
    wave = told(record(SEVEN, Echo, "root"), reports[:-1])
    wave.end()
    before = wave_of(wave).model_dump()
    told(wave, reports)
    wave.answer(payload(SEVEN))  # type: ignore[arg-type]
    assert wave_of(wave).model_dump() == before
    assert "root" in wave.not_in_tree()


def test_a_report_from_no_node_of_the_network_changes_nothing() -> None:
    wave = told(record(SEVEN, Echo, "root"), [Events("stranger", "root-1", "echo", [Event(1, "start")])])
    assert wave_of(wave).model_dump()["nodes"] == 0


def test_a_message_to_or_from_a_stranger_is_none_of_the_wave() -> None:
    wave = told(record(SEVEN, Echo, "root"), reports_of(SEVEN, Echo))
    wave.add(Events("root", "root-1", "echo", [Event(9, "send", "ws://127.0.0.1:1/ws", "root:99", bits=8)]))
    assert (wave.complete, wave.messages) == (True, 12)


def test_what_a_foreign_node_does_is_told_by_its_neighbours() -> None:
    network = topology({"name": "root", "children": [{"name": "ours"}, {"name": "guest", "launch": False}]})
    reports = reports_of(network, Echo)
    assert {report.node for report in reports} == {"root", "ours"}
    nameless = [replaced(r, [without_id(e) for e in r.events]) for r in reports]
    for told_ones in (reports, nameless):
        wave = told(record(network, Echo, "root"), told_ones)
        assert (wave.complete, wave.messages, wave_of(wave).model_dump()["nodes"]) == (True, 4, 3)


def without_id(event: Event) -> Event:
    return Event(event.t_us, event.event, event.peer, None) if event.peer == "guest" else event


def test_a_foreign_node_that_was_asked_and_has_not_answered_is_missing() -> None:
    network = topology({"name": "root", "children": [{"name": "ours"}, {"name": "guest", "launch": False}]})
    wave = record(network, Echo, "root")
    asked = [
        Event(2, "send", peer, f"root:{number}", "echo", 8) for number, peer in ((1, "ours"), (2, "guest"))
    ]
    wave.add(Events("root", "root-1", "echo", [Event(1, "start"), *asked]))
    answer = [
        Event(3, "receive", "root", "root:1", "echo"),
        Event(4, "send", "root", "ours:1", "echo_back", 8),
    ]
    wave.add(Events("ours", "root-1", "echo", answer))
    wave.end()
    assert (wave.state, wave.missing) == ("incomplete", ["guest"])


def test_a_foreign_node_behind_foreign_nodes_is_out_of_sight_but_not_missing() -> None:
    guests = {"name": "guest", "launch": False, "children": [{"name": "friend", "launch": False}]}
    network = topology({"name": "root", "children": [guests]})
    wave = told(record(network, Echo, "root"), reports_of(network, Echo))
    assert wave.complete


def test_a_wave_that_a_node_began_in_its_subtree_is_measured_by_that() -> None:
    below = topology(tree(2, name="root1"))
    reports = [replace_wave(report) for report in reports_of(below, Echo, ["root1"])]
    wave = told(record(SEVEN, Echo), reports)
    assert (wave.complete, wave.messages, wave.bound) == (True, 4, 4)
    assert wave_of(wave).model_dump()["initiators"] == ["root1"]


def replace_wave(report: Events) -> Events:
    return Events(report.node, "root1-1", report.algorithm, report.events)


def test_a_wave_that_an_inner_node_began_over_all_links_is_measured_by_all_of_them() -> None:
    wave = told(record(SEVEN, Echo), reports_of(SEVEN, Echo, ["root1"]))
    assert (wave.complete, wave.messages, wave.bound) == (True, 12, 12)


def test_a_node_that_lost_events_makes_the_count_unknown_but_not_the_decision() -> None:
    reports = reports_of(SEVEN, Echo)
    lossy = Events(reports[3].node, "root-1", "echo", reports[3].events[:1], lost=2)
    wave = told(record(SEVEN, Echo, "root"), [*reports[:3], lossy, *reports[4:]])
    assert (wave.complete, wave.messages, wave_of(wave).model_dump()["bits"]) == (True, None, None)
    assert wave.not_kept == 2


def test_events_are_told_in_the_order_of_time_with_names_by_number() -> None:
    wave = told(record(SEVEN, Echo, "root"), reports_of(SEVEN, Echo)[::-1])
    shown: Any = wave_events_of(wave, NodeRecording(StatusLog([]))).model_dump()
    assert shown["t_us"] == sorted(shown["t_us"])
    assert len(shown["t_us"]) == 1 + 12 + 12 + 1
    first = [shown[column][1] for column in ("event", "node", "peer", "message", "kind")]
    assert first == ["send", 0, 1, "root:1", "wave"]
    assert [shown["nodes"][i] for i in (0, 1, 4)] == ["root", "root0", "root1"]


def test_events_can_be_forgotten_and_are_counted() -> None:
    wave = told(record(SEVEN, Echo, "root"), reports_of(SEVEN, Echo))
    wave.end()
    wave.forget_events()
    shown: Any = wave_events_of(wave, NodeRecording(StatusLog([]))).model_dump()
    assert (shown["t_us"], shown["not_kept"]) == ([], 26)
    assert shown["wave"]["messages"] == 12


def test_a_tree_is_read_root_first_however_deep() -> None:
    deep: Any = {"name": "n0", "port": 1, "cpu": 1, "load": 0, "children": []}
    for number in range(1, 5000):
        deep = {"name": f"n{number}", "port": 1, "cpu": 1, "load": 0, "children": [deep]}
    assert names_in(deep) == [f"n{number}" for number in range(4999, -1, -1)]


def flood(kind: EventKind, count: int, message: object = None, first: int = 0) -> Events:
    """What nobody reports who means well."""
    ids = [f"{'x' * 190}{first + number}" for number in range(count)]
    events = [Event(at, kind, "n1", each, "k", 1, message) for at, each in enumerate(ids)]
    return Events("n0", "n0-1", "echo", events)


def test_what_is_kept_of_a_wave_is_bounded_whatever_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WAVE_EVENTS", 100)
    network = topology({"name": "n0", "children": [{"name": "n1"}]})
    wave = record(network, Echo, "n0")
    for number in range(3):
        kinds: tuple[EventKind, ...] = ("send", "mistake", "drop", "decide")
        for kind in kinds:
            wave.add(flood(kind, 90, f"{number} {'m' * 5000}", first=100 * number))
    assert len(wave.events) == 100
    assert wave.not_kept == 3 * 4 * 90 - 100
    assert wave.messages is None  # more are under way than are followed
    assert len(wave.decisions) == 100
    for told in (wave.mistakes, wave.troubles):
        assert 0 < len(told) <= limits.MISTAKES_KEPT
        assert max(map(len, told)) == limits.MISTAKE_CHARS
    for at in range(len(wave.events)):
        assert len(wave.events.message(at) or "") <= 200


def test_a_wave_keeps_no_more_events_than_there_is_room_for() -> None:
    network = topology({"name": "n0", "children": [{"name": "n1"}]})
    wave = record(network, Echo, "n0")
    wave.add(flood("receive", 30), room=20)
    wave.add(flood("receive", 30), room=-5)
    assert (len(wave.events), wave.not_kept) == (20, 40)


def test_who_is_not_in_the_tree_is_found_in_one_go_and_not_once_for_each_node(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Counting(frozenset[str]):
        """A set that counts what is taken from it: each time costs as many steps as it has names."""

        differences = 0

        def __sub__(self, other: Any) -> frozenset[str]:
            Counting.differences += 1
            return super().__sub__(other)

    wave = record(SEVEN, Echo, "root")
    wave.answer(payload(SEVEN, without=["root1"]))  # type: ignore[arg-type]
    monkeypatch.setattr(wave, "_scope", Counting(node.name for node in SEVEN.nodes))
    assert wave.not_in_tree() == ["root1", "root10", "root11"]
    assert Counting.differences == 1
