"""A lab starts only with libraries that have the insides which are used."""

from __future__ import annotations

import importlib
import sys
from types import ModuleType

import pytest

from topowave.topology import Problems
from topowave.web.uvicorn_adapter.library_check import USED, UsedClass, check_libraries
from topowave.web.uvicorn_adapter.timeouts import TimeoutHttp, TimeoutWebSocket
from topowave.web.uvicorn_adapter.websocket import TextWebSocket


class Complete:
    """Has all that `WANTED` says."""

    def __init__(self) -> None:
        self.frames: list[bytes] = []

    def shutdown(self, sockets: list[int] | None = None) -> None:
        """Shut down."""

    def handle(self, event: object) -> None:
        """Handle it."""


class WithoutMethod:
    def __init__(self) -> None:
        self.frames: list[bytes] = []

    def shutdown(self, sockets: list[int] | None = None) -> None:
        """Shut down."""


class OtherArgument(Complete):
    def handle(self, message: object) -> None:  # pyright: ignore
        """Handle it."""


class MoreArguments(Complete):
    def handle(self, event: object, loop: object) -> None:  # type: ignore[override]
        """Handle it."""


class WithoutAttribute:
    def shutdown(self, sockets: list[int] | None = None) -> None:
        """Shut down."""

    def handle(self, event: object) -> None:
        """Handle it."""


def wanted(name: str = "Protocol") -> UsedClass:
    return UsedClass("standin", name, {"handle": ("event",), "shutdown": ("sockets",)}, ("frames",))


def stand_in(monkeypatch: pytest.MonkeyPatch, protocol: type) -> None:
    """Install a library `standin` that has this protocol."""
    module = ModuleType("standin")
    vars(module)["Protocol"] = protocol
    monkeypatch.setitem(sys.modules, "standin", module)


def test_the_libraries_that_are_installed_have_all_of_it() -> None:
    check_libraries()


def test_a_library_with_all_of_it_is_fine(monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch, Complete)
    check_libraries([wanted()])


@pytest.mark.parametrize(
    ("protocol", "lacks"),
    [
        (WithoutMethod, "standin.Protocol.handle:"),
        (OtherArgument, "standin.Protocol.handle(event):"),
        (MoreArguments, "standin.Protocol.handle(event):"),
        (WithoutAttribute, "standin.Protocol.frames:"),
    ],
)
def test_what_a_library_lacks_is_said_in_one_sentence(
    protocol: type, lacks: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(monkeypatch, protocol)
    with pytest.raises(Problems) as refusal:
        check_libraries([wanted()])
    (sentence,) = refusal.value.problems
    assert f"since they lack {lacks}" in sentence
    assert sentence.startswith("uvicorn ")


def test_a_class_or_a_module_that_is_gone_is_named_once(monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch, Complete)
    gone = UsedClass("standin.gone", "Protocol", {"handle": ("event",)})
    with pytest.raises(Problems, match=r"lack standin\.Other, standin\.gone\.Protocol:"):
        check_libraries([wanted("Other"), gone])


@pytest.mark.parametrize("ours", [TimeoutHttp, TimeoutWebSocket, TextWebSocket])
def test_every_method_that_is_overridden_stands_in_the_table(ours: type) -> None:
    for used in USED:
        theirs = getattr(importlib.import_module(used.module), used.name)
        if issubclass(ours, theirs):
            overridden = {name for name in vars(ours) if hasattr(theirs, name) and not name.startswith("__")}
            assert overridden <= used.methods.keys()
            return
    raise AssertionError(f"{ours} extends nothing that is checked")
