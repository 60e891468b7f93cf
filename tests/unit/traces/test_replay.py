from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.simulator import students
from topowave.algorithms import Algorithm, Network
from topowave.algorithms.initiators import usual_initiators
from topowave.algorithms.registry import LIBRARY
from topowave.algorithms.requirements import refusals
from topowave.runtime.graph import Graph
from topowave.simulator import Run, Wave, simulate, simulate_waves
from topowave.topology import Problems, generate
from topowave.topology.problems import shown
from topowave.traces.reader import Recorded, parse_trace
from topowave.traces.replay import Replay, replay


def again(run: Run, change: Callable[[list[dict[str, Any]]], None] | None = None) -> Replay:
    lines = [json.loads(line) for line in run.events]
    if change is not None:
        change(lines)
    return replay(parse_trace([json.dumps(line) for line in lines], "t"))


@pytest.mark.slow
@given(
    st.sampled_from(sorted(LIBRARY)),
    st.sampled_from(["ring:6", "binary:7", "star:5", "random:8:1"]),
    st.integers(0, 99),
)
def test_every_simulated_run_replays_exactly(name: str, network: str, seed: int) -> None:
    graph, algorithm = Graph.of(network), LIBRARY[name]
    seen = graph.network(algorithm.view, fifo=True)
    if refusals("", algorithm.requires, seen, usual_initiators(algorithm, seen)):
        return
    run = simulate(algorithm, graph, seed=seed, delay="uniform:1,10", fifo=True)
    found = again(run)
    assert found.ok, found.differences
    assert (found.sends, found.decides) == (run.messages, len(run.deciders))


def test_a_run_with_faults_timers_and_losses_replays_exactly() -> None:
    faults = {
        "detect_after": 1,
        "faults": [
            {"at": 2.5, "crash": "root"},
            {"at": 3, "restart": "root", "state": "lost"},
            {"at": 9, "heal": True},
        ],
    }
    for algorithm in (students.Clock, "echo", students.Waiter):
        run = simulate(algorithm, "ring:5", delay="uniform:1,3", loss=0.1, duplicate=0.2, faults=faults)
        assert replay(parse_trace(run.events, "t"), algorithm).ok


def test_several_waves_with_inputs_replay_exactly() -> None:
    waves = [Wave("echo", inputs=[1, 2, 3, 4, 5, 6]), Wave("finn", at=1), Wave("push-sum")]
    runs = simulate_waves(waves, "ring:6", delay="uniform:1,3")
    found = again(runs[0])
    assert found.ok, found.differences
    assert sorted(found.waves) == ["root-1", "root-2", "root-3"]
    assert found.sends == sum(run.messages for run in runs)


def _find(lines: list[dict[str, Any]], event: str) -> int:
    return next(index for index, line in enumerate(lines) if line.get("event") == event)


def _other_message(lines: list[dict[str, Any]]) -> None:
    lines[_find(lines, "send")]["message"] = "forged"


def _other_value(lines: list[dict[str, Any]]) -> None:
    lines[_find(lines, "decide")]["message"] = "forged"


def _send_left_out(lines: list[dict[str, Any]]) -> None:
    del lines[_find(lines, "send")]


def _decide_added(lines: list[dict[str, Any]]) -> None:
    lines.append(lines[_find(lines, "decide")])


def _receive_left_out(lines: list[dict[str, Any]]) -> None:
    del lines[max(index for index, line in enumerate(lines) if line.get("event") == "receive")]


def _not_decodable(lines: list[dict[str, Any]]) -> None:
    lines[_find(lines, "receive")]["message"] = {"$": "nonsense"}


def _without_peer(lines: list[dict[str, Any]]) -> None:
    del lines[_find(lines, "receive")]["peer"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_other_message, "the trace has send 'forged' to"),
        (_other_value, "the trace has decide 'forged', the replay decide None"),
        (_send_left_out, "which the trace has not|the trace has"),
        (_decide_added, "the replay nothing more"),
        (_receive_left_out, "the trace has"),
        (_not_decodable, "unknown kind of value 'nonsense'"),
        (_without_peer, "does not say with whom"),
    ],
)
def test_a_forged_trace_is_noticed(change: Callable[[list[dict[str, Any]]], None], said: str) -> None:
    import re  # noqa: PLC0415

    found = again(simulate("echo", "ring:4"), change)
    assert not found.ok
    assert any(re.search(said, difference) for difference in found.differences), found.differences
    assert found.to_json()["reproduced"] is False


def _header(**more: object) -> Callable[[list[dict[str, Any]]], None]:
    return lambda lines: lines[0].update(more)


