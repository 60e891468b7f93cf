from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from tests.unit.simulator import students
from topowave.algorithms import Algorithm, Network
from topowave.algorithms.waves.echo import Echo
from topowave.runtime.algorithm_error import InterruptedRunError
from topowave.runtime.graph import Graph
from topowave.runtime.wave import WavePlan
from topowave.simulator.delays import parse_delay
from topowave.simulator.fault_plan import NO_FAULTS, FaultPlan, plan_faults
from topowave.simulator.kernel import Kernel, RunOutcome
from topowave.simulator.links import Links
from topowave.traces.writer import Trace

PAIR = Network.from_links(2, [(0, 1)], names=["a", "b"])
PATH = Network.from_links(3, [(0, 1), (1, 2)], names=["a", "b", "c"])


def run(
    algorithm: type[Algorithm],
    network: Network = PAIR,
    *,
    initiators: Sequence[int] = (0,),
    faults: FaultPlan = NO_FAULTS,
    delay: str = "constant:1",
    seed: int = 0,
    max_events: int = 1_000,
    **links: Any,
) -> tuple[RunOutcome, list[str]]:
    """Run a wave; return what became of it, and what happened, in short."""
    graph = Graph.of(network)
    trace = Trace({}, graph.names)
    plan = WavePlan("a-1", algorithm, tuple(initiators), graph.network("links"))
    made = Links(graph.arcs, seed, parse_delay(delay), **links)
    outcome = Kernel(graph, [plan], made, faults=faults, trace=trace, max_events=max_events).run()
    return outcome, [short(line) for line in trace.kept[1:]]


def short(line: str) -> str:
    import json  # noqa: PLC0415

    event = json.loads(line)
    words = [
        f"{event['t']:g}",
        event.get("node", ""),
        event["event"],
        event.get("peer", ""),
        event.get("kind", ""),
    ]
    return " ".join(word for word in words if word)


def fails(algorithm: type[Algorithm]) -> str:
    outcome, _ = run(algorithm)
    assert outcome.ending == "mistake"
    return str(outcome.mistake)


def test_an_echo_between_two_nodes_goes_there_and_back() -> None:
    outcome, events = run(Echo)
    assert events == [
        "0 a join",
        "0 a start",
        "0 a send b",
        "1 b join",
        "1 b receive a",
        "1 b send a",
        "2 a receive b",
        "2 a decide",
    ]
    wave = outcome.waves[0]
    assert (outcome.ending, outcome.time, wave.messages, wave.decided) == ("quiet", 2_000_000, 2, 2_000_000)
    assert wave.past == {0: 0b11, 1: 0b11}
    assert wave.unheard == [0]


def test_events_of_one_moment_happen_in_the_order_in_which_they_were_caused() -> None:
    _, events = run(Echo, Network.from_links(3, [(0, 1), (0, 2)], names=["a", "b", "c"]))
    assert [event for event in events if "receive" in event] == [
        "1 b receive a",
        "1 c receive a",
        "2 a receive b",
        "2 a receive c",
    ]


def test_a_decide_without_word_from_a_node_is_remembered_with_who_is_missing() -> None:
    outcome, _ = run(students.Hasty, PATH)
    assert outcome.waves[0].unheard == [0b110]


def test_timers_run_out_when_they_should() -> None:
    outcome, events = run(students.Clock)
    assert [event for event in events if "timer" in event] == [
        "2 a timer tick",
        "4 a timer tick",
        "6 a timer tick",
    ]
    assert outcome.waves[0].decisions == [(0, 3)]


def test_two_waves_at_once_do_not_mix() -> None:
    graph = Graph.of(PATH)
    plans = [
        WavePlan("a-1", Echo, (0,), graph.network("links"), start=500_000),
        WavePlan("c-1", Echo, (2,), graph.network("links")),
    ]
    links = Links(graph.arcs, 1, parse_delay("uniform:0.1,3"))
    outcome = Kernel(graph, plans, links, max_events=100).run()
    assert [wave.messages for wave in outcome.waves] == [4, 4]
    assert [wave.decisions for wave in outcome.waves] == [[(0, None)], [(2, None)]]
    assert outcome.waves[0].instances[1] is not outcome.waves[1].instances[1]


def test_a_run_that_goes_on_for_ever_is_stopped() -> None:
    outcome, _ = run(students.Endless, max_events=50)
    assert (outcome.ending, outcome.events, outcome.waves[0].messages) == ("limit", 50, 50)


def test_a_lost_message_is_told_and_its_event_is_missing() -> None:
    _, events = run(Echo, loss=1.0)
    assert events == ["0 a join", "0 a start", "0 a send b", "0 a drop b lost"]


def test_a_doubled_message_arrives_twice() -> None:
    _, events = run(students.Silent, duplicate=1.0)
    assert events[-2:] == ["1 b receive a", "1 b receive a"]


def test_with_fifo_links_messages_keep_their_order_and_without_they_do_not() -> None:
    orders = {
        fifo: run(students.Counter, delay="uniform:1,10", fifo=fifo)[0].waves[0].decisions[0][1]
        for fifo in (True, False)
    }
    assert orders[True] == list(range(10))
    assert orders[False] != list(range(10))
    assert sorted(orders[False]) == list(range(10))  # type: ignore[call-overload]


