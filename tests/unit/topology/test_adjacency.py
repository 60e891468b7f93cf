from topowave.algorithms import Network
from topowave.topology.adjacency import adjacency
from topowave.topology.model import Topology

TREE_WITH_A_LINK = Topology.from_json(
    {
        "name": "root",
        "port": 8000,
        "cpu": 1,
        "links": [["b", "c"]],
        "children": [
            {"name": "a", "port": 8001, "cpu": 1, "children": [{"name": "b", "port": 8002, "cpu": 1}]},
            {"name": "c", "port": 8003, "cpu": 1},
        ],
    }
)


def test_links_work_in_both_directions_parent_first_then_children_then_extra_links() -> None:
    assert adjacency(TREE_WITH_A_LINK, "links") == [[1, 3], [0, 2], [1, 3], [0, 2]]
    assert Network(adjacency(TREE_WITH_A_LINK, "links")).undirected


def test_the_tree_leads_from_parents_to_children_and_knows_no_extra_link() -> None:
    assert adjacency(TREE_WITH_A_LINK, "tree") == [[1, 3], [2], [], []]
