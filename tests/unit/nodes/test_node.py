"""The parts of a node fit together: who its neighbours are, whom it may talk to, what its ids look like."""

from __future__ import annotations

from tests.support.ports import neighbouring_ports
from tests.unit.nodes.lab import running_lab, tree
from tests.unit.wire.loop import on_uvloop, on_watched_loop, until_asleep
from topowave.nodes.links.peers import ForeignPeer, OwnPeer
from topowave.topology.growth import moved
from topowave.topology.node import Place
from topowave.wire import limits

MIXED = {
    "name": "root",
    "children": [{"name": "a", "children": [{"name": "b"}]}, {"name": "c", "launch": False}],
    "links": [["b", "c"]],
}


@on_uvloop
async def test_a_node_has_a_peer_for_each_neighbour_of_its_own_kind() -> None:
    async with running_lab(MIXED) as lab:
        found = {
            name: {(peer.name, type(peer)) for peer in running.node.peers.values()}
            for name, running in lab.nodes.items()
        }
        assert found == {
            "root": {("a", OwnPeer), ("c", ForeignPeer)},
            "a": {("root", OwnPeer), ("b", OwnPeer)},
            "b": {("a", OwnPeer), ("c", ForeignPeer)},
        }
        assert all(lab.topology.nodes[index].name == peer.name for index, peer in lab.node("b").peers.items())


@on_uvloop
async def test_a_sender_is_known_by_its_port_under_any_name_of_this_machine() -> None:
    async with running_lab(MIXED) as lab:
        node, port = lab.node("root"), lab.port("a")
        for host in ("127.0.0.1", "localhost", "LOCALHOST", "[::1]"):
            assert node.neighbor_at(f"ws://{host}:{port}/ws") == lab.topology.index("a")
            assert node.neighbor_at(f"http://{host}:{port}/any") == lab.topology.index("a")
        for sender in (f"ws://evil.example:{port}/ws", lab.ws("b"), lab.ws("root"), lab.ear, "a", ""):
            assert node.neighbor_at(sender) is None


@on_uvloop
async def test_only_so_many_senders_are_remembered() -> None:
    async with running_lab(tree(1)) as lab:
        node = lab.node("root")
        for number in range(3 * limits.SENDERS):
            assert node.neighbor_at(f"ws://localhost:{lab.port('root0')}/{number}") is not None
            assert node.senders_remembered <= limits.SENDERS + 1


@on_uvloop
async def test_the_links_own_delay_wins_over_the_labs() -> None:
    delayed = {"name": "root", "children": [{"name": "slow", "link_delay": 150.0}, {"name": "fast"}]}
    async with running_lab(delayed, link_delay=1.0) as lab:
        await lab.tell("root", lab.request("w-1"))
        await lab.brought("w-1")
        await lab.until_exact("w-1", 4)
        sent, heard = (
            {
                event.peer: event.t_us
                for name, event in lab.events["w-1"]
                if name == "root" and event.event == kind
            }
            for kind in ("send", "receive")
        )
        assert heard["slow"] - sent["slow"] >= 2 * 149_000


@on_uvloop
async def test_a_neighbour_that_moved_gets_a_new_link_and_is_known_by_its_new_address_only() -> None:
    async with running_lab(MIXED) as lab:
        node, at = lab.node("a"), lab.topology.index
        moving, staying = node.peers[at("b")], node.peers[at("root")]
        before, new_port = lab.port("b"), neighbouring_ports(1)
        node.adopt(moved(lab.topology, {"b": Place("a1", "127.0.0.2", new_port)}))
        assert node.peers[at("root")] is staying
        assert node.peers[at("b")] is not moving
        assert set(node.peers) == {at("root"), at("b")}
        assert node.neighbor_at(f"ws://127.0.0.2:{new_port}/ws") == at("b")
        assert node.neighbor_at(f"ws://127.0.0.1:{before}/ws") is None
        assert node.neighbor_at(lab.ws("root")) == at("root")


@on_watched_loop
async def test_an_idle_lab_lets_the_processor_sleep() -> None:
    async with running_lab(tree(2, 2, 2)) as lab:
        await lab.until(lambda: len(lab.loads) == 15)
        await lab.tell("root", lab.request("w-1"))
        await lab.until_exact("w-1", 28)
        await until_asleep()
