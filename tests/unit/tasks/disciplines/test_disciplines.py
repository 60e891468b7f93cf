"""Disciplines: what starts first, and what every one of them keeps."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topowave.tasks import LabTask
from topowave.tasks.disciplines.base import TaskFacts
from topowave.tasks.disciplines.registry import DISCIPLINES, find_discipline
from topowave.tasks.script import PRIORITIES

every_discipline = pytest.mark.parametrize("name", DISCIPLINES)
seconds = st.one_of(st.none(), st.floats(0.001, 1e9))
facts = st.builds(
    TaskFacts, st.sampled_from(["emulated", "script"]), st.sampled_from(PRIORITIES), seconds, seconds
)


def order(name: str, tasks: list[TaskFacts], task_time: float = 10.0) -> list[TaskFacts]:
    return sorted(tasks, key=find_discipline(name)(task_time).key)


def test_an_unknown_discipline_is_refused_with_what_there_is() -> None:
    with pytest.raises(KeyError, match="there is no discipline 'lifo'; there are fcfs, priority, edf, sjf"):
        find_discipline("lifo")


@every_discipline
def test_a_discipline_says_what_it_is(name: str) -> None:
    discipline = find_discipline(name)
    assert discipline.name == name
    assert re.fullmatch(r"[a-z][a-z0-9-]*", name)
    for text in (discipline.title, discipline.summary, discipline.source, discipline.knows, discipline.wins):
        assert text


@every_discipline
@given(facts, st.floats(0.001, 1e5))
def test_a_key_is_a_number_and_the_same_for_the_same_facts(
    name: str, task: TaskFacts, task_time: float
) -> None:
    discipline = find_discipline(name)(task_time)
    assert not math.isnan(discipline.key(task))
    same = LabTask(
        "a", kind=task.kind, priority=task.priority, deadline=task.deadline, duration=task.duration
    )
    assert discipline.key(same) == discipline.key(task)


@given(st.lists(facts))
def test_first_come_first_served_keeps_the_order_of_arrival(tasks: list[TaskFacts]) -> None:
    assert order("fcfs", tasks) == tasks


@given(st.lists(facts))
def test_nothing_less_urgent_starts_before_something_more_urgent(tasks: list[TaskFacts]) -> None:
    ranks = [PRIORITIES.index(task.priority) for task in order("priority", tasks)]
    assert ranks == sorted(ranks)


@given(
    st.lists(st.tuples(st.floats(0.1, 100), st.floats(0.1, 1000)), min_size=1, max_size=6),
    st.permutations(range(6)),
)
def test_no_order_of_tasks_that_are_there_is_less_late_than_that_of_their_deadlines(
    tasks: list[tuple[float, float]], other: list[int]
) -> None:
    def lateness(ordered: list[TaskFacts]) -> float:
        now, most = 0.0, -math.inf
        for task in ordered:
            now += task.duration or 0
            most = max(most, now - (task.deadline or 0))
        return most

    known = [TaskFacts(duration=duration, deadline=deadline) for duration, deadline in tasks]
    others = [known[at] for at in other if at < len(known)]
    assert lateness(order("edf", known)) <= lateness(others) + 1e-6


@given(st.lists(st.floats(0.1, 1000), min_size=1, max_size=6), st.permutations(range(6)))
def test_no_order_of_tasks_that_are_there_has_a_smaller_mean_response_than_the_shortest_first(
    durations: list[float], other: list[int]
) -> None:
    def all_responses(ordered: list[TaskFacts]) -> float:
        now = total = 0.0
        for task in ordered:
            now += task.duration or 0
            total += now
        return total

    known = [TaskFacts(duration=duration) for duration in durations]
    others = [known[at] for at in other if at < len(known)]
    assert all_responses(order("sjf", known)) <= all_responses(others) + 1e-6


def test_what_has_no_deadline_or_no_known_duration_comes_last() -> None:
    late, none = TaskFacts(deadline=1e9), TaskFacts()
    assert order("edf", [none, late]) == [late, none]
    script, long, usual, short = (
        TaskFacts("script"),
        TaskFacts("script", duration=11.0),
        TaskFacts(),
        TaskFacts(duration=9.0),
    )
    assert order("sjf", [script, long, usual, short]) == [short, usual, long, script]
    assert order("sjf", [script, long, usual, short], 12.0) == [short, long, usual, script]
