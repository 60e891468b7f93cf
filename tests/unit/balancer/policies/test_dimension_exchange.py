from hypothesis import given
from hypothesis import strategies as st

from tests.support.load_views import Link, after, node_loads, view_of
from topowave.balancer.policies.base import Move, NodeLoad, PolicySettings, plan_checked
from topowave.balancer.policies.dimension_exchange import DimensionExchange, evening_out, link_colors

CUBE: list[Link] = [(at, at | 1 << bit) for at in range(16) for bit in range(4) if not at >> bit & 1]


@given(st.lists(st.integers(0, 1000), min_size=16, max_size=16))
def test_a_hypercube_is_even_but_for_rounding_after_a_round_for_each_dimension(loads: list[int]) -> None:
    nodes = node_loads([(1, load) for load in loads])
    assert len(link_colors(view_of(nodes, CUBE).neighbors)) == 4
    policy = DimensionExchange(PolicySettings())
    for number in range(4):
        nodes = after(nodes, plan_checked(policy, view_of(nodes, CUBE, number=number)))
    found = [node.load for node in nodes]
    assert max(found) - min(found) <= 4


@st.composite
def networks(draw: st.DrawFn) -> list[set[int]]:
    near: list[set[int]] = [set() for _ in range(draw(st.integers(1, 14)))]
    ends = st.integers(0, len(near) - 1)
    for one, other in draw(st.lists(st.tuples(ends, ends), max_size=40)):
        if one != other:
            near[one].add(other)
            near[other].add(one)
    return near


@given(networks())
def test_links_of_a_colour_have_no_node_in_common_and_all_links_have_one(near: list[set[int]]) -> None:
    neighbors = [sorted(each) for each in near]
    colors = link_colors(neighbors)
    for links in colors:
        ends = [end for link in links for end in link]
        assert len(ends) == len(set(ends))
    found = sorted(link for links in colors for link in links)
    assert found == sorted((at, to) for at, each in enumerate(neighbors) for to in each if at < to)
    degree = max(map(len, neighbors))
    assert len(colors) <= max(0, 2 * degree - 1)


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=60))
def test_a_tree_has_as_many_colours_as_its_largest_degree(draws: list[int]) -> None:
    near: list[list[int]] = [[] for _ in range(len(draws) + 1)]
    for node, draw in enumerate(draws, 1):
        near[node].append(draw % node)
        near[draw % node].append(node)
    assert len(link_colors(near)) == max(map(len, near))


@given(st.integers(1, 9), st.integers(0, 99), st.integers(1, 9), st.integers(0, 99))
def test_two_nodes_even_out_as_far_as_each_task_leaves_the_worse_one_better(
    cpu: int, load: int, other_cpu: int, other_load: int
) -> None:
    giver, receiver = NodeLoad(1, cpu, load), NodeLoad(2, other_cpu, other_load)
    count = 0
    while (other_load + count + 1) * cpu < (load - count) * other_cpu:
        count += 1
    assert evening_out(giver, receiver) == count


def test_a_star_takes_a_round_for_each_of_its_links() -> None:
    nodes = node_loads([(1, 8), (1, 0), (1, 0)])
    policy = DimensionExchange(PolicySettings())
    plans = [plan_checked(policy, view_of(nodes, [(0, 1), (0, 2)], number=number)) for number in range(3)]
    assert plans == [[Move(8000, 8001, 4)], [Move(8000, 8002, 4)], [Move(8000, 8001, 4)]]
    assert policy.control_messages(view_of(nodes, [(0, 1), (0, 2)])) == 2
