from hypothesis import given
from hypothesis import strategies as st

from tests.unit.algorithms.harness import check_laws, check_time, explore, prepare, refused, run, run_timed
from tests.unit.algorithms.networks import examples, path, ring, seeds, some_of, strongly_connected
from tests.unit.algorithms.recorded_snapshots import recorded, recorded_on_the_way
from topowave.algorithms import Network
from topowave.algorithms.snapshots.lai_yang import LaiYang, Payment, Sent
from topowave.algorithms.snapshots.payments import FIRST_BALANCE


@examples
@given(strongly_connected(), st.data(), seeds)
def test_the_recorded_money_adds_up_whatever_overtakes_what(
    network: Network, data: st.DataObject, seed: int
) -> None:
    inputs = {node: (seed + node) % 50 for node in range(network.nodes)}
    done = run(LaiYang, network, data.draw(some_of(network)), seed=seed, inputs=inputs)
    check_laws(done)
    assert recorded(done) == sum(inputs.values())
    assert done.sent_of(Sent) == network.arcs
    assert done.sent_of(Payment) <= network.arcs


@examples
@given(strongly_connected(), st.data(), seeds)
def test_it_takes_no_longer_than_the_diameter_and_one(
    network: Network, data: st.DataObject, seed: int
) -> None:
    check_time(run_timed(LaiYang, network, data.draw(some_of(network)), seed=seed))


def test_every_order_of_messages_on_a_path_records_all_money_and_some_of_it_on_the_way() -> None:
    on_the_way = set[int]()
    for end in explore(LaiYang, path(3), [1]):
        check_laws(end)
        assert recorded(end) == 3 * FIRST_BALANCE
        on_the_way.add(recorded_on_the_way(end))
    assert len(on_the_way) > 2


def test_a_red_payment_that_comes_first_is_received_after_the_cut() -> None:
    node = prepare(LaiYang, ring(2), [0], {}).nodes[1]
    assert isinstance(node, LaiYang)
    node.on_message(0, Payment(5, red=False))
    white = node.balance
    node.on_message(0, Payment(7, red=True))
    node.on_message(0, Payment(3, red=False))
    assert node.recorded == white
    assert node.on_the_way == {0: 3}


def test_it_is_refused_on_arcs_that_only_go_down() -> None:
    assert refused(LaiYang, Network.from_arcs(2, [(0, 1)])) == [
        "Lai-Yang needs a strongly connected network: 1 node cannot reach node 0"
    ]
