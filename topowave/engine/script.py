"""A script in a worker process: it is loaded once, and run for each task.

A file is loaded again when it has changed, or a Python file beside it that it, or another one there, has
imported. What lies beside it comes first among its imports, as for a script that is started. `module()` is
called for each task anew, so that tasks in several threads share no object unless the script wants it.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from hashlib import blake2s
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple, cast

from topowave.engine.json_text import from_json, to_json
from topowave.engine.limits import ERROR_CHARACTERS, RESULT_BYTES
from topowave.engine.task_result import FailureReason
from topowave.runtime.error_place import error_with_place
from topowave.runtime.user_imports import FolderLoader, imports_version


class ScriptError(Exception):
    """A script from which no result comes, with the reason in one word and in a sentence."""

    def __init__(self, reason: FailureReason, sentence: str) -> None:
        self.reason: FailureReason = reason
        # Half a character, which text of a script may have, cannot be printed.
        super().__init__(sentence[:ERROR_CHARACTERS].encode("utf-8", "backslashreplace").decode())


class FileVersion(NamedTuple):
    """What changes when a file does."""

    changed_ns: int
    bytes: int


Seen = tuple[FileVersion, int]
"""The same of a script and of all that was imported from its folder."""


class _Loaded(NamedTuple):
    """A script that was loaded: as what, and what would be other numbers if it had to be loaded again."""

    version: FileVersion
    imports: int
    module: ModuleType


class Scripts:
    """The scripts that this process has loaded."""

    def __init__(self) -> None:
        self._loaded: dict[str, _Loaded] = {}
        self._loading: dict[str, threading.Lock] = {}

    def look(self, path: str) -> Seen | None:
        """Return what `run` is to be told of tasks that are all known by now; None where there is no file."""
        try:
            return _look(path)
        except ScriptError:
            return None

    def run(self, path: str, params: str, seen: Seen | None = None) -> str:
        """Run the script once and return its result as JSON.

        Args:
            path: the file, absolute.
            params: as JSON.
            seen: what `look` has found when the task was known already. To look for each anew takes longer
                than a tiny task, and lets other threads go first.

        Raises:
            ScriptError: there is no result.
            MemoryError: it needed more than it may take.
        """
        run = self._runnable(path, seen)
        try:
            value = run(from_json(params))
        except BaseException as error:  # noqa: BLE001 - whatever a script raises
            raise _failure(path, error) from None
        return _result(path, value)

    def _runnable(self, path: str, seen: Seen | None) -> Callable[[object], object]:
        """Return the `run` of a new object of the script's `module()`."""
        module = self._module(path, seen)
        make: object = getattr(module, "module", None)
        if not callable(make):
            raise ScriptError("bad_script", f"{path}: there is no function module() in it")
        try:
            thing: object = make()
            run: object = getattr(thing, "run", None)
        except BaseException as error:  # noqa: BLE001 - whatever a script raises
            raise _failure(path, error) from None
        if not callable(run):
            what = type(thing).__name__
            raise ScriptError(
                "bad_script", f"{path}: module() returned a value of type {what}, which has no run(params)"
            )
        return cast("Callable[[object], object]", run)

    def _module(self, path: str, seen: Seen | None) -> ModuleType:
        found = self._loaded.get(path)
        if found is not None and found[:2] == seen:
            return found.module
        wanted = _look(path)
        found = self._loaded.get(path)
        if found is not None and found[:2] == wanted:
            return found.module
        with self._loading.setdefault(path, threading.Lock()):  # other threads wait until it is loaded
            found = self._loaded.get(path)
            if found is None or found[:2] != wanted:
                found = self._loaded[path] = _Loaded(*wanted, _load(path))
        return found.module


def _look(path: str) -> Seen:
    return look_at_file(path), imports_version(os.path.dirname(path))  # noqa: PTH120 - it is quicker


def look_at_file(path: str) -> FileVersion:
    """Return which version of a file is there. Raises ScriptError where there is none."""
    try:
        about = os.stat(path)  # noqa: PTH116 - for each task: a third of Path's time
    except FileNotFoundError:
        raise ScriptError("no_script", f"{path}: there is no such file") from None
    except OSError as error:
        raise ScriptError("no_script", f"{path}: {error.strerror}") from None
    if not stat.S_ISREG(about.st_mode):
        raise ScriptError("no_script", f"{path}: is not a file")
    return FileVersion(about.st_mtime_ns, about.st_size)


def _load(path: str) -> ModuleType:
    name = f"topowave_script_{Path(path).stem}_{blake2s(os.fsencode(path), digest_size=4).hexdigest()}"
    spec = spec_from_file_location(name, path, loader=FolderLoader(name, path))
    if spec is None or spec.loader is None:
        raise ScriptError("no_script", f"{path}: is not a Python file")
    module = module_from_spec(spec)
    before = sys.modules.get(name)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException as error:  # noqa: BLE001 - whatever a script raises
        del sys.modules[name]
        if before is not None:
            sys.modules[name] = before
        raise _failure(path, error, loading=True) from None
    return module


def _failure(path: str, error: BaseException, *, loading: bool = False) -> ScriptError:
    """Return what is said of what a script raised. Raises MemoryError where that is what it was."""
    if _is_about_memory(error):
        raise MemoryError from None
    if isinstance(error, SystemExit):
        return ScriptError("exited", f"{path}: it called sys.exit({error.code!r})")
    try:
        sentence = error_with_place(Path(path), Path(path), error)
    except Exception:  # noqa: BLE001 - an exception of a script may not even have words
        sentence = f"{path}: {type(error).__name__}"
    unreadable = (
        loading
        and isinstance(error, OSError)
        and error.filename == path
        and error.errno not in {errno.EMFILE, errno.ENFILE}  # it is there, and can be read another time
    )
    return ScriptError("no_script" if unreadable else "raised", sentence)


def _is_about_memory(error: BaseException) -> bool:
    """Whether the system gave a script no more memory: Python says so in several ways."""
    if isinstance(error, OSError):
        return error.errno == errno.ENOMEM
    return isinstance(error, MemoryError) or (
        isinstance(error, ImportError) and "failed to map segment" in str(error)  # the dynamic linker's words
    )


def _result(path: str, value: Any) -> str:
    try:
        text = to_json(value)
    except (TypeError, ValueError, RecursionError) as error:
        if hasattr(value, "close"):
            with suppress(Exception):
                value.close()  # a coroutine that nobody awaits would complain
        what = type(value).__name__
        raise ScriptError(
            "not_json", f"{path}: run() returned a value of type {what} that is no JSON: {error}"
        ) from None
    except Exception as error:  # noqa: BLE001 - a class of a script's own may do anything here
        raise _failure(path, error) from None
    if len(text) > RESULT_BYTES:
        raise ScriptError(
            "too_large", f"{path}: run() returned {len(text):,} bytes of JSON, more than {RESULT_BYTES:,}"
        )
    return text
