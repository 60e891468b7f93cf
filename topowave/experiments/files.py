"""What a scenario's words for networks and files mean, seen from its folder and from one of its runs."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from topowave.topology.generators.shapes import SHAPES


def seen_from(path: str, folder: Path) -> str:
    """Return the path of a file that is named in a scenario which lies in `folder`."""
    return os.path.join(folder, path)  # noqa: PTH118 - Path's would drop what a name begins or ends with


def network_text(text: str, folder: Path, seed: int) -> str:
    """Return a network as `read_graph` takes it: SHAPE:N[:SEED], or the path of a file.

    Args:
        text: as in the scenario; the word `seed` in the place of SEED stands for that of the run.
        folder: of the scenario.
        seed: of the run.
    """
    shape, colon, rest = text.partition(":")
    if shape not in SHAPES or not colon:
        return seen_from(text, folder)
    return f"{shape}:{rest.removesuffix(':seed')}:{seed}" if rest.endswith(":seed") else text


def named_files(networks: Iterable[str], folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the files among the networks of a scenario: as they are named, and their paths."""
    for text in networks:
        if text.partition(":")[0] not in SHAPES:
            yield text, seen_from(text, folder)


def class_text(text: str, folder: Path) -> str:
    """Return what names a class: FILE.py:CLASS with the file's path, or a name as it is."""
    path, colon, name = text.rpartition(":")
    return f"{seen_from(path, folder)}:{name}" if colon and path.endswith(".py") else text
