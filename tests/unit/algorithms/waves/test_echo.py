from hypothesis import given
from hypothesis import strategies as st

from tests.unit.algorithms.harness import (
    assert_spanning_tree,
    check_laws,
    check_time,
    explore,
    prepare,
    refused,
    run,
    run_timed,
)
from tests.unit.algorithms.networks import clique, connected, examples, path, seeds
from topowave.algorithms import Network
from topowave.algorithms.waves.echo import Echo


@examples
@given(connected(), st.data(), seeds)
def test_it_sends_exactly_two_messages_a_link_and_leaves_a_spanning_tree(
    network: Network, data: st.DataObject, seed: int
) -> None:
    initiator = data.draw(st.integers(0, network.nodes - 1))
    done = run(Echo, network, [initiator], seed=seed)
    check_laws(done)
    assert done.messages == 2 * network.links
    assert done.deciders == [initiator]
    assert_spanning_tree(network, done.attribute("parent"), initiator)


@examples
@given(connected(), st.data(), seeds)
def test_it_takes_no_longer_than_2n_minus_1(network: Network, data: st.DataObject, seed: int) -> None:
    initiator = data.draw(st.integers(0, network.nodes - 1))
    check_time(run_timed(Echo, network, [initiator], seed=seed))


@examples
@given(connected(), seeds)
def test_numbers_are_added_up(network: Network, seed: int) -> None:
    done = run(Echo, network, seed=seed, inputs={node: 2**node for node in range(network.nodes)})
    assert done.value == 2**network.nodes - 1


def test_reports_become_a_tree() -> None:
    done = run(Echo, path(3), inputs={node: {"name": f"n{node}"} for node in range(3)})
    leaf: dict[str, object] = {"name": "n2", "children": []}
    assert done.values == [{"name": "n0", "children": [{"name": "n1", "children": [leaf]}]}]


def test_every_order_of_messages_on_a_clique_is_a_wave() -> None:
    trees = set[tuple[int, ...]]()
    for end in explore(Echo, clique(4)):
        check_laws(end)
        trees.add(tuple(end.attribute("parent")))
    assert len(trees) == 16  # Cayley: each of the 4^2 spanning trees of a clique of 4 comes about


def test_it_goes_on_without_a_neighbour_that_is_down() -> None:
    node = prepare(Echo, path(3), [1], {1: 5}).nodes[1]
    node.on_start()
    node.on_down(0)
    assert ("decide", 5, None) not in node.effects
    node.on_down(2)
    assert ("decide", 5, None) in node.effects


def test_news_of_a_neighbour_that_was_heard_before_it_went_down_makes_nobody_decide_twice() -> None:
    node = prepare(Echo, path(3), [1], {}).nodes[1]
    node.on_start()
    node.on_message(0, object())
    node.on_down(2)
    node.on_down(0)
    assert [effect for effect in node.effects if effect[0] == "decide"] == [("decide", None, None)]


def test_a_second_message_from_the_same_neighbour_changes_nothing() -> None:
    node = prepare(Echo, path(3), [1], {}).nodes[1]
    node.on_start()
    node.on_message(0, object())
    before = (node.state(), list(node.effects))
    node.on_message(0, object())
    assert (node.state(), node.effects) == before


def test_it_is_refused_where_a_link_works_in_one_direction_only() -> None:
    network = Network.from_arcs(2, [(0, 1)], names=["amber", "birch"])
    assert refused(Echo, network) == [
        "Echo needs links that work in both directions: amber can send to birch, but not the other way round"
    ]
