"""Settings are changed while a lab runs: all nodes have them, and those that come later."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.live_lab import PATIENT, LiveLab, live_lab
from topowave.topology import generate

NODES = 15
HOPS = 2 * 3
"""Messages of an echo wave that follow one another, on the way down and up again."""
SLOW_MS, QUICK_MS = 150, 20


LABS: dict[str, tuple[str, dict[str, Any]]] = {
    "alone": ("per-node", {}),
    "packed": ("2", {"host": "0.0.0.0"}),
}


@pytest.fixture(scope="module", params=list(LABS))
def lab(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveLab]:
    """A lab with a process a node, and one with two for all and a token."""
    folder = tmp_path_factory.mktemp("lab")
    file = folder / "wanted.json"
    file.write_text(json.dumps(generate("binary", nodes=NODES, seed=1).to_json()), "utf-8")
    processes, settings = LABS[request.param]
    with live_lab(
        folder, file, "--processes", processes, rebalance_interval=0, **PATIENT, **settings
    ) as found:
        yield found


def change(lab: LiveLab, **settings: float) -> dict[str, Any]:
    answer: dict[str, Any] = lab.http.patch(f"{lab.balancer}/config", json=settings).raise_for_status().json()
    assert settings.items() <= answer["settings"].items()
    return answer


def echo_ms(lab: LiveLab) -> float:
    """Run an echo wave, which must be whole; returns how long it took."""
    wave = lab.wave(lab.post("/waves", {"algorithm": "echo"})["wave"])
    assert (wave["state"], wave["messages"], wave["nodes"]) == ("complete", 2 * (NODES - 1), NODES)
    return float(wave["duration_ms"])


def test_all_nodes_have_a_new_delay_when_the_request_is_answered(lab: LiveLab) -> None:
    assert change(lab, link_delay=SLOW_MS)["not_yet"] == []
    assert echo_ms(lab) >= HOPS * (SLOW_MS - 1)
    assert lab.get("/config")["link_delay"] == SLOW_MS
    assert change(lab, link_delay=0)["not_yet"] == []


def test_a_node_that_is_started_again_and_another_network_keep_it(lab: LiveLab) -> None:
    change(lab, link_delay=SLOW_MS)
    leaf = lab.topology.nodes[-1].name
    before = lab.pid(leaf)
    lab.post(f"/nodes/{leaf}/kill")
    lab.until_back(leaf, before)
    lab.until(lambda: lab.get("/health"), lambda health: health["nodes_up"] == NODES)
    assert _waited_ms(lab, leaf) >= SLOW_MS - 1
    lab.post("/topology", {"shape": "binary", "nodes": NODES, "seed": 1})
    lab.until(lambda: lab.get("/health"), lambda health: health["nodes_up"] == NODES)
    assert echo_ms(lab) >= HOPS * (SLOW_MS - 1)
    change(lab, link_delay=0)


def _waited_ms(lab: LiveLab, leaf: str) -> float:
    """How long a leaf's answer was on its way to its parent in an echo wave that reached all."""
    wave = lab.post("/waves", {"algorithm": "echo"})["wave"]
    assert lab.wave(wave)["state"] == "complete"
    told = lab.get(f"/waves/{wave}/events")
    number = told["nodes"].index(leaf)
    rows = list(zip(told["event"], told["node"], told["peer"], told["t_us"], strict=True))
    sent = next(t for event, node, _, t in rows if (event, node) == ("send", number))
    heard = next(t for event, _, peer, t in rows if (event, peer) == ("receive", number))
    return float(heard - sent) / 1000


def test_a_balancer_that_is_started_again_knows_it(lab: LiveLab) -> None:
    change(lab, link_delay=QUICK_MS)
    lab.kill_balancer()
    assert lab.get("/config")["link_delay"] == QUICK_MS
    lab.until(lambda: lab.get("/health"), lambda health: health["nodes_up"] == NODES)
    assert echo_ms(lab) >= HOPS * (QUICK_MS - 1)
    assert change(lab, link_delay=0)["not_yet"] == []


def test_a_stopped_node_is_named_and_takes_it_when_it_goes_on(lab: LiveLab) -> None:
    leaf = lab.topology.nodes[-1].name
    change(lab, link_delay=0)
    others = lab.post(f"/nodes/{leaf}/stop")["others"]
    lab.until(lambda: lab.get("/status")["states"], lambda states: states.get("stopped") == 1 + len(others))
    assert change(lab, link_delay=SLOW_MS)["not_yet"] == sorted([leaf, *others])
    lab.post(f"/nodes/{leaf}/continue")
    lab.until(lambda: lab.get("/health"), lambda health: health["nodes_up"] == NODES)
    lab.until(lambda: change(lab, link_delay=SLOW_MS)["not_yet"], lambda names: not names)
    assert _waited_ms(lab, leaf) >= SLOW_MS - 1
    change(lab, link_delay=0)


def test_messages_keep_their_order_when_the_delay_shrinks_under_them(lab: LiveLab) -> None:
    change(lab, link_delay=200)
    waves = [lab.post("/waves", {"algorithm": "finn-full"})["wave"] for _ in range(3)]
    for delay in (100, 30, 0):
        change(lab, link_delay=delay)
        waves.append(lab.post("/waves", {"algorithm": "finn-full"})["wave"])
    for wave in waves:
        assert lab.wave(wave)["state"] == "complete"
        told = lab.get(f"/waves/{wave}/events")
        assert told["not_kept"] == 0
        heard: dict[tuple[int, int], list[int]] = {}
        for event, node, peer, message in zip(
            told["event"], told["node"], told["peer"], told["message"], strict=True
        ):
            if event == "receive":
                heard.setdefault((peer, node), []).append(int(message.rpartition(":")[2]))
        assert len(heard) == 2 * (NODES - 1)
        assert all(numbers == sorted(numbers) for numbers in heard.values())


def test_a_killed_node_ends_a_slow_wave_as_incomplete_and_is_named(lab: LiveLab) -> None:
    change(lab, link_delay=1000)  # long enough for the kill to come amid the wave
    right = [
        node.name for node in lab.topology.nodes[1 + NODES // 2 :]
    ]  # a child of the root, and all below it
    wave = lab.post("/waves", {"algorithm": "echo"})["wave"]
    lab.until(
        lambda: lab.get(f"/waves/{wave}"), lambda found: found["messages"] >= 6
    )  # the root's, and its children's
    before = lab.pid(right[0])
    lab.post(f"/nodes/{right[0]}/kill")
    ended = lab.wave(wave)
    assert (ended["state"], sorted(ended["missing"])) == ("incomplete", sorted(right))
    lab.until_back(right[0], before)
    change(lab, link_delay=0)
