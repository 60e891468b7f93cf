"""A topology as text: the tree with each node's name, port and cpu, then the links that the tree lacks."""

from __future__ import annotations

from treelib.tree import Tree

from topowave.topology.model import Topology
from topowave.topology.node import Node


def text_tree(topology: Topology, *, ascii_only: bool = False, most: int | None = None) -> str:
    """Draw the tree, one node a line, as `amber  port 8001  cpu 4`; extra links follow below it.

    Args:
        topology: what to draw.
        ascii_only: draw the branches with |, -- and + for terminals that know nothing else.
        most: draw as many levels as have no more nodes than this, the root's at least, and say how many
            nodes and links are left out; None for all.
    """
    tree = Tree()
    shown = _levels(topology, most)
    for node in topology.nodes:
        if node.name not in shown:
            continue
        tag = f"{node.name}  port {node.port}  cpu {node.cpu}{_as_executor(node)}{_runs_where(node)}"
        tree.create_node(tag, node.name, parent=node.parent)
    drawn = str(tree.show(stdout=False, sorting=False, line_type="ascii" if ascii_only else "ascii-ex"))
    lines = drawn.rstrip("\n").split("\n")
    if len(shown) < len(topology.nodes):
        lines.append(f"... and {len(topology.nodes) - len(shown)} more nodes below")
    if topology.extra_links:
        extra = topology.extra_links[:most]
        lines.append(f"extra links ({len(topology.extra_links)}):")
        lines.extend(f"  {a} - {b}" for a, b in extra)
        if len(extra) < len(topology.extra_links):
            lines.append(f"  ... and {len(topology.extra_links) - len(extra)} more")
    return "\n".join(lines)


def _as_executor(node: Node) -> str:
    """What is special about the tasks that a node takes."""
    settings = node.executor
    said = [f"roles {', '.join(settings.roles)}"] if settings.roles else []
    said += [f"weight {settings.weight:g}"] if settings.weight != 1 else []
    said += [f"limit {settings.limit}"] if settings.limit is not None else []
    said += [] if settings.active else ["inactive"]
    return "".join(f"  {each}" for each in said)


def _levels(topology: Topology, most: int | None) -> set[str]:
    """The names of the nodes on the first levels that together have at most `most` nodes."""
    level, shown = [topology.root.name], set[str]()
    while level and (most is None or not shown or len(shown) + len(level) <= most):
        shown.update(level)
        level = [child for name in level for child in topology.node(name).children]
    return shown


def _runs_where(node: Node) -> str:
    """Return a note on who runs a node, where it is not the lab on its own machine."""
    on_host = f" on {node.host}" if node.host else ""
    if node.agent is not None:
        return f"  (run by agent {node.agent}{on_host})"
    return "" if node.launch else f"  (run by somebody else{on_host})"
