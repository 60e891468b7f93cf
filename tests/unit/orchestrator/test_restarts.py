from topowave.orchestrator.restarts import RestartBudget


def test_five_restarts_in_a_minute_are_allowed_and_the_sixth_is_not() -> None:
    budget = RestartBudget(most=5, window_s=60)
    assert [budget.spend(second) for second in range(6)] == [True] * 5 + [False]


def test_restarts_older_than_the_window_no_longer_count() -> None:
    budget = RestartBudget(most=1, window_s=60)
    assert budget.spend(0)
    assert not budget.spend(59.9)
    assert budget.spend(60)


def test_a_refused_restart_does_not_count() -> None:
    budget = RestartBudget(most=1, window_s=60)
    assert [budget.spend(second) for second in (0, 30, 60)] == [True, False, True]
