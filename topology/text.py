"""A topology as text: the tree with each node's name, port and cpu, then the links that the tree lacks."""

from __future__ import annotations

from treelib.tree import Tree

from topology.model import Topology


def text_tree(topology: Topology, *, ascii_only: bool = False) -> str:
    """Draw the tree, one node a line, as `amber  port 8001  cpu 4`; extra links follow below it.

    Args:
        topology: what to draw.
        ascii_only: draw the branches with |, -- and + for terminals that know nothing else.
    """
    tree = Tree()
    for node in topology.nodes:
        notes = "" if node.launch else "  (run by somebody else)"
        tag = f"{node.name}  port {node.port}  cpu {node.cpu}{notes}"
        tree.create_node(tag, node.name, parent=node.parent)
    drawn = str(tree.show(stdout=False, sorting=False, line_type="ascii" if ascii_only else "ascii-ex"))
    lines = drawn.rstrip("\n").split("\n")
    if topology.extra_links:
        lines.append(f"extra links ({len(topology.extra_links)}):")
        lines.extend(f"  {a} - {b}" for a, b in topology.extra_links)
    return "\n".join(lines)