def _joined(message: object) -> Callable[[list[dict[str, Any]]], None]:
    return lambda lines: lines.insert(1, lines[1] | {"event": "join", "message": message})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_header(waves=5), "t: line 1: waves: expected a list of objects"),
        (_header(waves="echo"), "t: line 1: waves: expected a list of objects"),
        (_header(waves=[5]), "t: line 1: waves: expected a list of objects"),
        (_joined({"$": "nonsense"}), "t: line 2: message: unknown kind of value 'nonsense'"),
        (_joined({"$": "set", "of": [[1]]}), "t: line 2: message: not a set: unhashable type: 'list'"),
    ],
)
def test_a_trace_that_makes_no_sense_is_refused_with_its_line(
    change: Callable[[list[dict[str, Any]]], None], said: str
) -> None:
    with pytest.raises(Problems) as refused:
        again(simulate("echo", "ring:4"), change)
    assert refused.value.problems == (said,)


def test_another_class_can_be_held_against_a_trace() -> None:
    trace = parse_trace(simulate(students.UsersEcho, "ring:4").events, "t")
    assert replay(trace, students.UsersEcho).ok
    assert not replay(trace, students.Silent).ok


def test_a_class_that_no_wave_names_takes_none_that_names_another_in_whatever_order_they_are_given() -> None:
    trace = parse_trace(simulate(students.UsersEcho, "ring:4").events, "t")
    assert replay(trace, students.Silent, students.UsersEcho).ok
    assert replay(trace, students.UsersEcho, students.Silent).ok


def mixed(own: str) -> Recorded:
    """A trace of two waves, one of a class that the trace calls `own`."""
    waves = [Wave(students.UsersEcho), Wave("echo", at=50)]
    lines = [json.loads(line) for line in simulate_waves(waves, "ring:4")[0].events]
    lines[0]["waves"][0]["algorithm"] = own
    return parse_trace([json.dumps(line) for line in lines], "t")


@pytest.mark.parametrize("own", ["users-echo", "gone.py:UsersEcho"])
def test_a_class_of_ones_own_replays_its_waves_and_leaves_the_others(own: str) -> None:
    found = replay(mixed(own), students.UsersEcho)
    assert (found.ok, len(found.waves), found.sends) == (True, 2, 16)
    assert replay(mixed(own), students.Silent).different > 8  # no wave names it, so it replays all


@pytest.mark.parametrize("own", ["users-echo", "gone.py:UsersEcho"])
def test_a_class_that_cannot_be_found_is_asked_for(own: str) -> None:
    with pytest.raises(Problems, match=r"wave root-1: .*--algorithm FILE\.py:CLASS says where its class is"):
        replay(mixed(own))


def test_a_file_that_a_trace_names_is_not_run(tmp_path: Path) -> None:
    (tmp_path / "evil.py").write_text("import os\nos._exit(0)\n")
    for own in (f"{tmp_path / 'evil.py'}:Echo", str(tmp_path / "evil.py"), "x\x1b[31m"):
        with pytest.raises(Problems) as caught:
            replay(mixed(own))
        assert str(caught.value) == (
            f"wave root-1: {shown(own)} is no algorithm of the library, and a trace runs no file; "
            "--algorithm FILE.py:CLASS says where its class is"
        )


def test_a_handler_that_fails_is_a_difference_with_its_line() -> None:
    trace = parse_trace(simulate(students.Silent, "ring:4").events, "t")
    found = replay(trace, students.Failing)
    assert "no such thing" in str(found.differences)


class Odd(Algorithm):
    """Fails in every way that a handler can."""

    wave = False
    deciders = "some"

    def setup(self) -> None:
        if self.input == "bad":
            raise ValueError("set up")

    def on_start(self) -> None:
        self.send_all(self.neighbors, ["hello"])

    def on_message(self, sender: int, message: list[str]) -> None:
        if self.input == "far":
            self.send(sender + 77, message)
        if self.id:
            self.send(sender, message)
        if self.input == "late":
            message.append("more")
        elif self.input == "lost":
            raise ValueError(f"at {object()}")


def lines_of(run: Run) -> list[dict[str, Any]]:
    return [json.loads(line) for line in run.events]


@pytest.mark.parametrize("given", ["far", "lost"])
def test_a_mistake_that_is_made_again_is_reproduced_and_wrong(given: str) -> None:
    run = simulate(Odd, "path:3:1", inputs=lambda node: given if node == 1 else None)
    assert run.mistake is not None
    found = replay(parse_trace(run.events, "t"), Odd)
    assert (found.reproduced, found.ok, found.sends) == (True, False, 1)
    [said] = found.wrong
    assert said.startswith("wave root-1: node ")
    assert str(run.mistake.line) in said
    assert said.endswith(" (a mistake, reproduced)")


def live(given: str, mistake: str | None) -> Recorded:
    """A live trace of two nodes, of which the second has that input, and ends with that mistake."""
    lines = lines_of(simulate(Odd, "path:2", inputs=lambda _: None))
    root, leaf = lines[1]["node"], lines[3]["peer"]
    header = {"version": 1, "algorithm": "live", "seed": None, "topology": lines[0]["topology"]}
    more = {"wave": "root-1", "node": leaf, "t": 1.0}
    met = [
        more | {"event": "join", "message": given, "algorithm": "odd"},
        more | {"event": "receive", "peer": root, "message": ["hello"], "message_id": f"{root}:1"},
    ]
    told = [more | {"event": "mistake", "message": mistake}] if mistake else []
    if given == "bad":
        met = []
        told[0]["algorithm"] = "odd"
    rows = [header, lines[1] | {"algorithm": "odd"}, *lines[2:4], *met, *told]
    return parse_trace([json.dumps(row | ({"seq": n} if n else {})) for n, row in enumerate(rows)], "t")


