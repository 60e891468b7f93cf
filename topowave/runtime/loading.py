"""Finding the class that a user means: a name in the library, or `FILE.py:CLASS`."""

from __future__ import annotations

import importlib.util
import os
import re
import sys
from difflib import get_close_matches
from hashlib import blake2s
from pathlib import Path
from types import ModuleType

from topowave.algorithms import Algorithm
from topowave.algorithms.registry import LIBRARY
from topowave.runtime.algorithm_error import InterruptedRunError
from topowave.runtime.declarations import checked
from topowave.runtime.error_place import error_with_place
from topowave.runtime.handler_runner import LOADING_DEADLINE_S, OneHandler, Watchdog
from topowave.runtime.user_imports import FolderLoader
from topowave.topology import Problems
from topowave.translation import text as sentence

USER_MODULE = "topowave_user_"
"""What the names of modules begin with that are users' files."""


def load_algorithm(text: str) -> type[Algorithm]:
    """Return the class that `text` names: the name of a library's algorithm, or `./my_echo.py:MyEcho`.

    A user's file is loaded under a name of its own, so it cannot hide any package. While it loads, what lies
    beside it comes first on the path, as for a script.

    Raises:
        Problems: there is no such class, its file cannot be run, or what it declares makes no sense.
    """
    file, colon, name = text.rpartition(":")
    if not colon and not text.endswith(".py"):
        try:
            return LIBRARY.find(text)
        except KeyError as error:
            raise Problems(
                [sentence("{args}; or give your own class as FILE.py:CLASS", args=error.args[0])]
            ) from None
    path, wanted = (Path(file), name) if colon else (Path(text), "")
    classes = _classes(run_file(path))
    if wanted in classes:
        return checked(classes[wanted])
    if not wanted and len(classes) == 1:
        return checked(next(iter(classes.values())))
    there = f"there are {', '.join(classes)}" if classes else "there is no subclass of Algorithm in it"
    raise Problems([f"{path}: {f'no algorithm {wanted!r}' if wanted else 'which class?'}; {there}"])


def algorithm_of(algorithm: type[Algorithm] | str) -> type[Algorithm]:
    """Return the class itself, or what `load_algorithm` finds. Raises Problems."""
    return load_algorithm(algorithm) if isinstance(algorithm, str) else checked(algorithm)


def _classes(module: ModuleType) -> dict[str, type[Algorithm]]:
    found = {name: thing for name, thing in vars(module).items() if isinstance(thing, type)}
    return {
        name: thing
        for name, thing in found.items()
        if issubclass(thing, Algorithm) and thing.__module__ == module.__name__
    }


def run_file(path: Path) -> ModuleType:
    """Run a user's file, within LOADING_DEADLINE_S, and return its module. Raises Problems with its line."""
    try:
        is_file = path.is_file()
    except OSError as error:  # a folder that may not be looked into, a name that is too long
        raise Problems([f"{path}: {error.strerror}"]) from None
    if not is_file:
        raise Problems([sentence("{path}: there is no such file", path=path)])
    place = path.resolve()
    name = f"{USER_MODULE}{place.stem}_{blake2s(os.fsencode(place), digest_size=4).hexdigest()}"
    spec = importlib.util.spec_from_file_location(name, place, loader=FolderLoader(name, str(place)))
    if spec is None or spec.loader is None:
        raise Problems([sentence("{path}: is not a Python file", path=path)])
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    sys.path.insert(0, str(place.parent))
    loading = OneHandler()
    try:
        with Watchdog(loading, deadline_s=LOADING_DEADLINE_S, what="the file"):
            try:
                spec.loader.exec_module(module)
            finally:
                loading.in_handler = False
    except InterruptedRunError:
        del sys.modules[name]
        raise
    except BaseException as error:  # noqa: BLE001 - whatever the user's file raises
        del sys.modules[name]
        raise Problems([error_with_place(path, place, error, _meant(error))]) from None
    finally:
        sys.path.remove(str(place.parent))
    return module


def _meant(error: BaseException) -> str:
    """Return what a file may have meant that imports what is not there; "" if nothing comes to mind."""
    if isinstance(error, ModuleNotFoundError):
        home = (error.name or "").partition(".")[0]
        ours = (Path(__file__).parents[1] / home / "__init__.py").is_file()
        return f"; did you mean topowave.{error.name}?" if home.isidentifier() and ours else ""
    found = re.match(r"cannot import name '(\w+)' from '(topowave[\w.]*)'", str(error))
    if not (isinstance(error, ImportError) and found):
        return ""
    close = get_close_matches(found[1], dir(sys.modules["topowave"]), n=1)
    return f"; did you mean `from topowave import {close[0]}`?" if close else ""
