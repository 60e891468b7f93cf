"""Finding the class that a user means: a name in the library, or `FILE.py:CLASS`."""

from __future__ import annotations

import importlib.util
import sys
import traceback
from hashlib import blake2s
from pathlib import Path
from types import ModuleType

from topowave.algorithms import Algorithm
from topowave.algorithms.registry import LIBRARY
from topowave.runtime.declarations import checked
from topowave.runtime.user_imports import FolderLoader
from topowave.topology import Problems


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
            raise Problems([f"{error.args[0]}; or give your own class as FILE.py:CLASS"]) from None
    path, wanted = (Path(file), name) if colon else (Path(text), "")
    classes = _classes(_run_file(path))
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


def _run_file(path: Path) -> ModuleType:
    if not path.is_file():
        raise Problems([f"{path}: there is no such file"])
    place = path.resolve()
    name = f"topowave_user_{place.stem}_{blake2s(str(place).encode(), digest_size=4).hexdigest()}"
    spec = importlib.util.spec_from_file_location(name, place, loader=FolderLoader(name, str(place)))
    if spec is None or spec.loader is None:
        raise Problems([f"{path}: is not a Python file"])
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    sys.path.insert(0, str(place.parent))
    try:
        spec.loader.exec_module(module)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - whatever the user's file raises
        del sys.modules[name]
        raise Problems([_reason(path, place, error)]) from None
    finally:
        sys.path.remove(str(place.parent))
    return module


def _reason(path: Path, place: Path, error: BaseException) -> str:
    """Return in one line why a user's file cannot be run, with the place in it."""
    text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    if isinstance(error, SyntaxError) and error.filename == str(place):
        return f"{path}: line {error.lineno}: {type(error).__name__}: {error.msg}"
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if frame.filename == str(place):
            return f"{path}: line {frame.lineno}: {text}"
    return f"{path}: {text}"
