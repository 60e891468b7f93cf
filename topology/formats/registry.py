"""Every file format, in one table: a new one is a module, its tests, and a line here."""

from __future__ import annotations

from topowave.topology.formats import dot, edge_list, gml, graphml, node_link, topology_json
from topowave.topology.formats.base import Format

_MODULES = (node_link, topology_json, graphml, gml, edge_list, dot)

FORMATS: dict[str, Format] = {module.FORMAT.name: module.FORMAT for module in _MODULES}
"""Every format by name; of two whose ending fits, the first is meant."""
