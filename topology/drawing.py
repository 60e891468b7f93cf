"""A network as a picture (SVG): its tree from the top down, and the links that the tree lacks, dashed.

Leaves stand side by side in the order of the network, and every other node above the middle of its children;
so the same network gives the same picture. One with too many nodes to be seen has none.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from topowave.topology.node import Node

MOST_NAMED = 40
"""Most nodes whose names are in the picture."""
MOST_DRAWN = 300
"""Most nodes in a picture."""
LEVEL = 56
"""Distance of two levels of the tree (px)."""
CHARACTER = 6.6
"""Room for a character of a name (px)."""
LONGEST_NAME = 16
"""Characters of a name that are shown."""
MARGIN = 14
"""Around the picture (px)."""


def network_svg(nodes: Sequence[Node], extra_links: Sequence[tuple[str, str]]) -> str | None:
    """Return the picture of a network; None for more than `MOST_DRAWN` nodes.

    Args:
        nodes: depth-first, the root first.
        extra_links: those that the tree lacks.
    """
    if len(nodes) > MOST_DRAWN:
        return None
    named = len(nodes) <= MOST_NAMED
    radius = 11 if named else 5
    slot = max(CHARACTER * max(len(_cut(node.name)) for node in nodes) + 8, 34) if named else 14.0
    level = LEVEL if named else LEVEL / 2
    places = {
        name: (MARGIN + slot / 2 + slot * across, MARGIN + radius + level * down)
        for name, (across, down) in _places(nodes).items()
    }
    width = max(x for x, _ in places.values()) + slot / 2 + MARGIN
    height = max(y for _, y in places.values()) + radius + MARGIN + (14 if named else 0)
    lines = [(node.parent, node.name) for node in nodes if node.parent is not None]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" role="img">',
        f"<title>{len(nodes)} nodes, {len(lines) + len(extra_links)} links</title>",
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="#fff"/>',
        *(_extra(places[a], places[b]) for a, b in extra_links),
        *(_line(places[a], places[b]) for a, b in lines),
        *(_node(node, *places[node.name], radius, named=named) for node in nodes),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def network_html(nodes: Sequence[Node], extra_links: Sequence[tuple[str, str]]) -> str:
    """Return a network in one sentence, as what is too large for a picture is shown."""
    depth = max(down for _, down in _places(nodes).values())
    links = len(nodes) - 1 + len(extra_links)
    root = escape(_cut(nodes[0].name))
    return (
        f"<p>A network of {len(nodes):,} nodes and {links:,} links; its tree has the root {root} and depth "
        f"{depth:,}. Networks of up to {MOST_DRAWN} nodes are drawn.</p>"
    )


def _places(nodes: Sequence[Node]) -> dict[str, tuple[float, int]]:
    """Return where each node stands: leaves from the left, counted, and how far below the root."""
    down: dict[str, int] = {}
    across: dict[str, float] = {}
    for node in nodes:
        down[node.name] = 0 if node.parent is None else down[node.parent] + 1
        if not node.children:
            across[node.name] = float(len(across))
    for node in reversed(nodes):
        if node.children:
            across[node.name] = (across[node.children[0]] + across[node.children[-1]]) / 2
    return {node.name: (across[node.name], down[node.name]) for node in nodes}


def _line(start: tuple[float, float], end: tuple[float, float]) -> str:
    return f'<path d="M{_at(start)} L{_at(end)}" fill="none" stroke="#666" stroke-width="1.4"/>'


def _extra(start: tuple[float, float], end: tuple[float, float]) -> str:
    """A link beside the tree: bent, so that it passes nodes between its ends by."""
    (x, y), (other_x, other_y) = start, end
    bend = ((x + other_x) / 2 + (y - other_y) / 5, (y + other_y) / 2 + abs(x - other_x) / 5)
    way = f"M{_at(start)} Q{_at(bend)} {_at(end)}"
    return f'<path d="{way}" fill="none" stroke="#0072b2" stroke-dasharray="4 3"/>'


def _node(node: Node, x: float, y: float, radius: int, *, named: bool) -> str:
    said = f"{_cut(node.name)}, port {node.port}, cpu {node.cpu}"
    parts = [
        f'<g><title>{escape(said)}</title><circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="#fff" '
        'stroke="#222" stroke-width="1.4"/>'
    ]
    if named:
        style = (
            'text-anchor="middle" font-family="system-ui,sans-serif" fill="#222" '
            'paint-order="stroke" stroke="#fff" stroke-width="3"'  # so that a line does not cross the word
        )
        parts.append(f'<text x="{x:.1f}" y="{y + 4:.1f}" font-size="11" {style}>{node.cpu}</text>')
        name = escape(_cut(node.name))
        parts.append(f'<text x="{x:.1f}" y="{y + radius + 12:.1f}" font-size="11" {style}>{name}</text>')
    return f"{''.join(parts)}</g>"


def _at(place: tuple[float, float]) -> str:
    return f"{place[0]:.1f} {place[1]:.1f}"


def _cut(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
