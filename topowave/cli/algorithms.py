"""`topowave algorithms`: the library, with what each algorithm needs and what is proven of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from topowave.cli.language import say_in_language, spoken
from topowave.cli.options import JsonOption
from topowave.cli.output import say
from topowave.translation import Sentences, Text, text

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
        bound = text("no proven bound")
        if found["messages"] and found["exact"]:
            bound = text("exactly {messages} messages", messages=found["messages"])
        elif found["messages"]:
            bound = text("at most {messages} messages", messages=found["messages"])
        needs = Sentences(map(_part, found["requires"]))
        starts = _part(found["starts"])
        say(f"{found['name']:{width}}  {say_in_language(found['summary'])}")
        for line in (
            text("needs {needs}", needs=needs),
            text("{bound}; started by {starts}", bound=bound, starts=starts),
        ):
            say(f"{'':{width}}  {spoken(line)}")


def _part(english: str) -> Text:
    """Return a part of a sentence that a catalog has as it is."""
    return Text(english, english, {})


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
