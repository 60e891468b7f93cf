"""Policies in a user's own file, `FILE.py:CLASS`: loaded, looked at, and told of with file and line.

A file is loaded as an algorithm's is, once, before anything starts; all programs of the lab get the class
through the fork. Over HTTP a policy is only named, so nobody can have a file run by asking a lab.
"""

from __future__ import annotations

import inspect
import re
import sys
import traceback
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import cast

from topowave.balancer.policies.base import SETTINGS, Policy, WrongPlanError
from topowave.balancer.policies.registry import POLICIES
from topowave.runtime.algorithm_error import HandlerHangError
from topowave.runtime.error_place import error_with_place
from topowave.runtime.loading import USER_MODULE, run_file
from topowave.topology import LabConfig, Problems
from topowave.topology.config import names_a_file, none_called

LONGEST_SAID = 500
"""Most characters of what a policy's error says."""


def load_policy(text: str) -> type[Policy]:
    """Return the class that `text` names: `./mine.py:Mine`, or `./mine.py` where it has one.

    Its name, title and summary follow from the class and its docstring where it does not say them.

    Raises:
        Problems: there is no such class, its file cannot be run, or it is no policy.
    """
    file, colon, wanted = text.rpartition(":")
    path = Path(file if colon else text)
    module = run_file(path)
    found = {name: thing for name, thing in _classes(module) if issubclass(thing, Policy)}
    if not wanted or not colon:
        wanted = next(iter(found)) if len(found) == 1 else ""
    policy = found.get(wanted)
    if policy is None:
        other = dict(_classes(module)).get(wanted)
        there = f"there are {', '.join(found)}" if found else "there is no subclass of Policy in it"
        if other is not None:
            raise Problems([f"{path}: line {_line(other)}: {wanted} is no subclass of Policy; {there}"])
        raise Problems([f"{path}: {f'no policy {wanted!r}' if wanted else 'which class?'}; {there}"])
    _name(policy)
    problems = [f"{path}: line {_line(policy)}: {wanted}: {problem}" for problem in _problems(policy)]
    if problems:
        raise Problems(problems)
    return policy


def policies_with(policy: type[Policy]) -> dict[str, type[Policy]]:
    """Return the policies that come with Topowave and one more. Raises Problems where its name is taken."""
    if policy.name in POLICIES:
        text = f"there is a policy {policy.name!r} already; give it another `name`"
        raise Problems([f"{_file(policy)}: {text}"])
    return {**POLICIES, policy.name: policy}


def with_policy(
    settings: LabConfig, given: str | None = None
) -> tuple[LabConfig, Mapping[str, type[Policy]]]:
    """Return the settings with the name of the policy that balances, and all policies that the lab knows.

    Args:
        settings: a lab's; their `policy` may be one in a file.
        given: what the command line says instead, a name or a class in a file; None where it says nothing.

    Raises:
        Problems: there is no such policy.
    """
    text = settings.policy if given is None else given
    policies: Mapping[str, type[Policy]] = POLICIES
    if names_a_file(text):
        own = load_policy(text)
        policies, text = policies_with(own), own.name
    elif text not in POLICIES:
        raise Problems([f"{none_called('policy', text, POLICIES)}; or give a class as FILE.py:CLASS"])
    return settings.model_copy(update={"policy": text}), policies


def is_users(policy: type[Policy]) -> bool:
    """Return whether a policy is from a user's file, and so may do anything."""
    return policy.__module__.startswith(USER_MODULE)


def failure(policy: type[Policy], error: BaseException) -> str:
    """Return in one line what went wrong in a policy; for a user's with its file and line."""
    if not is_users(policy):
        return str(error) if isinstance(error, WrongPlanError) else f"{type(error).__name__}: {error}"
    file = _file(policy)
    if isinstance(error, HandlerHangError):
        return str(error) + _raised_in(file, error)
    if isinstance(error, SystemExit) and error.code is None:
        error = SystemExit().with_traceback(error.__traceback__)  # whose text is not "None"
    if isinstance(error, WrongPlanError):
        return f"{file}: line {_line(policy.plan)}: {error}"
    return error_with_place(file, file, error)[:LONGEST_SAID]


def _raised_in(file: Path, error: BaseException) -> str:
    """Return the innermost line of a file in which an error was raised; "" where it came from elsewhere."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if frame.filename == str(file):
            return f" ({file}, line {frame.lineno})"
    return ""


def _classes(module: ModuleType) -> Iterator[tuple[str, type]]:
    for name, thing in vars(module).items():
        if isinstance(thing, type) and thing.__module__ == module.__name__:
            yield name, thing


def _name(policy: type[Policy]) -> None:
    """Give a class the name, title and summary that it lacks."""
    name = policy.__name__
    usual = {
        "name": re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower().replace("_", "-"),
        "title": name,
        "summary": (policy.__doc__ or "").strip().partition("\n")[0] or f"{name} of {_file(policy).name}",
        "source": str(_file(policy)),
    }
    for attribute, value in usual.items():
        if not getattr(policy, attribute, ""):
            setattr(policy, attribute, value)


def _problems(policy: type[Policy]) -> Iterator[str]:
    """Yield what is wrong with a class before anybody asks it."""
    for attribute in ("name", "title", "summary", "source", "knows", "messages", "bound", "wins"):
        text: object = getattr(policy, attribute)
        if not (isinstance(text, str) and text.isprintable()):
            yield f"{attribute}: expected text in one line, found {text!r}"
    name: object = getattr(policy, "name")  # noqa: B009 - a user's class may have anything there
    if isinstance(name, str) and not re.fullmatch(r"[a-z][a-z0-9-]{0,99}", name):
        yield f"name: {policy.name!r}: expected small letters, digits and hyphens, a letter first"
    reads: object = getattr(policy, "reads")  # noqa: B009
    if not isinstance(reads, tuple) or any(
        each not in SETTINGS for each in cast("tuple[object, ...]", reads)
    ):
        yield f"reads: expected a tuple of {', '.join(SETTINGS)}, found {reads!r}"
    if inspect.isabstract(policy):
        yield "it has no `plan`; expected def plan(self, view)"
    elif inspect.iscoroutinefunction(policy.plan):
        yield "plan is an async def, which nobody awaits; expected def plan(self, view)"
    elif inspect.isgeneratorfunction(policy.plan):
        yield "plan has a yield, so that a call runs nothing; it returns a list of moves"
    else:
        try:
            inspect.signature(policy.plan).bind(None, None)
        except (TypeError, ValueError):
            yield "plan does not take (self, view)"


def _file(policy: type[Policy]) -> Path:
    return Path(getattr(sys.modules.get(policy.__module__), "__file__", None) or "?")


def _line(thing: object) -> int:
    try:
        return inspect.getsourcelines(thing)[1]  # type: ignore[arg-type]
    except (OSError, TypeError):
        return 1
