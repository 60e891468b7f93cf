from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.support.near import near
from topowave.load.recordings.reading import read_recording
from topowave.load.recordings.recording import (
    Attempt,
    RecordedMove,
    RecordedRound,
    RecordedTask,
    Recording,
    Settings,
)
from topowave.load.repeating import (
    completed_of,
    figures_of,
    repeat,
    repeat_with,
    workload_of_recording,
)
from topowave.topology import Problems

NETWORK: dict[str, Any] = {
    "name": "a",
    "port": 8000,
    "cpu": 1,
    "children": [{"name": "b", "port": 8001, "cpu": 1, "children": []}],
}
SETTINGS = Settings("max-load-heap", 75.0, "least-loaded", "priority", 1.0)


def task(number: int, submitted: float, *attempts: Attempt, node: str = "a", **said: Any) -> RecordedTask:
    ended = attempts[-1].ended if attempts else said.pop("ended")
    return RecordedTask(f"a.1-1.{number}", node, submitted, 1.0, attempts, ended, **said)


def recording(tasks: list[RecordedTask], *rounds: RecordedRound, **said: Any) -> Recording:
    return Recording("w", None, 1.0, "play", 0.0, NETWORK, SETTINGS, tuple(tasks), rounds, **said)


def move(asked: float, ended: float, count: int = 1, moved: int = 1) -> RecordedMove:
    return RecordedMove("a", "b", count, moved, "moved", asked, ended)


def a_round(began: float, loads: tuple[int, ...], *moves: RecordedMove, **said: Any) -> RecordedRound:
    return RecordedRound(1, "max-load-heap", 0, 1.0, began, began + 0.1, loads, moves, **said)


def test_a_run_of_a_real_lab_beside_a_busy_machine_is_repeated_to_the_millisecond() -> None:
    found = read_recording(Path("tests/data/recordings/ring.json"))
    result, live = repeat(found), figures_of(found)
    assert result.measures.makespan == near(live["makespan"], abs=1e-3)
    assert result.measures.mean_response == near(live["mean_response"], abs=1e-3)
    assert {node.name: node.completed for node in result.nodes} == completed_of(found)
    assert result.repeated is not None
    assert (result.repeated.plans, result.repeated.rounds) == (4, 4)
    assert (result.repeated.as_moved, result.repeated.moves) == (9, 9)
    assert result.repeated.as_seen == result.repeated.loads == 20
    assert (result.measures.moved, result.measures.rounds) == (live["moved"], live["rounds"])
    assert repeat(found).end == result.end


def test_a_task_holds_its_cores_from_when_its_node_had_it_and_them() -> None:
    # The second begins 0.2 s after the first is over, and the third 0.1 s after it came.
    tasks = [
        task(1, 0.0, Attempt("a", 0.0, 0.3, 1.5)),
        task(2, 0.5, Attempt("a", 0.5, 1.7, 2.9)),
        task(3, 4.0, Attempt("a", 4.0, 4.1, 5.0)),
    ]
    found = recording(tasks)
    assert workload_of_recording(found).durations == near([1.5, 1.4, 1.0])
    assert workload_of_recording(found, measured=False).durations == [1.0, 1.0, 1.0]
    result = repeat(found)
    assert result.end == near([1.5, 2.9, 5.0])
    assert result.repeated is None
    assert (result.measures.rounds, result.config.policy) == (0, "none")


def test_what_a_move_takes_is_found_again_and_arrives_when_it_began_there() -> None:
    tasks = [
        task(1, 0.0, Attempt("a", 0.0, 0.0, 2.0)),
        task(2, 0.1, Attempt("a", 0.1, 2.1, 3.0)),
        task(3, 0.2, Attempt("b", 0.7, 0.75, 2.0)),
    ]
    found = recording(tasks, a_round(0.5, (3, 0), move(0.61, 0.8)))
    result = repeat(found)
    assert result.repeated is not None
    assert (result.repeated.plans, result.repeated.as_moved, result.repeated.as_seen) == (1, 1, 2)
    assert result.start[2] == near(0.75)
    assert result.end == near([2.0, 3.0, 2.0])
    assert [node.completed for node in result.nodes] == [2, 1]


def test_what_was_interrupted_runs_until_its_move_was_asked_for() -> None:
    two_cores: dict[str, Any] = {
        "name": "a",
        "port": 8000,
        "cpu": 2,
        "children": [{"name": "b", "port": 8001, "cpu": 2, "children": []}],
    }
    tasks = [
        task(1, 0.0, Attempt("a", 0.0, 0.0, 2.0)),
        task(2, 0.1, Attempt("a", 0.1, 0.1, 1.15), Attempt("b", 1.2, 1.2, 2.3)),
    ]
    found = recording(tasks, a_round(1.0, (2, 0), move(1.11, 1.21)))
    result = repeat(msgspec.structs.replace(found, network=two_cores))
    assert result.repeated is not None
    assert (result.repeated.plans, result.repeated.as_moved) == (1, 1)
    assert result.measures.lost_work == near(1.01)
    assert result.end == near([2.0, 2.3])


def test_a_giver_whose_tasks_end_while_it_is_asked_takes_as_many_as_it_did() -> None:
    # Asked at 0.61 it had two that waited; the first one ends at 0.7, and only one waits when it answers.
    tasks = [
        task(1, 0.0, Attempt("a", 0.0, 0.0, 0.7)),
        task(2, 0.1, Attempt("a", 0.1, 0.7, 2.0)),
        task(3, 0.2, Attempt("b", 0.8, 0.8, 2.0)),
    ]
    seen = a_round(0.5, (5, 0), move(0.61, 0.9, count=2, moved=1))
    result = repeat(recording(tasks, seen))
    assert result.repeated is not None
    assert (result.repeated.plans, result.repeated.as_moved) == (1, 1)
    assert result.end == near([0.7, 2.0, 2.0])


