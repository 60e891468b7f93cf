"""The wheel, installed into an environment of its own, is a whole lab: the command, the page, the types."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.live_lab import PATIENT, ROOT
from tests.support.waiting import PATIENCE_S

pytestmark = pytest.mark.slow

BIN = Path(sys.executable).parent
BUILD_S = 300
"""How long a build, an installation or a check of types may take (s)."""
PACKED = ("topowave", "topology", "nodes", "balancer", "pyproject.toml", "README.md", "LICENSE")
"""What a build reads of a checkout, besides the page."""
INDEX = '<!doctype html><script type="module" src="/assets/index-1a2b3c4d.js"></script>'
SCRIPT = """
import topowave

reveal_type(topowave.simulate("echo", "ring:5").messages)
"""


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command that has to end well, away from the checkout, and return what it prints."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        list(map(str, command)),
        cwd=cwd,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=BUILD_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what a build reads, links as links, without a page: a build writes beside its sources."""
    copy = tmp_path_factory.mktemp("checkout")
    unwanted = shutil.ignore_patterns("__pycache__", "*.egg-info")
    for name in PACKED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, symlinks=True, ignore=unwanted)
        else:
            shutil.copy(ROOT / name, copy / name)
    return copy


def build(checkout: Path, to: Path) -> Path:
    """Build the sdist, and from that the wheel, offline: setuptools is one of the tests' packages."""
    run(
        BIN / "uv",
        "build",
        "--offline",
        "--no-build-isolation",
        "--python",
        sys.executable,
        "-o",
        to,
        cwd=checkout,
    )
    (wheel,) = to.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheel(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of a checkout whose page is built; where ours is not, of one with a page of one script."""
    page = checkout / "frontend" / "dist"
    if (ROOT / "frontend" / "dist" / "index.html").is_file():
        shutil.copytree(ROOT / "frontend" / "dist", page)
    else:
        (page / "assets").mkdir(parents=True)
        (page / "index.html").write_text(INDEX, "utf-8")
        (page / "assets" / "index-1a2b3c4d.js").write_text("export {};\n", "utf-8")
    try:
        return build(checkout, tmp_path_factory.mktemp("wheel"))
    finally:
        shutil.rmtree(checkout / "frontend")


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel in it.

    Its dependencies are those of the environment that the tests run in, on a path after its own; what makes
    the checkout importable there is a `.pth`, which is read in the first folder of packages only.
    """
    folder = tmp_path_factory.mktemp("environment") / "venv"
    run(BIN / "uv", "venv", "--offline", "--python", sys.executable, folder, cwd=folder.parent)
    python = folder / "bin" / "python"
    run(BIN / "uv", "pip", "install", "--offline", "--no-deps", "--python", python, wheel, cwd=folder.parent)
    own = Path(
        run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).strip()
    )
    (own / "dependencies.pth").write_text(f"{sysconfig.get_path('purelib')}\n", "utf-8")
    return folder


def test_the_wheel_is_one_package_with_its_types_its_rooms_and_the_page(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"topowave"}
    sources = {
        str(Path(folder, name).relative_to(ROOT))
        for folder, _, files in os.walk(ROOT / "topowave", followlinks=True)
        for name in files
        if name.endswith(".py")
    }
    assert sources <= names
    assert {"topowave/py.typed", "topowave/page/index.html"} <= names
    assert any(name.startswith("topowave/page/assets/") for name in names)


def test_a_checkout_whose_page_is_not_built_gives_a_wheel_without_one(checkout: Path, tmp_path: Path) -> None:
    names = zipfile.ZipFile(build(checkout, tmp_path)).namelist()
    assert "topowave/nodes/app.py" in names
    assert not any(name.startswith("topowave/page") for name in names)


def test_a_lab_of_the_installed_package_serves_the_page_and_runs_a_wave(
    environment: Path, tmp_path: Path, free_ports: Callable[[int], list[int]]
) -> None:
    balancer, page, *ports = free_ports(5)
    leaves: list[dict[str, Any]] = [
        {"name": f"leaf{port}", "port": port, "cpu": 2, "children": []} for port in ports[1:]
    ]
    tree: dict[str, Any] = {"name": "root", "port": ports[0], "cpu": 2, "children": leaves}
    (tmp_path / "topology.json").write_text(json.dumps(tree), "utf-8")
    config = PATIENT | {"balancer_port": balancer, "page_port": page}
    (tmp_path / "config.json").write_text(json.dumps(config), "utf-8")
    where = run(
        environment / "bin" / "python", "-c", "import topowave; print(topowave.__file__)", cwd=tmp_path
    )
    assert Path(where.strip()).is_relative_to(environment)
    lab = subprocess.Popen(
        [environment / "bin" / "topowave", "up", "--json"],
        cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert lab.stdout is not None
        addresses = json.loads(lab.stdout.readline())
        with httpx.Client(timeout=PATIENCE_S, trust_env=False) as http:
            index = http.get(f"http://127.0.0.1:{page}/").raise_for_status().text
            found = re.search(r'/?(assets/[\w.-]+\.js)"', index)
            assert found is not None
            script = http.get(f"http://127.0.0.1:{page}/{found[1]}").raise_for_status()
            assert "javascript" in script.headers["content-type"]
            answer = http.get(f"http://127.0.0.1:{balancer}/echo").raise_for_status().json()
        assert addresses["nodes"] == 3
        assert {child["name"] for child in answer["children"]} == {leaf["name"] for leaf in leaves}
    finally:
        lab.send_signal(signal.SIGINT)
        lab.communicate(timeout=PATIENCE_S)
    assert lab.returncode == 0


def test_the_installed_package_tells_its_types(environment: Path, tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(SCRIPT, "utf-8")
    python = environment / "bin" / "python"
    checker = (sys.executable, "-m", "mypy", "--strict", "--cache-dir", tmp_path / "cache")
    said = run(*checker, "--python-executable", python, "script.py", cwd=tmp_path)
    assert 'Revealed type is "int"' in said.replace("builtins.", "")
    assert run(python, "-c", SCRIPT.replace("reveal_type", "print"), cwd=tmp_path) == "10\n"
