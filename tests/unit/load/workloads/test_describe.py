"""A workload in figures and small pictures."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from topowave.load.workloads import Workload, workload_of
from topowave.load.workloads.describe import BARS, describe, quantile, seconds, text_of


def test_figures_of_a_workload_that_is_known() -> None:
    found = describe(Workload([0.0, 1.0, 2.0, 3.0], [1.0, 1.0, 1.0, 5.0], weights=[1, 1, 1, 2]), cores=10)
    assert (found.tasks, found.span, found.work, found.mean) == (4, 3, 13, 2)
    assert (found.median, found.p99, found.longest, found.utilisation) == (1, 5, 5, 13 / 30)
    assert math.isclose(found.variation, math.sqrt(3) / 2)
    assert found.classes == ((1.0, 2.0, 3), (2.0, 5.0, 0), (5.0, 10.0, 1))


def test_dispersion_tells_bursts_from_chance_and_from_order() -> None:
    for spec, least, most in (
        ("constant:rate=10,tasks=6001", 0.0, 0.1),
        ("poisson:rate=10,tasks=6000", 0.5, 1.6),
        ("mmpp:rate=10,tasks=6000,on=5,off=45", 5.0, 200.0),
    ):
        dispersion = describe(workload_of(spec)).dispersion
        assert dispersion is not None
        assert least <= dispersion <= most


def test_what_comes_at_once_has_no_rate() -> None:
    batch = workload_of("batch:tasks=5")
    found = describe(batch, cores=2)
    assert (found.dispersion, found.windows, found.rate) == (None, (5,), math.inf)
    assert found.to_json()["rate"] is None
    assert found.to_json()["utilisation"] is None
    assert "all at once" in text_of(batch, found)


def test_a_text_names_what_tasks_are_said_to_be() -> None:
    spec = "poisson:rate=10,weight=1/2,priority=low/high,category=c,node=palm/oak"
    workload = workload_of(spec, seed=3)
    text = text_of(workload, describe(workload))
    assert text.startswith(f"{spec}, seed 3\ntasks        1,000 over ")
    assert all(word in text for word in ("priorities   ", "cores        ", "c 100%", "palm "))
    assert any(bar in text for bar in BARS)
    assert text_of(workload, describe(workload), plain=True).isascii()


@given(st.lists(st.tuples(st.floats(0, 1e6), st.floats(1e-6, 1e9)), min_size=1, max_size=50))
def test_nothing_is_lost_in_a_picture(tasks: list[tuple[float, float]]) -> None:
    workload = Workload(sorted(time for time, _ in tasks), [duration for _, duration in tasks])
    found = describe(workload)
    assert sum(found.windows) == len(tasks)
    assert sum(count for *_, count in found.classes) == len(tasks)
    assert text_of(workload, found)


def test_quantiles_are_values_that_are_there() -> None:
    assert [quantile([1.0, 2.0, 3.0, 4.0], share) for share in (0.0, 0.25, 0.5, 0.99, 1.0)] == [1, 1, 2, 4, 4]
    assert [seconds(each) for each in (0, 0.0123, 90, 150, 9000, 200_000)] == [
        "0 s", "0.0123 s", "90 s", "2.5 min", "2.5 h", "2.3 d",
    ]  # fmt: skip
