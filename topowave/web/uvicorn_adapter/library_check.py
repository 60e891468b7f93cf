"""Looks before the start for the insides of uvicorn and websockets that this package overrides and reads.

A version that lacks one would fail in the middle of a connection, or, worse, would never call what overrides
a method that it no longer has. So a lab does not start with it, and says why in one sentence.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from types import FunctionType

from topowave.topology import Problems


@dataclass(frozen=True, slots=True)
class UsedClass:
    """A class of a library, and what of it is used.

    module, name: where it is.
    methods: what is overridden or called, each with the arguments after `self` that it is given.
    attributes: what is read or set on its instances; its own methods must touch it.
    """

    module: str
    name: str
    methods: Mapping[str, tuple[str, ...]]
    attributes: tuple[str, ...] = field(default=())


USED = (
    UsedClass(
        "uvicorn.protocols.http.h11_impl",
        "H11Protocol",
        {
            "connection_made": ("transport",),
            "data_received": ("data",),
            "handle_websocket_upgrade": ("event",),
            "send_400_response": ("msg",),
            "connection_lost": ("exc",),
            "pause_writing": (),
            "resume_writing": (),
        },
        ("conn", "transport", "connections"),
    ),
    UsedClass(
        "uvicorn.protocols.websockets.websockets_sansio_impl",
        "WebSocketsSansIOProtocol",
        {
            "connection_made": ("transport",),
            "handle_connect": ("event",),
            "handle_cont": ("event",),
            "handle_parser_exception": (),
            "data_received": ("data",),
            "send_receive_event_to_app": (),
            "connection_lost": ("exc",),
            "pause_writing": (),
            "resume_writing": (),
            "shutdown": (),
        },
        (
            "close_sent",
            "close_timeout",
            "conn",
            "connections",
            "curr_msg_data_type",
            "frames",
            "handshake_complete",
            "handshake_initiated",
            "response",
            "scope",
            "transport",
        ),
    ),
    UsedClass(
        "uvicorn.server",
        "Server",
        {"__init__": ("config",), "startup": ("sockets",), "shutdown": ("sockets",)},
        ("config", "lifespan", "server_state", "servers"),
    ),
    UsedClass("uvicorn.config", "Config", {"load": ()}, ("lifespan_class",)),
    UsedClass(
        "websockets.server",
        "ServerProtocol",
        {
            "fail": ("code", "reason"),
            "reject": ("status", "text"),
            "send_text": ("data",),
            "data_to_send": (),
        },
        ("handshake_exc", "reader"),
    ),
    UsedClass("websockets.streams", "StreamReader", {}, ("buffer",)),
)


def check_libraries(used: Iterable[UsedClass] = USED) -> None:
    """Look for all that is used.

    Raises:
        Problems: one sentence with the versions that are installed and all that is missing.
    """
    missing = [what for each in used for what in _missing(each)]
    if missing:
        installed = " and ".join(f"{library} {version(library)}" for library in ("uvicorn", "websockets"))
        raise Problems(
            [
                f"{installed} cannot run a lab, since they lack {', '.join(missing)}: "
                "install the versions that pyproject.toml names (scripts/set_up.py does)"
            ]
        )


def _missing(used: UsedClass) -> Iterator[str]:
    """Name what a class lacks; where the class itself is missing, only that."""
    whole = f"{used.module}.{used.name}"
    try:
        found = getattr(importlib.import_module(used.module), used.name)
    except (ImportError, AttributeError):
        yield whole
        return
    for method, arguments in used.methods.items():
        there = getattr(found, method, None)
        if there is None:
            yield f"{whole}.{method}"
        elif not _takes(there, arguments):
            yield f"{whole}.{method}({', '.join(arguments)})"
    touched = _names_in_methods(found)
    yield from (f"{whole}.{attribute}" for attribute in used.attributes if attribute not in touched)


def _takes(method: object, arguments: tuple[str, ...]) -> bool:
    """Whether a method can be called with these arguments and needs no others."""
    assert callable(method)
    parameters = list(inspect.signature(method).parameters.values())[1:]
    names = [each.name for each in parameters]
    needed = [
        each.name for each in parameters if each.default is each.empty and each.kind is not each.VAR_KEYWORD
    ]
    return names[: len(arguments)] == list(arguments) and set(needed) <= set(arguments)


def _names_in_methods(found: type) -> set[str]:
    """What the methods of a class and of its bases read and set: attributes have no other declaration."""
    functions = [
        each for kind in found.__mro__ for each in vars(kind).values() if isinstance(each, FunctionType)
    ]
    return {name for function in functions for name in function.__code__.co_names}
