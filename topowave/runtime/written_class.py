"""How a user's class is written, looked at before anything runs: misspelt names, handlers of a wrong kind.

A misspelt handler raises nothing: the base class' own, which does nothing, is called in its place, and the
run says that no node decided. So whatever a class has that looks like a handler or a declaration, and that
neither a runtime nor the class itself ever uses, is told with the name that was meant. What the class' own
code mentions is its own business and never refused.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import is_dataclass
from difflib import get_close_matches
from types import CodeType, FunctionType
from typing import Any, cast

from topowave.algorithms import Algorithm
from topowave.translation import text

HANDLERS: dict[str, tuple[str, ...]] = {
    "setup": (),
    "on_start": (),
    "on_message": ("sender", "message"),
    "on_timer": ("name",),
    "on_down": ("neighbor",),
}
"""What a runtime calls, with its arguments beside `self`."""
DECLARED = (
    "name",
    "title",
    "requires",
    "needs",
    "messages",
    "bounds",
    "view",
    "wave",
    "one_message_a_link",
    "deciders",
    "starts",
)
"""The class attributes that a runtime reads."""
OTHER_WORDS = {
    "onstart": "on_start",
    "start": "on_start",
    "begin": "on_start",
    "onbegin": "on_start",
    "initiate": "on_start",
    "oninitiate": "on_start",
    "run": "on_start",
    "receive": "on_message",
    "onreceive": "on_message",
    "recv": "on_message",
    "onrecv": "on_message",
    "receivemessage": "on_message",
    "messagereceived": "on_message",
    "handlemessage": "on_message",
    "onmsg": "on_message",
    "handlemsg": "on_message",
    "recieve": "on_message",
    "onrecieve": "on_message",
    "init": "setup",
    "oninit": "setup",
    "initialize": "setup",
    "initialise": "setup",
    "onsetup": "setup",
    "timeout": "on_timer",
    "ontimeout": "on_timer",
    "oncrash": "on_down",
    "onfailure": "on_down",
    "onneighbordown": "on_down",
    "require": "requires",
    "required": "requires",
    "requirements": "requires",
    "decides": "deciders",
    "decider": "deciders",
    "knows": "needs",
    "knowledge": "needs",
    "initiators": "starts",
    "starters": "starts",
    "messagetypes": "messages",
}
"""What people write for a handler or a declaration, in small letters without underscores."""
LEAST_ALIKE = 0.8
"""How alike two names are, from 0 to 1, if one may be a misspelling of the other."""
SWAPPED = (re.compile(r"message|msg"), re.compile(r"sender|source|src|origin|frm|from_"))
"""Parameters of an `on_message` that takes its arguments in the wrong order."""


def mistakes(algorithm: type[Algorithm]) -> Iterator[tuple[str, str]]:
    """Yield what is written wrongly in the class and its bases: the attribute, a sentence with its place."""
    classes = [
        cls
        for cls in algorithm.__mro__
        if cls not in (Algorithm, object) and not cls.__module__.startswith("topowave.algorithms.")
    ]
    own: dict[str, object] = {}
    for cls in reversed(classes):
        own.update(vars(cls))
    if not own:
        return
    used = {name for value in own.values() for code in _codes(value) for name in _mentioned(code)}
    for name, value in own.items():
        problem = _problem(algorithm, name, value, own, used)
        if problem is not None:
            yield name, problem + (_place(value) or place_of(algorithm, name))
    for cls in classes:
        notes = cast("dict[str, object]", vars(cls).get("__annotations__", {}))
        for name in notes:
            if name in DECLARED and name not in own:
                yield name, f"has a type but no value; write {name} = ...{place_of(algorithm, name)}"


def _problem(
    algorithm: type[Algorithm], name: str, value: object, own: dict[str, object], used: set[str]
) -> str | None:
    if name in HANDLERS:
        return _handler_problem(algorithm, name)
    if name == "__init__":
        return _init_problem(algorithm, value)
    if name == "__slots__":
        slots = cast("Any", value)
        return text("a node's state is in ordinary attributes; leave it out") if slots else None
    if name.startswith("_") or name in DECLARED or name in used:
        return None
    if _function(value) is None:
        return _constant_problem(name, value, own)
    meant = _meant(name, tuple(HANDLERS), strict="getattr" in used)
    if meant is not None and meant not in own:
        return text("nothing calls it; did you mean {meant}?", meant=meant)
    if name.startswith("on_") and "getattr" not in used:
        more = f"did you mean {meant}? " if meant else ""
        return text(
            "nothing calls it; {more}the handlers are {handlers}", more=more, handlers=", ".join(HANDLERS)
        )
    return None


def _constant_problem(name: str, value: object, own: dict[str, object]) -> str | None:
    if isinstance(value, type | property | classmethod) or name.isupper():
        return None
    if callable(getattr(Algorithm, name, None)):
        return text(
            "{value} hides what every node has, self.{name}(); call it something else",
            value=repr(value),
            name=name,
        )
    meant = _meant(name, DECLARED, strict=False)
    if meant is None or meant in own:
        return None
    return text("nothing reads it; did you mean {meant}?", meant=meant)


def _handler_problem(algorithm: type[Algorithm], name: str) -> str | None:
    raw = inspect.getattr_static(algorithm, name)
    function = _function(raw)
    form = f"def {name}({', '.join(('self', *HANDLERS[name]))})"
    if function is None:
        return (
            None if callable(raw) else text("{raw} is no function; expected {form}", raw=repr(raw), form=form)
        )
    if isinstance(raw, property):
        return text("is a property; expected {form}", form=form)
    if isinstance(raw, classmethod):
        return text("is a classmethod, which is of no node; expected {form}", form=form)
    inner = inspect.unwrap(function)
    for kind in (function, inner):
        if inspect.iscoroutinefunction(kind) or inspect.isasyncgenfunction(kind):
            return text("is an async def, which no runtime awaits; write {form} without async", form=form)
        if inspect.isgeneratorfunction(kind):
            return text(
                "has a yield, so that a call of it runs nothing; a handler runs to its end without waiting"
            )
    parameters = () if isinstance(raw, staticmethod) else (None,)
    try:
        signature = inspect.signature(function)
        signature.bind(*parameters, *HANDLERS[name])
    except TypeError:
        return text("takes {parameters}; expected {form}", parameters=_parameters(function), form=form)
    except ValueError:
        return None
    names = [*signature.parameters][len(parameters) :]
    if name == "on_message" and all(
        pattern.fullmatch(given) for pattern, given in zip(SWAPPED, names, strict=False)
    ):
        return text(
            "takes {parameters}; the sender comes first: {form}", parameters=_parameters(function), form=form
        )
    return None


def _init_problem(algorithm: type[Algorithm], value: object) -> str | None:
    function = _function(value)
    if function is None:
        return None
    mentioned = {name for code in _codes(value) for name in _mentioned(code)}
    if "__init__" not in mentioned:
        if is_dataclass(cast("object", algorithm)) and function.__code__.co_filename.startswith("<"):
            return text(
                "@dataclass writes one that leaves out what a node is given; write setup(self) instead"
            )
        return text(
            "does not call super().__init__, which takes what a node is given; write setup(self) instead"
        )
    try:
        inspect.signature(function).bind(None, 0, (), input=None, knows={}, effects=[])
    except TypeError:
        return text(
            "takes {parameters}, but a node is made with (id, neighbors, *, in_neighbors, "
            "out_neighbors, input, knows, effects); write setup(self) instead",
            parameters=_parameters(function),
        )
    return None


def _meant(name: str, names: tuple[str, ...], *, strict: bool) -> str | None:
    """Return which of `names` somebody meant who wrote `name`, if it looks like one."""
    bare = name.lower().replace("_", "")
    word = OTHER_WORDS.get(bare)
    if word in names and not strict:
        return word
    plain = {each.replace("_", ""): each for each in names}
    turned = [each for each in plain if sorted(each) == sorted(bare)]  # two letters the wrong way round
    close = turned or get_close_matches(bare, plain, n=1, cutoff=LEAST_ALIKE)
    return plain[close[0]] if close else None


def _function(value: object) -> FunctionType | None:
    """Return the function that a class attribute is, if it is one."""
    if isinstance(value, staticmethod | classmethod):
        value = cast("Any", value).__func__
    elif isinstance(value, property):
        value = value.fget
    return value if isinstance(value, FunctionType) else None


def _codes(value: object) -> Iterator[CodeType]:
    functions: list[object] = [_function(value)]
    if isinstance(value, property):
        functions += [value.fset, value.fdel]
    for function in functions:
        if isinstance(function, FunctionType):
            yield function.__code__
            inner = inspect.unwrap(function)
            if isinstance(inner, FunctionType) and inner is not function:
                yield inner.__code__


def _mentioned(code: CodeType) -> Iterator[str]:
    """Yield the names that a function's code mentions, in functions inside it too."""
    yield from code.co_names
    for constant in cast("tuple[object, ...]", code.co_consts):
        if isinstance(constant, CodeType):
            yield from _mentioned(constant)


def _parameters(function: FunctionType) -> str:
    code = function.__code__
    return f"({', '.join(code.co_varnames[: code.co_argcount])})"


def place_of(algorithm: type[Algorithm], name: str) -> str:
    """Return where a class attribute is assigned, as " (FILE, line N)"; "" where that is not known."""
    for cls in algorithm.__mro__:
        if name not in vars(cls) and name not in cast(
            "dict[str, object]", vars(cls).get("__annotations__", {})
        ):
            continue
        try:
            lines, first = inspect.getsourcelines(cls)
            file = inspect.getsourcefile(cls)
        except (OSError, TypeError):
            return ""
        pattern = re.compile(rf"\s+{re.escape(name)}\s*[:=]")
        return next(
            (f" ({file}, line {number})" for number, line in enumerate(lines, first) if pattern.match(line)),
            "",
        )
    return ""


def _place(value: object) -> str:
    function = _function(value)
    if function is None:
        return ""
    code = cast("FunctionType", inspect.unwrap(function)).__code__
    return "" if code.co_filename.startswith("<") else f" ({code.co_filename}, line {code.co_firstlineno})"
