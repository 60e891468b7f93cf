"""Messages as their receivers get them: whoever gets one may do with it what it likes.

A message that cannot change is shared by all who get it; any other is copied for each. The same happens to
messages of live nodes, which are written as JSON and read again; here it is done without that detour.
"""

from __future__ import annotations

import copy
from typing import cast

from topowave.runtime.algorithm_error import WrongEffectError
from topowave.runtime.message_size import NOT_ITSELF, changed_by_the_way, is_frozen

ATOMS: frozenset[type] = frozenset({type(None), bool, int, float, str})
"""Types of messages that cannot change, the commonest first question of a kernel's loop."""


def private_copy(message: object) -> object:
    """Return the message if nothing in it can change, else a copy that shares nothing that can.

    One list that is in a message twice becomes two, as on the way over JSON.

    Raises:
        WrongEffectError: it is not plain data, such as an open file or a named tuple.
    """
    try:
        return _copied(message)
    except RecursionError:
        raise WrongEffectError("a message that is not plain data: it is nested too deeply") from None
    except (TypeError, ValueError, copy.Error) as error:
        raise WrongEffectError(f"a message that is not plain data: {error}") from None


def _copied(value: object) -> object:
    kind = type(value)
    if kind in ATOMS:
        return value
    if kind is list:
        return [_copied(item) for item in cast("list[object]", value)]
    if kind is dict:
        table = cast("dict[object, object]", value)
        return {_copied(key): _copied(item) for key, item in table.items()}
    if kind is tuple:
        return tuple([_copied(item) for item in cast("tuple[object, ...]", value)])
    if is_frozen(value):
        return value
    changed = changed_by_the_way(value)
    if changed is not None:
        raise WrongEffectError(NOT_ITSELF.format(changed))
    return copy.deepcopy(value)
