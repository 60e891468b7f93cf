from hypothesis import given
from hypothesis import strategies as st

from tests.unit.algorithms.harness import check_laws, check_time, explore, refused, run, run_timed
from tests.unit.algorithms.networks import examples, path, seeds, some_of, strongly_connected
from topowave.algorithms import Network
from topowave.algorithms.waves.phase import Phase


@examples
@given(strongly_connected(), st.data(), seeds)
def test_everybody_decides_on_the_greatest_after_d_messages_an_arc(
    network: Network, data: st.DataObject, seed: int
) -> None:
    inputs = {node: (node * 7 + seed) % 11 for node in range(network.nodes)}
    done = run(Phase, network, data.draw(some_of(network)), seed=seed, inputs=inputs)
    check_laws(done)
    assert done.messages == network.diameter * network.arcs
    assert done.value == max(inputs.values())


@examples
@given(strongly_connected(), st.data(), seeds)
def test_it_takes_no_longer_than_two_diameters(network: Network, data: st.DataObject, seed: int) -> None:
    check_time(run_timed(Phase, network, data.draw(some_of(network)), seed=seed))


def test_every_order_of_messages_on_a_path_is_a_wave() -> None:
    ends = 0
    for end in explore(Phase, path(3), [0, 2]):
        check_laws(end)
        ends += 1
    assert ends > 1


def test_a_node_is_told_the_diameter_and_nothing_else() -> None:
    assert [node.knows for node in run(Phase, path(5)).nodes] == [{"diameter": 4}] * 5


def test_it_is_refused_on_arcs_that_only_go_down() -> None:
    assert refused(Phase, Network.from_arcs(2, [(0, 1)])) == [
        "Phase needs a strongly connected network: 1 node cannot reach node 0"
    ]
