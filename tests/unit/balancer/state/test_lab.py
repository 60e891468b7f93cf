from tests.unit.balancer.reported_waves import topology, tree
from topowave.balancer.state.change_log import ChangeLog, Changes
from topowave.balancer.state.lab import Lab
from topowave.topology import LabConfig, Topology
from topowave.wire.observations import Load

THREE = topology(tree(2))


def make(network: Topology = THREE, changes: ChangeLog | None = None) -> Lab:
    return Lab(network, 1, LabConfig(), "test", changes or ChangeLog())


def load(node: str, assigned: int, running: int = 0) -> Load:
    return Load(node, assigned, running, 0, 0, assigned + running)


def test_nodes_begin_as_starting_and_those_of_others_as_foreign() -> None:
    lab = make(topology({"name": "root", "children": [{"name": "guest", "launch": False}]}))
    assert lab.states() == {"starting": 1, "foreign": 1}


def test_the_orchestrator_says_whether_a_node_lives() -> None:
    lab = make()
    assert lab.set_state("root", "up", 17, 0, None)
    assert not lab.set_state("root", "up", 17, 0, None)
    assert lab.set_state("root", "up", 18, 1, "killed")
    assert not lab.set_state("nobody", "up", 1, 0, None)
    assert (lab.status["root"].pid, lab.states()) == (18, {"up": 1, "starting": 2})


def test_load_is_what_waits_and_what_runs() -> None:
    changes = ChangeLog()
    lab = make(changes=changes)
    lab.set_load(load("root", 3, 2))
    assert (lab.status["root"].load, lab.load) == (5, 5)
    assert changes.since(0) == Changes(nodes=("root",), waves=())


def test_imbalance_is_the_highest_load_per_core_over_the_average_less_one() -> None:
    lab = make()
    assert lab.imbalance == 0
    lab.set_load(load("root", 6))
    assert lab.imbalance == 2
    for name in ("root0", "root1"):
        lab.set_load(load(name, 6))
    assert lab.imbalance == 0


def test_a_node_that_stays_through_a_change_keeps_what_is_known_of_it() -> None:
    changes = ChangeLog()
    lab = make(changes=changes)
    lab.set_load(load("root", 3))
    lab.set_load(load("root0", 4))
    before = changes.last
    lab.replace(topology({"name": "root", "children": [{"name": "root0", "port": 9999}]}), 2)
    assert {name: status.load for name, status in lab.status.items()} == {"root": 3, "root0": 0}
    assert lab.version == 2
    assert changes.since(before) is None


def test_a_load_that_comes_before_its_topology_is_not_lost() -> None:
    lab = make()
    lab.set_load(load("new", 5))
    lab.replace(topology({"name": "new"}), 2)
    assert lab.status["new"].load == 5


def test_a_failed_task_that_is_put_back_is_no_failed_one_of_its_node_in_this_life_and_the_next() -> None:
    def failed(given_up: int, put_back_before: int) -> int:
        lab.set_load(Load("root", 0, 0, 0, 0, 5, failed=given_up, put_back=put_back_before))
        return lab.status["root"].failed

    changes = ChangeLog()
    lab = make(changes=changes)
    assert failed(3, 0) == 3
    before = changes.last
    lab.set_put_back({"root": 2, "nobody": 7})
    assert lab.status["root"].failed == 1
    assert changes.since(before) == Changes(nodes=("root",), waves=())
    lab.set_put_back({"root": 1})  # an older reading
    assert lab.status["root"].failed == 1
    assert failed(4, 0) == 2
    assert failed(2, 2) == 2  # it began anew, with what the journal has
    lab.set_put_back({"root": 3})
    assert lab.status["root"].failed == 1
    assert failed(0, 4) == 0  # it knows of one more than has been read here
