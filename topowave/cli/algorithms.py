"""`topowave algorithms`: the library, with what each algorithm needs and what is proven of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from topowave.cli.options import JsonOption
from topowave.cli.output import say

if TYPE_CHECKING:
    from topowave.algorithms import Algorithm


def algorithms(as_json: JsonOption = False) -> None:
    """List the algorithms of the library, with what they need and what is proven of them.

    For example:

        topowave algorithms

    Exit code: 0.
    """
    from topowave.algorithms.registry import LIBRARY

    described = [_described(name, cls) for name, cls in LIBRARY.items()]
    if as_json:
        say(json.dumps(described, ensure_ascii=False))
        return
    width = max(map(len, LIBRARY))
    for found in described:
        bound = "no proven bound"
        if found["messages"]:
            bound = f"{'exactly' if found['exact'] else 'at most'} {found['messages']} messages"
        say(f"{found['name']:{width}}  {found['summary']}")
        for text in (f"needs {'; '.join(found['requires'])}", f"{bound}; started by {found['starts']}"):
            say(f"{'':{width}}  {text}")


def _described(name: str, cls: type[Algorithm]) -> dict[str, Any]:
    from topowave.algorithms.initiators import usual_initiators_text

    summary = (cls.__doc__ or "").strip().splitlines()
    return {
        "name": name,
        "title": cls.title,
        "summary": summary[0] if summary else "",
        "wave": cls.wave,
        "requires": [requirement.name for requirement in cls.requires],
        "starts": usual_initiators_text(cls),
        "needs": [need.text for need in cls.needs],
        "messages": cls.bounds.messages_text,
        "exact": cls.bounds.exact,
        "time": cls.bounds.time_text,
    }
