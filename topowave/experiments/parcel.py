"""A scenario with the files that it names, as it is sent to machines that may not have them.

On a machine that has the same files in the same place, as on the sender's, they are used there. On another
one they are written into a folder of the process, at the places that the scenario names. Python files take
those beside them along, which they may import. A file with an absolute path is not sent: it has to be there.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import platform
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path

from topowave.experiments.kinds import KINDS
from topowave.experiments.portions import Answer, do_portion
from topowave.experiments.scenario_file import ScenarioFile
from topowave.topology.problems import Problems


@dataclass(frozen=True)
class Parcel:
    """What a machine needs in order to do runs of a scenario.

    Attributes:
        source: the scenario, with its folder on the sender's machine.
        files: the contents of its files, by their paths seen from its folder.
        versions: what figures may depend on, as the sender has it.
    """

    source: ScenarioFile
    files: dict[str, bytes]
    versions: dict[str, str]
    key: str = field(init=False)

    def __post_init__(self) -> None:
        digest = hashlib.sha256(repr((self.source, sorted(self.files.items()))).encode())
        object.__setattr__(self, "key", digest.hexdigest())


def pack(source: ScenarioFile) -> Parcel:
    """Return a scenario with its files. Raises Problems where one cannot be read."""
    files: dict[str, bytes] = {}
    for name, path in KINDS[source.scenario.kind].files(source.scenario, source.folder):
        if os.path.isabs(name):  # noqa: PTH117 - a Path would drop what a name ends with
            continue
        beside = sorted(Path(path).parent.glob("*.py")) if path.endswith(".py") else []
        try:
            files[name] = Path(path).read_bytes()
            for each in beside:
                files.setdefault(os.path.join(os.path.dirname(name), each.name), each.read_bytes())  # noqa: PTH118, PTH120
        except OSError as error:
            raise Problems([f"{path}: {error.strerror}"]) from None
    return Parcel(source, files, versions())


def versions() -> dict[str, str]:
    """Return the versions here of what a run depends on."""
    return {"topowave": version("topowave"), "python": platform.python_version()}


def do_portion_of(parcel: Parcel, numbers: Sequence[int]) -> Answer:
    """Do runs of a scenario that was sent. Raises Problems where this machine has other versions."""
    here = versions()
    if here != parcel.versions:
        named = " and ".join(f"{name} {number}" for name, number in here.items())
        wanted = " and ".join(f"{name} {number}" for name, number in parcel.versions.items())
        raise Problems([f"{platform.node()} has {named}; expected {wanted}, as where the runs are kept"])
    source = _unpacked(parcel)
    rows, took = do_portion(source, numbers)
    here_folder, there_folder = str(source.folder), str(parcel.source.folder)
    if here_folder != there_folder:
        for row in rows:
            row["reason"] = row["reason"].replace(here_folder, there_folder)
    return rows, took


_known: dict[str, ScenarioFile] = {}
"""The scenarios that this process has unpacked, by their keys."""


def _unpacked(parcel: Parcel) -> ScenarioFile:
    found = _known.get(parcel.key)
    if found is None:
        found = _known[parcel.key] = parcel.source if _is_here(parcel) else _written(parcel)
    return found


def _is_here(parcel: Parcel) -> bool:
    try:
        return all((parcel.source.folder / name).read_bytes() == data for name, data in parcel.files.items())
    except OSError:
        return False


def _written(parcel: Parcel) -> ScenarioFile:
    """Write the files so deep that a name that leads out of the folder stays in what is made for it."""
    top = Path(tempfile.mkdtemp(prefix="topowave-"))
    atexit.register(shutil.rmtree, top, ignore_errors=True)
    depth = max((Path(name).parts.count("..") for name in parcel.files), default=0)
    folder = top.joinpath(*["scenario"] * (depth + 1))
    folder.mkdir(parents=True)
    for name, data in parcel.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return replace(parcel.source, folder=folder)
