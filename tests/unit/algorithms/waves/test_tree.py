from hypothesis import given
from hypothesis import strategies as st

from tests.unit.algorithms.harness import check_laws, check_time, explore, refused, run, run_timed
from tests.unit.algorithms.networks import examples, path, ring, seeds, star, trees
from topowave.algorithms import Network
from topowave.algorithms.waves.tree import TreeWave


@examples
@given(trees(), st.data(), seeds)
def test_two_neighbours_decide_on_the_sum_after_n_messages(
    network: Network, data: st.DataObject, seed: int
) -> None:
    leaves = [node for node in range(network.nodes) if len(network.out[node]) < 2]
    others = data.draw(st.sets(st.sampled_from(range(network.nodes))))
    inputs = {node: 2**node for node in range(network.nodes)}
    done = run(TreeWave, network, sorted(others.union(leaves)), seed=seed, inputs=inputs)
    check_laws(done)
    assert done.value == 2**network.nodes - 1
    if network.nodes > 1:
        assert done.messages == network.nodes
        one, other = done.deciders
        assert other in network.out[one]


@examples
@given(trees(), seeds)
def test_it_takes_no_longer_than_the_diameter(network: Network, seed: int) -> None:
    check_time(run_timed(TreeWave, network, seed=seed))


def test_which_neighbours_decide_depends_on_the_order_of_messages() -> None:
    ends = list(explore(TreeWave, path(4), [0, 3]))
    for end in ends:
        check_laws(end)
    assert {tuple(end.deciders) for end in ends} == {(0, 1), (1, 2), (2, 3)}


def test_a_single_node_decides_at_once() -> None:
    done = run(TreeWave, path(1))
    assert done.deciders == [0]
    assert done.messages == 0


def test_it_is_refused_on_a_ring() -> None:
    assert refused(TreeWave, ring(4)) == ["Tree needs a tree: 4 nodes have 4 links, in a tree they have 3"]


def test_it_is_refused_where_a_leaf_does_not_start() -> None:
    assert refused(TreeWave, star(4), [0, 1]) == [
        "Tree needs every leaf among the initiators: 2 nodes missing"
    ]