@pytest.mark.parametrize(
    ("given", "mistake"),
    [
        ("far", "Odd, receiving: a message to node 77, which is not among its out-neighbours"),
        ("late", "Odd, receiving: a message was changed after it had been sent here; send a copy of it"),
        ("lost", "Odd, receiving a message from root: ValueError: at <object object at 0x123>"),
    ],
)
def test_a_mistake_of_a_live_wave_is_reproduced(given: str, mistake: str) -> None:
    found = replay(live(given, mistake), Odd)
    assert found.differences == []
    assert found.wrong == [f"wave root-1: node fen: {mistake} (a mistake, reproduced)"]


def test_a_mistake_that_differs_or_that_only_one_of_the_two_has_is_a_difference() -> None:
    other = replay(live("lost", "Odd, starting: KeyError: 'x'"), Odd)
    assert "the trace has: Odd, starting: KeyError: 'x'; the replay has: Value" in other.differences[0]
    none = replay(live("lost", None), Odd)
    assert "the replay has: receive at 1: ValueError: at " in none.differences[0]
    assert none.differences[0].endswith("; the trace has not")
    assert (other.different, none.different) == (1, 1)


def test_what_a_replay_cannot_meet_is_told_and_no_difference() -> None:
    found = replay(live("bad", "Odd: its process ended with code 0 while it ran Odd.on_message"), Odd)
    assert found.different == 0
    assert found.wrong[0].endswith("ran Odd.on_message (a mistake, which the replay does not meet)")


def test_many_differences_are_counted() -> None:
    found = replay(parse_trace(simulate("finn", "ring:20").events, "t"), students.Silent)
    assert (len(found.differences), found.different > 20) == (20, True)


def test_a_live_trace_replays(tmp_path: Path) -> None:
    run = simulate("echo", "binary:3:1", inputs=lambda node: {"name": str(node)})
    lines = [json.loads(line) for line in run.events]
    header = {"version": 1, "algorithm": "live", "seed": None, "topology": lines[0]["topology"]}
    seen: set[str] = set()
    for line in lines[1:]:
        if line["node"] not in seen:  # a live node names the algorithm when it joins
            seen.add(line["node"])
            line["algorithm"] = "echo"
        line.setdefault("peer", None)
    moved = {"seq": 99, "t": 9.0, "event": "topology", "topology": lines[0]["topology"]}
    file = tmp_path / "live.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in [header, *lines[1:], moved]))
    found = replay(file)
    assert found.ok, found.differences
    assert (found.sends, found.decides, found.nodes) == (4, 1, 3)


def test_a_wave_with_lost_events_is_not_replayed_but_told() -> None:
    def lose(lines: list[dict[str, Any]]) -> None:
        del lines[_find(lines, "send")]
        lines.append({"t": 9, "event": "lost", "wave": "root-1", "count": 1})

    found = again(simulate("echo", "ring:4"), lose)
    assert (found.ok, found.events, len(found.skipped)) == (True, 0, 1)


@pytest.mark.parametrize(("header", "ok"), [("live", True), ("echo", False)])
def test_a_live_wave_may_be_over_a_subtree_only(header: str, ok: bool) -> None:
    topology = generate("path", nodes=3, seed=1)
    _, middle, end = (node.name for node in topology.nodes)
    run = simulate("echo", Network.from_links(2, [(0, 1)], names=[middle, end]))
    lines = [json.loads(line) | {"algorithm": "echo"} for line in run.events]
    lines[0] = {"version": 1, "algorithm": header, "topology": topology.to_json()}
    assert replay(parse_trace([json.dumps(line) for line in lines], "t")).ok == ok


def test_an_unknown_algorithm_is_refused() -> None:
    def rename(lines: list[dict[str, Any]]) -> None:
        lines[0]["waves"][0]["algorithm"] = "ehco"

    with pytest.raises(Problems, match='"ehco" is no algorithm of the library'):
        again(simulate("echo", "ring:4"), rename)


def test_what_a_trace_that_is_cut_off_does_not_show_is_no_difference(tmp_path: Path) -> None:
    whole = "\n".join(simulate("echo", "ring:5").events).encode() + b"\n"
    lines = whole.splitlines(keepends=True)
    file = tmp_path / "t"
    for kept in range(1, len(lines)):
        file.write_bytes(b"".join(lines[:kept]) + lines[kept][:-5])
        assert replay(file).ok
    file.write_bytes(b"".join(lines[:-1]))
    assert not replay(file).ok  # it ends with a whole line, so what is missing was left out
