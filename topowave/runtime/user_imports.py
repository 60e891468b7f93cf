"""Imports of a user's files: what lies in their folder comes first, and stays in that folder.

Two folders may each have a `nodes.py`, and a class of each may be loaded in one process. So what a file
imports from its folder is a module below a package of that folder's own, and no other file finds it in
`sys.modules` under its short name. The file's own `__import__` sees to it, at any time and for whatever it
imports in turn. `topowave` itself is always the installed package.

Who runs a file for long can ask whether something that it has imported from there has changed on the disk:
then all of the folder is forgotten, and is imported anew by who is loaded next.
"""

from __future__ import annotations

import builtins
import os
import sys
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import blake2s
from importlib.machinery import PathFinder, SourceFileLoader
from importlib.util import module_from_spec
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

_OURS = "topowave"

_LOCKS: dict[str, threading.RLock] = {}
"""One for each folder's package: a thread that imports what another is just loading waits for all of it."""


_READ: dict[str, dict[str, tuple[int, int] | None]] = {}
"""For each folder's package the files that were imported, as they were then; see `_look_at`."""
_FORGOTTEN: dict[str, int] = {}
"""How often what was imported from a folder was forgotten."""


def imports_version(folder: str) -> int:
    """Return a number that is another one as soon as a file that was imported from a folder has changed.

    What was imported from there is forgotten then, and found anew by whatever is loaded from now on.
    """
    package = _package_name(folder)
    if _has_changed(package):
        with _LOCKS[package]:  # an import that is under way ends first
            if _has_changed(package):
                _READ[package].clear()
                for name in [name for name in [*sys.modules] if name.startswith(f"{package}.")]:
                    del sys.modules[name]
                _FORGOTTEN[package] = _FORGOTTEN.get(package, 0) + 1
    return _FORGOTTEN.get(package, 0)


def _has_changed(package: str) -> bool:
    return any(_look_at(file) != before for file, before in [*_READ.get(package, {}).items()])


def _look_at(file: str) -> tuple[int, int] | None:
    """Return what changes when a file does; None where it is not there."""
    try:
        about = os.stat(file)  # noqa: PTH116 - for each task of an engine: a third of Path's time
    except OSError:
        return None
    return about.st_mtime_ns, about.st_size


@cache
def _package_name(folder: str) -> str:
    return f"topowave_folder_{blake2s(os.fsencode(folder), digest_size=4).hexdigest()}"


class FolderLoader(SourceFileLoader):
    """Runs a file of a user's folder, with imports that find the folder's files first."""

    def exec_module(self, module: ModuleType) -> None:
        """Run the file."""
        folder = _Folder.of(Path(self.path).parent if self.folder is None else self.folder)
        vars(module)["__builtins__"] = vars(builtins) | {"__import__": folder.import_name}
        super().exec_module(module)

    def get_code(self, fullname: str) -> CodeType:
        """Compile what the file says now.

        What Python keeps in `__pycache__` counts as new while the file has the same length and was written
        in the same second, so a change of one figure by a script could be missed.
        """
        path = self.get_filename(fullname)
        return self.source_to_code(self.get_data(path), path)

    folder: Path | None = None
    """The folder whose files come first; by default the file's own."""


class _Folder:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._package = _package_name(str(path))
        self._lock = _LOCKS.setdefault(self._package, threading.RLock())

    @classmethod
    def of(cls, path: Path) -> _Folder:
        """Return the folder, whose package there is from now on."""
        folder = cls(path)
        if folder._package not in sys.modules:
            package = sys.modules[folder._package] = ModuleType(folder._package)
            package.__path__ = [str(path)]
        return folder

    def import_name(
        self,
        name: str,
        names: Mapping[str, object] | None = None,
        local: Mapping[str, object] | None = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> Any:
        """Do what `__import__` does, the folder's own files first."""
        top = name.partition(".")[0]
        if level or top == _OURS or not self._has(top):
            return builtins.__import__(name, names, local, fromlist or (), level)
        module = self._load(name)
        if not fromlist:
            return sys.modules[f"{self._package}.{top}"]
        for each in fromlist:
            if each != "*" and not hasattr(module, each) and hasattr(module, "__path__"):
                self._load(f"{name}.{each}")
        return module

    def _has(self, top: str) -> bool:
        return (self._path / f"{top}.py").is_file() or (self._path / top / "__init__.py").is_file()

    def _load(self, name: str) -> ModuleType:
        with self._lock:
            return self._load_once(name)

    def _load_once(self, name: str) -> ModuleType:
        full = f"{self._package}.{name}"
        if full in sys.modules:
            return sys.modules[full]
        above, _, last = name.rpartition(".")
        parent = self._load(above) if above else sys.modules[self._package]
        spec = PathFinder.find_spec(full, parent.__path__)
        if spec is None or spec.loader is None:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        if isinstance(spec.loader, SourceFileLoader):
            spec.loader = FolderLoader(full, spec.loader.path)
            spec.loader.folder = self._path
            _READ.setdefault(self._package, {})[spec.loader.path] = _look_at(spec.loader.path)
        module = sys.modules[full] = module_from_spec(spec)
        try:
            spec.loader.exec_module(module)
        except BaseException:
            del sys.modules[full]
            raise
        setattr(parent, last, module)
        return module
