"""A run in virtual time: the same for a seed, refused in sentences, and as its parts say."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any, cast

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.load.labs import named, poisson, star
from topowave import LoadConfig, LoadResult, generate, simulate_load, workload_of
from topowave.load.config import NodeFault, parse_faults
from topowave.load.limits import MOST_ROUNDS, MOST_SAMPLES
from topowave.load.workloads.workload import Workload
from topowave.topology import Problems


def hot(tasks: int = 400, **columns: Any) -> Workload:
    """All tasks come to one leaf of `star`."""
    return poisson(3.0, tasks, nodes=["n2"] * tasks, **columns)


def test_the_same_arguments_give_the_same_bytes() -> None:
    def run() -> str:
        config = LoadConfig(link_delay=0.1, move_time=0.2, report_delay=0.1, rebalance_interval=1)
        result = simulate_load("random:20:1", poisson(40.0, 2000), config, seed=7)
        return json.dumps(result.to_json()) + "".join(result.csv_rows())

    assert run() == run()


def test_rebalancing_brings_tasks_from_a_hot_leaf_to_the_others() -> None:
    alone = simulate_load(star(2, 2, 2), hot(), LoadConfig(policy="none")).measures
    helped = simulate_load(star(2, 2, 2), hot(), LoadConfig(rebalance_interval=1)).measures
    assert alone.completed == helped.completed == 400
    assert alone.moved == alone.rounds == alone.control_messages == 0
    assert helped.moved > 100
    assert helped.load_hops >= helped.moved
    assert helped.mean_response is not None
    assert alone.mean_response is not None
    assert helped.mean_response < alone.mean_response / 5
    assert alone.jain is not None
    assert helped.jain is not None
    assert math.isclose(alone.jain, 1 / 3)  # one of three did everything
    assert helped.jain > 0.8


def test_a_round_counts_its_wave_its_moves_and_what_is_lost() -> None:
    """Two tasks at once on one core, a round after a second: the one that waits goes, and begins at 1.5 s."""
    workload = Workload([0.0, 0.0], [3.0, 3.0], nodes=["n1", "n1"])
    result = simulate_load(star(1, 1, 1), workload, LoadConfig(rebalance_interval=1, move_time=0.5))
    measures = result.measures
    assert (measures.moved, measures.makespan) == (1, 4.5)
    assert [*result.start] == [0.0, 1.5]
    assert measures.load_hops in {1, 2}
    assert measures.control_messages == 4 * measures.rounds + 4
    assert measures.lost_work == 0


def test_a_plan_of_what_a_slow_wave_saw_interrupts_nothing_that_it_need_not() -> None:
    """When the plan is made the second task is over: its node keeps the first, as the plan would have it."""
    workload = Workload([0.0, 0.0], [9.0, 1.5], nodes=["n1", "n1"])
    config = LoadConfig(rebalance_interval=1, link_delay=1.0, max_cpu=75)
    result = simulate_load(star(1, 2, 2), workload, config)
    assert result.measures.lost_work == 0
    assert [*result.end] == [9.0, 1.5]


def test_tasks_go_back_to_the_giver_where_the_receiver_is_down_when_they_arrive() -> None:
    workload = Workload([0.0] * 4, [2.0] * 4, nodes=["n0"] * 4)
    config = LoadConfig(
        rebalance_interval=1, move_time=1, faults=[NodeFault(1.5, "n1", "down"), NodeFault(3, "n1", "up")]
    )
    result = simulate_load(star(1, 1), workload, config)
    assert result.measures.completed == 4
    assert {result.node[0], result.node[1]} == {0}


def test_a_task_waits_for_a_node_that_can_be_given_one() -> None:
    down = [NodeFault(0.0, "n0", "down"), NodeFault(0.0, "n1", "down"), NodeFault(5.0, "n1", "up")]
    result = simulate_load(star(1, 1), Workload([1.0], [2.0]), LoadConfig(faults=down, policy="none"))
    assert ([*result.start], [*result.end], [*result.node]) == ([5.0], [7.0], [1])


def test_what_can_never_be_done_is_counted_as_unfinished() -> None:
    result = simulate_load(
        star(1, 1),
        Workload([1.0, 2.0], [2.0, 2.0]),
        LoadConfig(faults=parse_faults("n0@0") + parse_faults("n1@3.5")),
    )
    assert (result.measures.completed, result.measures.unfinished) == (1, 1)
    assert result.response == [2.0, math.inf]


@pytest.mark.parametrize(
    ("discipline", "order"),
    [("fcfs", [1, 2, 3]), ("priority", [3, 1, 2]), ("sjf", [2, 3, 1]), ("edf", [2, 1, 3])],
)
def test_a_discipline_says_which_task_is_next(discipline: str, order: list[int]) -> None:
    workload = Workload(
        [0.0, 0.1, 0.2, 0.3],
        [1.0, 3.0, 1.0, 2.0],
        priorities=["low", "low", "low", "high"],
        deadlines=[math.inf, 60.0, 50.0, math.inf],
    )
    result = simulate_load(star(1), workload, LoadConfig(discipline=discipline))
    assert sorted([1, 2, 3], key=lambda task: result.start[task]) == order


def test_figures_are_what_they_are_called() -> None:
    workload = Workload([1.0, 1.0, 2.0], [2.0, 4.0, 1.0], weights=[2, 1, 1], nodes=named([0, 1, 1]))
    measures = simulate_load(star(2, 1), workload, LoadConfig(policy="none", sample_interval=0.5)).measures
    assert measures.makespan == 5.0  # from 1 to 6
    assert measures.mean_response == (2 + 4 + 4) / 3
    assert (measures.p50_response, measures.p99_response, measures.max_response) == (4, 4, 4)
    assert measures.mean_wait == 1.0
    assert measures.throughput == 0.6
    assert measures.utilisation == 9 / 15
    assert measures.jain == (2 + 5) ** 2 / (2 * (4 + 25))


@given(
    st.sampled_from(["none", "max-load-heap"]),
    st.sampled_from(["fcfs", "sjf"]),
    st.lists(st.integers(1, 4), min_size=1, max_size=5),
    st.floats(0, 1),
    st.integers(0, 3),
)
@settings(max_examples=40, deadline=None)
def test_all_tasks_are_completed_and_each_takes_at_least_its_duration(
    policy: str, discipline: str, cpus: list[int], delay: float, seed: int
) -> None:
    config = LoadConfig(
        policy=policy,
        discipline=discipline,
        rebalance_interval=0.7,
        report_delay=delay,
        link_delay=delay,
        move_time=delay,
        hop_time=delay / 2,
    )
    result = simulate_load(star(*cpus), poisson(sum(cpus) * 1.1, 80, seed=seed), config, seed)
    assert result.measures.completed == sum(node.completed for node in result.nodes) == 80
    for response, duration in zip(result.response, result.workload.durations, strict=True):
        assert response >= duration - 1e-9
    assert math.isclose(sum(node.work for node in result.nodes), result.workload.work)


def test_an_endless_run_is_looked_at_and_rebalanced_so_often_and_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert MOST_SAMPLES == 100_000
    monkeypatch.setattr("topowave.load.balance.MOST_SAMPLES", 3)
    monkeypatch.setattr("topowave.load.rebalancing.MOST_ROUNDS", 5)
    result = simulate_load(
        star(1), Workload([0.0], [4.5]), LoadConfig(sample_interval=1, rebalance_interval=1)
    )
    assert ([*result.sample_times], result.measures.rounds) == ([1.0, 2.0, 3.0], 4)
    with pytest.raises(Problems, match="rounds of rebalancing; expected a longer rebalance_interval"):
        simulate_load(star(1), Workload([0.0], [9.0]), LoadConfig(rebalance_interval=1))


def test_a_network_of_networkx_can_be_taken_and_progress_is_told() -> None:
    told: list[tuple[int, int, float]] = []
    graph = cast("Any", nx).path_graph(4)

    def look(done: int, tasks: int, time: float) -> None:
        told.append((done, tasks, time))

    result = simulate_load(graph, poisson(2.0, 300), LoadConfig(), progress=look)
    assert result.measures.completed == 300
    assert told[-1][:2] == (300, 300)
    assert [done for done, _, _ in told] == sorted(done for done, _, _ in told)
    quiet = simulate_load(graph, poisson(2.0, 300), LoadConfig())
    assert quiet.to_json() == result.to_json()


ONE = Workload([0.0], [1.0])


@pytest.mark.parametrize(
    ("workload", "config", "text"),
    [
        (ONE, {"policy": "best"}, "there is no policy 'best'; there are "),
        (ONE, {"placement": "best"}, "there is no placement 'best'; there are "),
        (ONE, {"discipline": "best"}, "there is no discipline 'best'; there are "),
        (ONE, {"rebalance_interval": -1.0}, "rebalance_interval: -1.0; expected a number of seconds from 0"),
        (ONE, {"move_time": math.nan}, "move_time: nan; expected a number of seconds from 0"),
        (ONE, {"max_cpu": 0.0}, "max_cpu: 0.0; expected percent above 0, up to 100"),
        (ONE, {"sample_interval": 0.0}, "sample_interval: 0.0; expected seconds above 0"),
        (ONE, {"faults": [NodeFault(1.0, "nobody", "down")]}, "faults[0]: there is no node 'nobody'"),
        (Workload([], []), {}, "the workload: has no tasks; expected one at least"),
        (Workload([0.0], [1.0], weights=[3]), {}, "a task holds 3 cores, and no node has more than 2"),
        (
            Workload([0.0, 2.0 * MOST_ROUNDS], [1.0, 1.0]),
            {"rebalance_interval": 1.0},
            "more than 1,000,000 rounds",
        ),
        (Workload([0.0], [1.0], nodes=["n9"]), {}, 'there is no node "n9"'),
    ],
)
def test_what_does_not_fit_is_refused_with_a_sentence(
    workload: Workload, config: dict[str, Any], text: str
) -> None:
    with pytest.raises(Problems) as refused:
        simulate_load(star(2, 1), workload, LoadConfig(**config))
    assert text in str(refused.value)


@pytest.mark.parametrize("text", ["n1", "@3", "n1@x", "n1@3-2", "n1@-1", "n1@1-nan"])
def test_a_fault_that_is_not_written_as_one_is_refused(text: str) -> None:
    with pytest.raises(Problems, match="expected NAME@DOWN or NAME@DOWN-UP"):
        parse_faults(text)
    assert parse_faults("a@b@1.5-2") == (NodeFault(1.5, "a@b", "down"), NodeFault(2.0, "a@b", "up"))


def test_an_option_that_there_is_not_is_named() -> None:
    assert LoadConfig().but(max_cpu=50.0).max_cpu == 50.0
    with pytest.raises(Problems, match="polices: unknown option; did you mean"):
        LoadConfig().but(polices="none")


def test_a_result_reads_as_a_table() -> None:
    result: LoadResult = simulate_load(star(1), ONE)
    assert "mean response  " in str(result)
    assert "<td>makespan</td><td>1 s</td>" in result.to_html()
    lines: Sequence[str] = [*result.csv_rows()]
    assert lines == [
        "task,node,arrival_s,duration_s,start_s,end_s,completed\r\n",
        "0,n0,0.0,1.0,0.0,1.0,1\r\n",
    ]


def test_random_delays_are_those_of_the_seed_and_make_other_plans() -> None:
    workload = workload_of("hotspot:rate=8,duration=exp(1),tasks=300", generate("grid", nodes=9, seed=1), 1)

    def run(seed: int, **said: Any) -> LoadResult:
        return simulate_load("grid:9:1", workload, LoadConfig(rebalance_interval=1, **said), seed)

    found = run(1, delay="exponential:0.2")
    assert run(1, delay="exponential:0.2").end == found.end
    assert run(2, delay="exponential:0.2").end != found.end
    assert run(1).end == run(2).end
    constant = run(1, delay="constant:0.2")
    assert run(2, delay="constant:0.2").end == constant.end
    assert constant.measures.moved > 0


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"delay": "uniform:2,1"}, "delay: 'uniform:2,1' is no delay; expected constant:TIME"),
        ({"delay": "constant:1", "link_delay": 0.5}, "expected one of them"),
    ],
)
def test_a_delay_that_is_none_or_said_twice_is_refused(said: dict[str, Any], told: str) -> None:
    with pytest.raises(Problems) as refusal:
        LoadConfig(**said)
    assert told in str(refusal.value)
