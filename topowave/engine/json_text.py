"""JSON, as quick as Python's own module has it: for a tiny task this is a good part of its price.

`json.loads` and `JSONEncoder.encode` prepare something at each call. What they prepare is kept here, and
what they would refuse goes to them, for their words. The encoder in C has no promised way in: one that is
not there, or does not say what `encode` says, is left alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from itertools import chain
from json import encoder
from typing import Any, cast

from topowave.engine.limits import JSON_DEPTH

_encode = json.JSONEncoder(allow_nan=False).encode
_decode = json.JSONDecoder().raw_decode
_SAMPLE: dict[str, object] = {"a": [1, 2.5, None, True, "é\n"], "b": {}, "3": []}
_AS_JSON = r'{"a": [1, 2.5, null, true, "\u00e9\n"], "b": {}, "3": []}'


def _encoder_in_c() -> Callable[[object, int], tuple[str, ...]] | None:
    make: Any = getattr(encoder, "c_make_encoder", None)
    try:
        # No record of what it is in: a value that holds itself ends by its depth.
        made = make(None, None, encoder.encode_basestring_ascii, None, ": ", ", ", False, False, False)
        return made if "".join(made(_SAMPLE, 0)) == _AS_JSON else None
    except (TypeError, ValueError):
        return None


_in_c = _encoder_in_c()


def _encoded(value: object) -> str:
    if _in_c is not None:
        try:
            return "".join(_in_c(value, 0))
        except (TypeError, ValueError, RecursionError):
            pass
    return _encode(value)


def to_json(value: object) -> str:
    """Return a value as JSON, in ASCII.

    Raises:
        TypeError, ValueError, RecursionError: it is none, or nested more than JSON_DEPTH deep.
    """
    text = _encoded(value)
    # A script may have raised its recursion limit, and those who read this have not.
    if text.count("[") + text.count("{") > JSON_DEPTH and _is_too_deep(value):
        raise ValueError(f"it is nested more than {JSON_DEPTH} deep")
    return text


def _is_too_deep(value: object) -> bool:
    """Whether lists and dicts are nested more than JSON_DEPTH deep; looks at all of one depth at once."""
    level: list[Any] = [value]
    for _ in range(JSON_DEPTH):
        inside = chain.from_iterable(map(_inside, level))
        level = [each for each in inside if isinstance(each, (list, tuple, dict))]
        if not level:
            return False
    return True


def _inside(outer: Any) -> Iterable[Any]:
    return cast("dict[object, Any]", outer).values() if isinstance(outer, dict) else outer


def from_json(text: str) -> Any:
    """Return the value of what `to_json` has written."""
    return _decode(text)[0]
