import pytest

from topowave.balancer import round_results as module
from topowave.balancer.round_results import KeptRounds, Round


def done(number: int, nodes: int = 2) -> Round:
    return Round(
        policy="none",
        began=1.0,
        time=2.0,
        wave="w",
        status="ok",
        moved=0,
        nothing_left=0,
        failed=0,
        moves=[],
        number=number,
        version=1,
        round=number - 1,
        since=0.0,
        planned=1.5,
        loads=[None] * nodes,
        not_giving=[],
        not_taking=[],
        room={},
        forecast=None,
    )


def test_the_oldest_rounds_go_and_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ROUNDS_KEPT", 3)
    kept = KeptRounds()
    assert kept.after(0, 10).forgotten == 0
    for number in range(1, 6):
        kept.append(done(number))
    found = kept.after(1, 2)
    assert ([each.number for each in found.rounds], found.forgotten) == ([3, 4], 1)
    assert kept.after(5, 2).rounds == []
    assert kept.after(5, 2).forgotten == 0


def test_rounds_of_many_nodes_are_fewer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ROUND_LOADS", 10)
    kept = KeptRounds()
    for number in range(1, 5):
        kept.append(done(number, nodes=4))
    assert [each.number for each in kept.after(0, 10).rounds] == [3, 4]
    kept.append(done(5, nodes=100))
    assert [each.number for each in kept.after(0, 10).rounds] == [5]
