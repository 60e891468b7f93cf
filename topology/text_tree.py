"""A topology as text: the tree with each node's name, port and cpu, then the links that the tree lacks."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from treelib.tree import Tree

from topowave.topology.model import Topology
from topowave.topology.node import Node
from topowave.translation import Several, counted, text


def text_tree(
    topology: Topology,
    *,
    ascii_only: bool = False,
    most: int | None = None,
    say: Callable[[str], str] = str,
) -> str:
    """Draw the tree, one node a line, as `amber  port 8001  cpu 4`; extra links follow below it.

    Args:
        topology: what to draw.
        ascii_only: draw the branches with |, -- and + for terminals that know nothing else.
        most: draw as many levels as have no more nodes than this, the root's at least, and say how many
            nodes and links are left out; None for all.
        say: says a sentence in a language; by default in English.
    """
    tree = Tree()
    shown = _levels(topology, most)
    for node in topology.nodes:
        if node.name not in shown:
            continue
        parts = [node.name, text("port {port}", port=node.port), f"cpu {node.cpu}", *_about(node)]
        tag = "  ".join(map(say, parts))
        tree.create_node(tag, node.name, parent=node.parent)
    drawn = str(tree.show(stdout=False, sorting=False, line_type="ascii" if ascii_only else "ascii-ex"))
    lines = drawn.rstrip("\n").split("\n")
    if len(shown) < len(topology.nodes):
        below = len(topology.nodes) - len(shown)
        lines.append(
            say(counted("... and {count} more node below", "... and {count} more nodes below", below))
        )
    if topology.extra_links:
        extra = topology.extra_links[:most]
        lines.append(say(text("extra links ({number}):", number=len(topology.extra_links))))
        lines.extend(f"  {a} - {b}" for a, b in extra)
        if len(extra) < len(topology.extra_links):
            more = len(topology.extra_links) - len(extra)
            lines.append("  " + say(text("... and {number} more", number=more)))
    return "\n".join(lines)


def _about(node: Node) -> Iterator[str]:
    """Yield what is special about the tasks that a node takes, and who runs it if not this lab here."""
    settings = node.executor
    if settings.roles:
        yield text("roles {roles}", roles=Several(settings.roles))
    if settings.weight != 1:
        yield text("weight {weight:g}", weight=settings.weight)
    if settings.limit is not None:
        yield text("limit {limit}", limit=settings.limit)
    if not settings.active:
        yield text("inactive")
    on_host = text(" on {host}", host=node.host) if node.host else ""
    if node.agent is not None:
        yield text("(run by agent {agent}{where})", agent=node.agent, where=on_host)
    elif not node.launch:
        yield text("(run by somebody else{where})", where=on_host)


def _levels(topology: Topology, most: int | None) -> set[str]:
    """The names of the nodes on the first levels that together have at most `most` nodes."""
    level, shown = [topology.root.name], set[str]()
    while level and (most is None or not shown or len(shown) + len(level) <= most):
        shown.update(level)
        level = [child for name in level for child in topology.node(name).children]
    return shown
