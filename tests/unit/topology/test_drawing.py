"""Networks as pictures."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from topowave.topology import Topology, generate
from topowave.topology.drawing import MOST_DRAWN, MOST_NAMED

SVG = "{http://www.w3.org/2000/svg}"


def shown(network: Topology) -> tuple[str | None, str | None]:
    """What a notebook asks for."""
    return network._repr_svg_(), network._repr_html_()  # pyright: ignore[reportPrivateUsage]


@pytest.mark.parametrize("shape", ["binary", "ring", "star", "random", "grid"])
@pytest.mark.parametrize("nodes", [9, MOST_NAMED + 9])
def test_every_node_and_link_is_drawn_inside_the_picture_and_no_two_nodes_at_one_place(
    shape: str, nodes: int
) -> None:
    network = generate(shape, nodes=nodes, seed=1)
    text, html = shown(network)
    assert html is None
    assert text is not None
    picture = ET.fromstring(text)
    width, height = float(picture.attrib["width"]), float(picture.attrib["height"])
    places = [(float(each.attrib["cx"]), float(each.attrib["cy"])) for each in picture.iter(f"{SVG}circle")]
    assert len(places) == len(set(places)) == len(network.nodes)
    assert all(0 < x < width and 0 < y < height for x, y in places)
    paths = [*picture.iter(f"{SVG}path")]
    assert len(paths) == len(network.links)
    assert sum("stroke-dasharray" in path.attrib for path in paths) == len(network.extra_links)
    names = [each.text for each in picture.iter(f"{SVG}text")]
    assert ("root" in names) == (nodes <= MOST_NAMED)


def test_the_same_network_gives_the_same_picture() -> None:
    assert shown(generate("random", nodes=20, seed=3)) == shown(generate("random", nodes=20, seed=3))


def test_a_large_network_is_told_in_a_sentence_instead() -> None:
    svg, html = shown(generate("binary", nodes=MOST_DRAWN + 1, seed=1))
    assert svg is None
    assert html is not None
    assert "A network of 301 nodes and 300 links; its tree has the root root and depth 8." in html


def test_a_long_name_is_cut() -> None:
    leaf: dict[str, object] = {"name": "a" * 40, "port": 8001, "cpu": 2, "children": []}
    network = Topology.from_json({"name": "root", "port": 8000, "cpu": 2, "children": [leaf]})
    text, _ = shown(network)
    assert text is not None
    assert "a" * 15 + "…" in text
    assert "a" * 16 not in text
