import pytest

from topowave.balancer.policies.base import DescribedPolicy, Move, NodeLoad, PolicySettings


def _nothing(*_: object) -> list[Move]:
    return []


def test_loads_moves_and_settings_never_change() -> None:
    for thing, field in [
        (NodeLoad(1, 1, 1), "load"),
        (Move(1, 2, 1), "count"),
        (PolicySettings(), "max_cpu"),
    ]:
        with pytest.raises(AttributeError):
            setattr(thing, field, 9)


def test_a_policy_names_only_settings_that_there_are() -> None:
    assert DescribedPolicy("a", "A", "s", "b", ("max_cpu",), _nothing).settings == ("max_cpu",)
    with pytest.raises(ValueError, match=r"policy a reads unknown settings: max_gpu"):
        DescribedPolicy("a", "A", "s", "b", ("max_cpu", "max_gpu"), _nothing)
