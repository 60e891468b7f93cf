"""Missed deadlines of late, from a number that counts all that are kept."""

from __future__ import annotations

from topowave.balancer.alerts.late_tasks import LateTasks


def test_what_was_late_before_is_no_news_and_what_is_late_now_is_told_for_a_while() -> None:
    late = LateTasks()
    moments = [(0, 5), (1, 5), (2, 7), (3, 8), (60, 8), (63, 8), (64, 8)]
    assert [late.look(now_s, count, 60) for now_s, count in moments] == [0, 0, 2, 3, 3, 3, 0]


def test_a_number_that_falls_since_old_tasks_go_is_nobodys_deadline() -> None:
    late = LateTasks()
    assert [late.look(t, count, 60) for t, count in enumerate([9, 4, 5])] == [0, 0, 1]


def test_without_a_journal_nobody_knows() -> None:
    late = LateTasks()
    assert late.look(0, None, 60) is None
    assert [late.look(1, 3, 60), late.look(2, None, 60)] == [0, 0]
