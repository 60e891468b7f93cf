from hypothesis import given
from hypothesis import strategies as st

from tests.unit.algorithms.harness import check_laws, check_time, prepare, refused, run, run_timed
from tests.unit.algorithms.networks import examples, path, ring, rings, seeds
from topowave.algorithms import Network
from topowave.algorithms.termination.safra import Safra, Token


@examples
@given(rings(), st.data(), seeds)
def test_nothing_is_under_way_when_the_initiator_decides(
    network: Network, data: st.DataObject, seed: int
) -> None:
    initiator = data.draw(st.integers(0, network.nodes - 1))
    inputs = {node: seed + node for node in range(network.nodes)}
    done = run(Safra, network, [initiator], seed=seed, inputs=inputs)
    check_laws(done)
    assert done.deciders == [initiator]
    assert done.decisions[0].under_way == 0
    assert sum(done.attribute("count")) == 0
    assert done.sent_of(Token) % network.nodes == 0


@examples
@given(rings(), seeds)
def test_it_takes_no_longer_than_5n(network: Network, seed: int) -> None:
    check_time(run_timed(Safra, network, seed=seed))


def test_one_tour_is_never_enough_once_a_message_has_been_received() -> None:
    assert run_timed(Safra, ring(4), seed=3).sent_of(Token) >= 2 * 4


def test_a_black_initiator_does_not_believe_a_white_token() -> None:
    node = prepare(Safra, ring(3), [0], {}).nodes[0]
    assert isinstance(node, Safra)
    node.on_start()
    node.effects.clear()
    node.count = 0
    node.black = True
    node.on_message(2, Token(0, black=False))
    assert node.effects == [("send", 1, Token(0, black=False))]
    node.on_message(2, Token(0, black=False))
    assert node.effects[1:] == [("decide", None, None)]


def test_it_is_refused_on_a_path() -> None:
    assert refused(Safra, path(3)) == ["Safra needs a ring: node 0 has 1 neighbour, not 2"]