def test_a_node_that_is_down_receives_nothing_and_its_timers_do_not_run_out() -> None:
    graph = Graph.of(PAIR)
    faults = plan_faults({"faults": [{"at": 0.5, "crash": "b"}]}, graph)
    assert run(Echo, faults=faults)[1][-2:] == ["0.5 b crash", "1 b drop a receiver down"]
    faults = plan_faults({"faults": [{"at": 0.5, "crash": "a"}, {"at": 3, "restart": "a"}]}, graph)
    _, events = run(students.Clock, faults=faults)
    assert not any("timer" in event for event in events)


def test_a_node_that_is_down_does_not_start() -> None:
    faults = plan_faults({"faults": [{"at": 0, "crash": "a"}]}, Graph.of(PAIR))
    assert run(Echo, faults=faults)[1] == ["0 a crash"]


@pytest.mark.parametrize(("state", "ticks"), [("kept", 3), ("lost", None)])
def test_a_node_comes_back_with_its_state_or_without(state: str, ticks: int | None) -> None:
    faults = plan_faults(
        {"faults": [{"at": 2.5, "crash": "a"}, {"at": 3, "restart": "a", "state": state}]}, Graph.of(PAIR)
    )
    outcome, _ = run(students.Clock, faults=faults)
    made = outcome.waves[0].instances.get(0)
    assert (made.ticks if isinstance(made, students.Clock) else None) == ticks


def test_a_cut_link_carries_nothing_and_a_mended_one_does() -> None:
    graph = Graph.of(PAIR)
    cut = {"at": 0, "cut": ["a", "b"]}
    assert run(Echo, faults=plan_faults({"faults": [cut]}, graph))[1][-1] == "0 a drop b link cut"
    late = plan_faults({"faults": [cut | {"at": 0.5}]}, graph)
    assert run(Echo, faults=late)[1][-1] == "1 b drop a link cut"
    mended = plan_faults({"faults": [cut | {"at": 0.5}, {"at": 0.7, "mend": ["a", "b"]}]}, graph)
    assert run(Echo, faults=mended)[0].waves[0].decided is not None


def test_neighbours_are_told_of_a_crash_that_lasts() -> None:
    faults = plan_faults({"detect_after": 2, "faults": [{"at": 0.5, "crash": "b"}]}, Graph.of(PATH))
    outcome, events = run(students.Waiter, PATH, faults=faults)
    assert events[-2:] == ["2.5 a down b", "2.5 a decide"]
    assert outcome.waves[0].decisions == [(0, (1,))]


def test_nobody_is_told_of_a_crash_that_is_over() -> None:
    data = {"detect_after": 2, "faults": [{"at": 0.5, "crash": "b"}, {"at": 1, "restart": "b"}]}
    _, events = run(students.Waiter, PATH, faults=plan_faults(data, Graph.of(PATH)))
    assert not any("down" in event and "receiver" not in event for event in events)


def test_who_joins_later_is_told_too() -> None:
    data = {"detect_after": 0.1, "faults": [{"at": 0, "cut": ["b", "c"]}]}
    outcome, events = run(Echo, PATH, faults=plan_faults(data, Graph.of(PATH)))
    assert "1 b down c" in events
    assert outcome.waves[0].decisions == [(0, None)], "echo goes on without the neighbour that is gone"


@pytest.mark.parametrize(
    ("algorithm", "said"),
    [
        (students.ToStranger, 'node a, starting at 0: a message to node 99.*self.send\\(99, "x"\\)'),
        (
            students.Failing,
            "node b, receiving {'key': 1} from a at 1: LookupError: no such thing.*raise LookupError",
        ),
        (students.NotPlain, "node a, starting at 0: a message that is not plain data.*object\\(\\)"),
        (
            students.NotCopied,
            "node a, before 1: a message was changed.*self.send_all\\(self.neighbors, self.seen\\)",
        ),
        (students.TalksInSetup, "node a, setting up at 0: `setup` only makes.*self.send_all"),
        (students.DecidesInSetup, "node a, setting up at 0: `setup` only makes.*self.decide"),
        (students.Interrupts, "node a, starting at 0: KeyboardInterrupt.*raise KeyboardInterrupt"),
        (students.AsksForWhatItIsNotTold, "a node does not know 'sucessor'; the class has no `needs`"),
    ],
)
def test_a_mistake_ends_the_run_and_is_told_with_its_line(algorithm: type[Algorithm], said: str) -> None:
    import re  # noqa: PLC0415

    assert re.search(said, fails(algorithm))


def test_ctrl_c_ends_with_what_is_known_so_far() -> None:
    class Interrupted(students.Endless):
        def on_message(self, sender: int, message: object) -> None:
            if message == 5:
                raise InterruptedRunError
            assert isinstance(message, int)
            self.send(sender, message + 1)

    outcome, _ = run(Interrupted)
    assert (outcome.ending, outcome.waves[0].messages) == ("interrupted", 6)


def test_a_fault_of_ours_is_not_blamed_on_the_algorithm() -> None:
    graph = Graph.of(PAIR)
    plan = WavePlan("a-1", Echo, (0,), graph.network("links"))
    kernel = Kernel(graph, [plan], Links(0, 0, parse_delay("constant:1")), max_events=10)
    with pytest.raises(IndexError):
        kernel.run()
