"""JSON, as quick as Python's own module has it: for a tiny task this is a good part of its price.

`json.loads` and `JSONEncoder.encode` prepare something at each call. What they prepare is kept here, and
what they would refuse goes to them, for their words. The encoder in C has no promised way in: one that is
not there, or does not say what `encode` says, is left alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from json import encoder
from typing import Any

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


def to_json(value: object) -> str:
    """Return a value as JSON, in ASCII. Raises TypeError, ValueError or RecursionError where it is none."""
    if _in_c is not None:
        try:
            return "".join(_in_c(value, 0))
        except (TypeError, ValueError, RecursionError):
            pass
    return _encode(value)


def from_json(text: str) -> Any:
    """Return the value of what `to_json` has written."""
    return _decode(text)[0]