def test_a_giver_took_its_tasks_out_when_the_last_of_them_had_come() -> None:
    # Asked at 0.61 it had one that waited; what it gave came at 0.65, and that is known of the receiver.
    tasks = [
        task(1, 0.0, Attempt("a", 0.0, 0.0, 0.7)),
        task(2, 0.1, Attempt("a", 0.1, 0.7, 2.0)),
        task(3, 0.65, Attempt("b", 0.8, 0.8, 2.5)),
    ]
    result = repeat(recording(tasks, a_round(0.5, (2, 0), move(0.61, 0.9))))
    assert result.repeated is not None
    assert (result.repeated.plans, result.repeated.as_moved) == (1, 1)
    assert [node.completed for node in result.nodes] == [2, 1]
    assert result.start[2] == near(0.8)
    assert result.end == near([0.7, 2.0, 2.5])


def test_tasks_that_began_before_the_balancer_heard_that_their_move_was_over_begin_then() -> None:
    tasks = [
        task(1, 0.0, Attempt("a", 0.0, 0.0, 2.0)),
        task(2, 0.1, Attempt("a", 0.1, 2.1, 3.0)),
        task(3, 0.2, Attempt("b", 0.7, 0.75, 1.5)),
    ]
    result = repeat(recording(tasks, a_round(0.5, (3, 0), move(0.61, 1.9))))
    assert result.repeated is not None
    assert (result.repeated.plans, result.repeated.as_moved) == (1, 1)
    assert result.start[2] == near(0.75)
    assert result.end == near([2.0, 3.0, 1.5])


def test_a_giver_that_had_nothing_left_had_its_last_tasks_begun_although_that_is_written_later() -> None:
    tasks = [task(1, 0.0, Attempt("a", 0.0, 0.0, 0.7)), task(2, 0.1, Attempt("a", 0.1, 0.7, 2.0))]
    result = repeat(recording(tasks, a_round(0.5, (2, 0), move(0.61, 0.65, count=1, moved=0))))
    assert result.repeated is not None
    assert (result.repeated.plans, result.repeated.as_moved) == (1, 1)
    assert [node.completed for node in result.nodes] == [2, 0]


def test_a_plan_that_is_another_one_is_told() -> None:
    tasks = [task(number, 0.0, Attempt("a", 0.0, number - 1.0, float(number))) for number in (1, 2, 3, 4)]
    result = repeat(recording(tasks, a_round(0.5, (4, 0))))
    assert result.repeated is not None
    assert (result.repeated.plans, result.repeated.rounds, result.repeated.as_moved) == (0, 1, 0)
    assert result.measures.moved == 2


def test_who_did_not_take_part_does_not_in_the_repetition() -> None:
    tasks = [task(number, 0.0, Attempt("a", 0.0, number - 1.0, float(number))) for number in (1, 2, 3)]
    for said in ({"not_taking": ("b",)}, {"not_giving": ("a",)}, {"room": {"b": 0}}):
        result = repeat(recording(tasks, a_round(0.5, (3, 0), **said)))
        assert result.repeated is not None
        assert (result.repeated.plans, result.measures.moved) == (1, 0)


def test_what_was_given_up_at_its_deadline_is_again() -> None:
    tasks = [
        task(1, 0.0, Attempt("a", 0.0, 0.0, 3.0)),
        task(2, 0.5, ended=1.5, completed=False, deadline=1.0),
    ]
    found = recording(tasks)
    assert figures_of(found)["deadline_misses"] == repeat(found).measures.deadline_misses == 1


def test_the_same_tasks_may_meet_another_policy_or_none() -> None:
    found = read_recording(Path("tests/data/recordings/ring.json"))
    none = repeat_with(found, "none").measures
    assert (none.moved, none.rounds, none.completed) == (0, 0, 60)
    other = repeat_with(found, "work-stealing").measures
    assert (other.moved > 0, other.rounds > 0, other.completed) == (True, True, 60)
    assert other.mean_response is not None
    assert none.mean_response is not None
    assert other.mean_response < none.mean_response
    with pytest.raises(Problems, match="there is no policy"):
        repeat_with(found, "nonesuch")


def test_rounds_of_two_policies_are_no_run_that_can_be_repeated() -> None:
    tasks = [task(1, 0.0, Attempt("a", 0.0, 0.0, 1.0))]
    other = msgspec.structs.replace(a_round(0.5, (1, 0)), policy="tree-exact")
    with pytest.raises(Problems, match="rounds of several policies were recorded: max-load-heap, tree-exact"):
        repeat(recording(tasks, a_round(0.1, (1, 0)), other))


def test_what_was_predicted_is_told_to_the_policy_again() -> None:
    tasks = [task(each, 0.0, Attempt("a", 0.0, float(each), each + 1.0)) for each in range(4)]
    told = a_round(0.5, (4, 0), move(0.6, 0.7, count=3, moved=2), forecast=(9.0, 0.0))
    for given, plans in ((told, 1), (msgspec.structs.replace(told, forecast=None), 0)):
        found = recording(tasks, msgspec.structs.replace(given, policy="predictive"))
        result = repeat(found)
        assert result.repeated is not None
        assert result.repeated.plans == plans
