"""Which scripts may be run where others say which: those that lie in folders that are allowed."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from topowave.examples import FOLDER, examples

EXAMPLES = "@examples"
"""Stands for the folder of the shipped examples, which are known by their names as well."""


class ScriptRefusedError(ValueError):
    """There is no such script, or it lies elsewhere; the sentence names the setting that decides."""


class ScriptFolders:
    """The folders that a setting allows.

    A file counts by where it really is: links are followed, in folders and files.

    Args:
        folders: their paths; EXAMPLES for that of the examples.
        setting: what decides, as people know it.
    """

    def __init__(self, folders: Iterable[str], setting: str) -> None:
        named = list(folders)
        self._setting = setting
        self._folders = [FOLDER if name == EXAMPLES else Path(name) for name in named]
        self._knows_examples = EXAMPLES in named

    def find(self, name: str) -> Path:
        """Return the file of a script.

        Args:
            name: an example's name, a path below one of the folders, or an absolute path.

        Raises:
            ScriptRefusedError: there is no such file, or it is in none of the folders.
        """
        if not self._folders:
            raise ScriptRefusedError(f"{name}: {self._setting} allows no folder, so no script can be run")
        known = examples() if self._knows_examples else {}
        if name in known:
            return known[name]
        try:
            found = [file.resolve() for file in self._candidates(name)]
            allowed = [file for file in found if self._is_inside(file)]
            files = [file for file in allowed if file.is_file()]
        except (OSError, ValueError, RuntimeError):  # a name that no file can have; links in a circle
            files, allowed = [], []
        if files:
            return files[0]
        if Path(name).is_absolute() and not allowed:
            raise ScriptRefusedError(f"{name}: is in none of the folders that {self._setting} allows")
        hint = f"; there are the examples {', '.join(known)}" if known else ""
        raise ScriptRefusedError(
            f"{name}: there is no such script in the folders that {self._setting} allows{hint}"
        )

    def _candidates(self, name: str) -> list[Path]:
        path = Path(name)
        return [path] if path.is_absolute() else [folder / path for folder in self._folders]

    def _is_inside(self, file: Path) -> bool:
        return any(file.is_relative_to(folder.resolve()) for folder in self._folders)
