"""What a class declares of itself, held against what it may say, before anything runs."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Literal, TypeAlias, cast, get_args

from topowave.algorithms import Algorithm, Bounds, Knowledge, Network, Requirement, View, requirements
from topowave.algorithms.base import Deciders, Starts
from topowave.runtime.message_types import is_message_type
from topowave.runtime.network import TooLargeError
from topowave.runtime.value_text import value_text
from topowave.runtime.written_class import mistakes, place_of
from topowave.topology import Problems
from topowave.translation import text as sentence

CHOICES: dict[str, tuple[object, ...]] = {
    "view": get_args(View),
    "deciders": get_args(Deciders),
    "starts": get_args(Starts),
    "wave": (True, False),
}
"""The class attributes that name one of a few things."""
Measure: TypeAlias = Literal["messages", "time"]
"""What a class may give a proven limit for."""

LONGEST_SHOWN = 60
"""Characters of a wrong value that are shown."""
EXAMPLES = {
    "requires": "requirements, such as (Connected, SingleInitiator)",
    "needs": "what is told, such as (Diameter,)",
    "messages": "the types of messages, such as (Token, int, None)",
}


def checked(algorithm: type[Algorithm]) -> type[Algorithm]:
    """Return the class. Raises Problems, one for each class attribute that no runtime could use."""
    found = [
        (name, sentence("{problem}{place}", problem=problem, place=place_of(algorithm, name)))
        for name, problem in _problems(_declared(algorithm))
    ]
    told = [
        sentence(
            "{algorithm}: {name}: {problem}", algorithm=algorithm.__qualname__, name=name, problem=problem
        )
        for name, problem in (*found, *mistakes(algorithm))
    ]
    if told:
        raise Problems(told)
    return algorithm


def proven_limit(algorithm: type[Algorithm], what: Measure, network: Network) -> float | None:
    """Return the proven limit on messages, or on time in the measure of the slowest message; None if none.

    Raises:
        Problems: the class' own function fails, or what it returns is no number.
    """
    limit = algorithm.bounds.messages if what == "messages" else algorithm.bounds.time
    if limit is None:
        return None
    try:
        value = cast("object", limit(network))
    except TooLargeError:
        return None
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a student's function may raise anything
        reason = f"{type(error).__name__}: {error}"
        raise Problems(
            [
                sentence(
                    "{title}: the bound on {what} cannot be computed: {reason}",
                    title=algorithm.title,
                    what=what,
                    reason=reason,
                )
            ]
        ) from None
    if isinstance(value, bool) or not isinstance(value, int | float) or not _is_finite(value):
        shown = value_text(value, LONGEST_SHOWN)
        raise Problems(
            [
                sentence(
                    "{title}: the bound on {what} is {shown}, which is no number",
                    title=algorithm.title,
                    what=what,
                    shown=shown,
                )
            ]
        )
    return value


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # an integer that no float can be
        return False


def _declared(algorithm: type[Algorithm]) -> dict[str, object]:
    names = ("name", "title", "requires", "needs", "messages", "bounds", *CHOICES)
    return {name: getattr(algorithm, name) for name in names}


def _problems(declared: dict[str, object]) -> Iterable[tuple[str, str]]:
    """Yield the name of each attribute that is not as it must be, and what is wrong."""
    for name in ("name", "title"):
        text = declared[name]
        if not (isinstance(text, str) and text.strip() and text.isprintable()):
            yield name, f"{text!r} is no name"
    for name, kind in (("requires", Requirement), ("needs", Knowledge)):
        items = declared[name]
        given = cast("list[object]", items) if isinstance(items, tuple | list) else [None]
        if not all(isinstance(item, kind) for item in given):
            yield name, f"{items!r} is no tuple of {EXAMPLES[name]}"
    yield from _not_given(declared)
    kinds = declared["messages"]
    named = cast("list[object]", kinds) if isinstance(kinds, tuple | list) else [kinds]
    if not all(kind is None or is_message_type(kind) for kind in named):
        yield "messages", f"{kinds!r} is no tuple of {EXAMPLES['messages']}"
    bounds = declared["bounds"]
    if not isinstance(bounds, Bounds):
        yield "bounds", f"{bounds!r} is not made with Bounds(...)"
    elif not all(limit is None or callable(limit) for limit in (bounds.messages, bounds.time)):
        yield "bounds", "a limit is a function of the network, such as lambda g: 2 * g.links"
    for name, choices in CHOICES.items():
        if declared[name] not in choices:
            yield name, f"{declared[name]!r}; expected {' or '.join(map(repr, choices))}"


def _not_given(declared: dict[str, object]) -> Iterable[tuple[str, str]]:
    """Yield for each of `needs` that nothing in `requires` gives it, where that is so."""
    needs, requires = declared["needs"], cast("list[object]", declared["requires"])
    if not (isinstance(needs, tuple | list) and isinstance(declared["requires"], tuple | list)):
        return
    for need in cast("list[object]", needs):
        given_by = need.given_by if isinstance(need, Knowledge) else ()
        if isinstance(need, Knowledge) and given_by and not any(each in requires for each in given_by):
            first = need.given_by[0]
            called = next(name for name, each in vars(requirements).items() if each is first)
            yield "needs", f"{need.text} is known on {first.name} only; add {called} to `requires`"
