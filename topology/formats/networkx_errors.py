"""What networkx raises when a file is not what it should be, and how that is said on one line."""

from __future__ import annotations

from xml.etree import ElementTree

import networkx as nx

NETWORKX_ERRORS = (
    nx.NetworkXException,
    ElementTree.ParseError,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
"""All that its readers were seen to raise: they check little, and stumble over what they did not expect."""


def said(error: BaseException) -> str:
    """An error of a library on one short line."""
    if isinstance(error, RecursionError):
        return "nested too deep"
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= 200 else text[:200] + "..."
