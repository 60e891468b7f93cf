"""What a wheel is made of."""

import os
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = {".py", ".pyc"}


def test_every_file_that_the_package_reads_goes_into_the_wheel() -> None:
    """Found with the links followed: three rooms of the package are folders at the top."""
    setuptools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    page = ROOT / "topowave" / "page"
    beside = {
        file.relative_to(ROOT)
        for folder, _, names in os.walk(ROOT / "topowave", followlinks=True)
        for file in (Path(folder) / name for name in names)
        if file.suffix not in SOURCES and page not in (file, *file.parents)  # a link to nothing if not built
    }
    packed = {
        file.relative_to(ROOT) if "*" in name and "**" not in name else folder.relative_to(ROOT) / name
        for package, names in setuptools["package-data"].items()
        for folder in [ROOT.joinpath(*package.split("."))]
        for name in names
        for file in ([*folder.glob(name)] if "*" in name and "**" not in name else [folder])
    }
    assert packed == beside | {Path("topowave", "page", "**")}
