import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.algorithms.harness import check_laws, check_time, explore, refused, run, run_timed, without
from tests.unit.algorithms.networks import examples, ring, seeds, some_of, strongly_connected
from tests.unit.algorithms.recorded_snapshots import recorded, recorded_on_the_way
from topowave.algorithms import Fifo, Network
from topowave.algorithms.snapshots.chandy_lamport import ChandyLamport, Marker, Payment
from topowave.algorithms.snapshots.payments import FIRST_BALANCE


@examples
@given(strongly_connected(fifo=True), st.data(), seeds)
def test_the_recorded_money_adds_up_with_one_marker_a_channel(
    network: Network, data: st.DataObject, seed: int
) -> None:
    inputs = {node: (seed + node) % 50 for node in range(network.nodes)}
    done = run(ChandyLamport, network, data.draw(some_of(network)), seed=seed, inputs=inputs)
    check_laws(done)
    assert recorded(done) == sum(inputs.values())
    assert done.sent_of(Marker) == network.arcs
    assert done.sent_of(Payment) <= network.arcs


@examples
@given(strongly_connected(fifo=True), st.data(), seeds)
def test_it_takes_no_longer_than_the_diameter_and_one(
    network: Network, data: st.DataObject, seed: int
) -> None:
    check_time(run_timed(ChandyLamport, network, data.draw(some_of(network)), seed=seed))


@pytest.mark.slow
def test_every_order_of_messages_on_a_triangle_records_all_money_and_some_of_it_on_the_way() -> None:
    on_the_way = set[int]()
    for end in explore(ChandyLamport, ring(3, fifo=True), [0]):
        check_laws(end)
        assert recorded(end) == 3 * FIRST_BALANCE
        on_the_way.add(recorded_on_the_way(end))
    assert len(on_the_way) > 1


def test_without_fifo_money_is_lost_or_counted_twice() -> None:
    ends = explore(without(ChandyLamport, Fifo), ring(2), [0, 1])
    totals = {recorded(end) for end in ends}
    assert len(totals) > 1


def test_it_is_refused_where_messages_overtake_each_other() -> None:
    assert refused(ChandyLamport, ring(3)) == [
        "Chandy-Lamport needs links that keep messages in order (FIFO): "
        "here a later message can overtake an earlier one"
    ]


def test_it_is_refused_on_arcs_that_only_go_down() -> None:
    with pytest.raises(AssertionError, match="1 node cannot reach node 0"):
        run(ChandyLamport, Network.from_arcs(2, [(0, 1)], fifo=True))
