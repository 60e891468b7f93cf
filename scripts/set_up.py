"""Set up what a make target needs: the environment, the page, a browser. Standard library only.

uv does what concerns Python packages; it comes itself as a wheel, with the hash that the lock names.
Each step leaves a stamp inside the thing that it made (`.venv`, `node_modules`, `dist`), keyed on what went
in. A step whose stamp still fits is skipped without a look at the network, so a second start takes a moment
and works offline; deleting the thing deletes its stamp too.

Usage: set_up.py [run] [test] [lint] [lock] [upgrade]
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCK = ROOT / "requirements.lock"
"""Version and hashes of every package that some group or extra of pyproject.toml brings, for every Python."""
FRONTEND = ROOT / "frontend"
NODE_MODULES = FRONTEND / "node_modules"
PAGE = FRONTEND / "dist"
CHROMIUM_PATH = VENV / "chromium"
"""Where the path of the browser that the tests use is kept."""
PROMETHEUS = VENV / "prometheus"
"""Where Debian's Prometheus is unpacked for the tests."""
NODE_MINIMUM = 20
STEP_TIMEOUT_S = 1800
BROWSER_TIMEOUT_S = 30
BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
NOT_SOURCES = {"node_modules", "dist", "test-results"}


class SetUpError(Exception):
    """A step that could not be done; the message says what the user can do."""


def say(text: str) -> None:
    """Tell the user which step begins."""
    print(f"==> {text}", flush=True)


def call(*command: str | Path, cwd: Path = ROOT, why: str) -> None:
    """Run one command of a step.

    Raises:
        SetUpError: it ended with another code than 0; `why` says what that means.
    """
    words = [str(word) for word in command]
    try:
        code = subprocess.run(words, cwd=cwd, timeout=STEP_TIMEOUT_S, check=False).returncode
    except FileNotFoundError as error:
        raise SetUpError(f"{words[0]} was not found: {why}") from error
    except subprocess.TimeoutExpired as error:
        raise SetUpError(f"{' '.join(words)} took more than {STEP_TIMEOUT_S} s: {why}") from error
    if code != 0:
        raise SetUpError(f"`{' '.join(words)}` ended with code {code}: {why}")


def digest(paths: Iterable[Path], *words: str) -> str:
    """Return a hash of the contents of files and of some words."""
    total = hashlib.sha256("\0".join(words).encode())
    for path in sorted(paths):
        total.update(str(path.relative_to(ROOT)).encode() + b"\0")
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def fits(stamp: Path, key: str) -> bool:
    """Say whether a step was already done with the same input."""
    return stamp.is_file() and stamp.read_text().strip() == key


def environment(*groups: str) -> None:
    """Install the project in place, with its dependencies and those of some groups, as the lock has them."""
    make_venv()
    stamps = [VENV / f"stamp-{name}" for name in ("project", *groups)]
    key = digest([LOCK, ROOT / "pyproject.toml"])
    if all(fits(stamp, key) for stamp in stamps):
        return
    say("installing the Python packages")
    # The lock says which version, pyproject.toml says of what; the lock's hashes are checked all the same.
    locked = ("--constraint", LOCK, "--build-constraint", LOCK)
    uv("install", "--python", PYTHON, *locked, "--editable", ".", *(f"--group={group}" for group in groups))
    for stamp in stamps:
        stamp.write_text(key)


def make_venv() -> None:
    """Make .venv with the locked uv in it; make it anew where its Python is gone or the clone was moved."""
    pin = "".join(re.findall(r"^uv==(?:.*\\\n)*.*", LOCK.read_text("utf-8"), re.MULTILINE))
    key = digest([], pin, str(ROOT))
    if VENV.is_symlink() or (VENV.exists() and not VENV.is_dir()):
        kind = f"a link to {VENV.readlink()}" if VENV.is_symlink() else "a file"
        raise SetUpError(f"{VENV} is {kind}, where a folder is to be made; move it away")
    if fits(VENV / "stamp-uv", key) and works(PYTHON, "-c", "import uv"):
        return
    say(f"making .venv with Python {'.'.join(map(str, sys.version_info[:3]))}")
    why = "Python's venv module is needed (on Debian: apt install python3-venv)"
    call(sys.executable, "-m", "venv", "--clear", VENV, why=why)
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as wanted:
        wanted.write(pin)
        wanted.flush()
        pip = (PYTHON, "-m", "pip", "--quiet", "--disable-pip-version-check", "install", "--require-hashes")
        call(*pip, "--requirement", wanted.name, why="is the network there?")
    (VENV / "stamp-uv").write_text(key)


def lock(*options: str) -> None:
    """Pin the Python packages anew, for every supported Python and without the name of any registry."""
    make_venv()
    silent = ("--no-emit-index-url", "--no-emit-find-links", "--custom-compile-command=make lock")
    everybody = ("--universal", "--python-version=3.11", "--generate-hashes")
    everything = ("--all-extras", *(f"--group={group}" for group in ("setup", "dev", "bench")))
    uv("compile", *silent, *everybody, *everything, "--output-file", LOCK, *options, "pyproject.toml")


def uv(*words: str | Path) -> None:
    """Run `uv pip`. It does not read pip's settings, so it is told where pip finds packages."""
    asked = [str(PYTHON), "-m", "pip", "config", "list"]
    settings = subprocess.run(asked, capture_output=True, text=True, check=False).stdout
    for of_pip, of_uv in (("index-url", "UV_DEFAULT_INDEX"), ("cert", "SSL_CERT_FILE")):
        for section in (":env:", "install", "global"):  # in pip's own order; what uv was told goes before
            for value in re.findall(rf"^{section}\.{of_pip}='(.*)'$", settings, re.MULTILINE):
                os.environ.setdefault(of_uv, value)
    call(VENV / "bin" / "uv", "--quiet", "pip", *words, why="is the network there?")


def works(*command: str | Path) -> bool:
    """Say whether a command can be run and ends well."""
    try:
        done = subprocess.run(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=BROWSER_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def node_modules() -> None:
    """Install the page's packages exactly as its lock has them."""
    key = digest([FRONTEND / "package-lock.json"], node_version())
    stamp = NODE_MODULES / ".topowave-stamp"
    if fits(stamp, key):
        return
    say("installing the page's packages")
    quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    call("npm", "ci", *quiet, cwd=FRONTEND, why="is the network there?")
    stamp.write_text(key)


def node_version() -> str:
    """Return Node's version.

    Raises:
        SetUpError: Node is missing or too old.
    """
    try:
        done = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise SetUpError(f"the page needs Node.js >= {NODE_MINIMUM}; `node` was not found") from error
    said = done.stdout.strip()
    major = said.removeprefix("v").split(".")[0]
    if not major.isdigit() or int(major) < NODE_MINIMUM:
        raise SetUpError(f"the page needs Node.js >= {NODE_MINIMUM}; this is {said}")
    return said


def page() -> None:
    """Build the page, when one of its sources has changed."""
    node_modules()
    key = digest(sources(FRONTEND))
    stamp = PAGE / ".topowave-stamp"
    if fits(stamp, key):
        return
    say("building the page")
    call("npm", "run", "--silent", "build", cwd=FRONTEND, why="the page could not be built")
    stamp.write_text(key)


def sources(top: Path) -> Iterable[Path]:
    """Yield the files below a folder that somebody wrote."""
    for folder, folders, names in os.walk(top):
        folders[:] = [name for name in folders if name not in NOT_SOURCES]
        yield from (Path(folder) / name for name in names)


def browser() -> None:
    """Find a Chromium for the tests, or get one: Debian's where that is allowed, else Playwright's."""
    if CHROMIUM_PATH.is_file() and works(CHROMIUM_PATH.read_text(), "--version"):
        return
    path = find_browser()
    if path is None:
        path = install_debian_chromium() or install_playwright_chromium()
    CHROMIUM_PATH.write_text(path)


def find_browser() -> str | None:
    """Return the path of a Chromium that is there already."""
    given = os.environ.get("TOPOWAVE_CHROMIUM")
    for name in (given, *BROWSERS) if given else BROWSERS:
        path = shutil.which(name)
        if path and works(path, "--version"):
            return path
    own = playwright_chromium()
    return own if own and works(own, "--version") else None


def install_debian_chromium() -> str | None:
    """Install Debian's own Chromium; returns its path, None where that could not be done."""
    if not install_debian("chromium", "Debian's Chromium for the browser tests"):
        return None
    return find_browser()


def database_server() -> None:
    """Let there be a PostgreSQL server to start; without one its tests are skipped, and say so."""
    on_path = shutil.which("initdb") is not None and shutil.which("postgres") is not None
    if on_path or any(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        return
    if not install_debian("postgresql", "Debian's PostgreSQL for the tests of what is kept there"):
        say("there is no PostgreSQL here: the tests of what is kept there will be skipped")


def prometheus() -> None:
    """Let there be a Prometheus for tests to start; without one its tests are skipped, and say so.

    Debian's package is unpacked in .venv and not installed: that would start a server of its own.
    """
    if shutil.which("prometheus") and shutil.which("promtool"):
        return
    if works(PROMETHEUS / "usr" / "bin" / "promtool", "--version"):
        return
    if not is_debian() or not shutil.which("dpkg-deb"):
        say("there is no Prometheus here: the tests that ask one will be skipped")
        return
    say("fetching Debian's Prometheus for the tests of metrics")
    why = "Debian's Prometheus could not be fetched"
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # apt fetches as a user of its own
        try:
            call("apt-get", "-qq", "download", "prometheus", cwd=Path(folder), why=why)
            (package,) = Path(folder).glob("prometheus_*.deb")
            call("dpkg-deb", "--extract", package, PROMETHEUS, why="it could not be unpacked")
        except (SetUpError, ValueError) as failed:
            say(f"{failed or why}; the tests that ask a Prometheus will be skipped")


def is_debian() -> bool:
    """Say whether this is Debian."""
    release = Path("/etc/os-release")
    return release.is_file() and "ID=debian" in release.read_text().splitlines()


def install_debian(package: str, what: str) -> bool:
    """Install a package, if this is Debian and root's rights are to be had without asking."""
    if not is_debian():
        return False
    root: Sequence[str] = ()
    if os.geteuid() != 0:
        if not works("sudo", "-n", "true"):
            return False
        root = ("sudo", "-n")
    say(f"installing {what}")
    apt = (*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300")
    try:
        call(*apt, "update", why="apt could not read its lists")
        call(*apt, "install", "-y", "--no-install-recommends", package, why="apt failed")
    except SetUpError as failed:
        say(f"{failed}; going on without that package")
        return False
    return True


def install_playwright_chromium() -> str:
    """Let Playwright fetch its own Chromium into its cache."""
    say("fetching Playwright's Chromium for the browser tests")
    deps = ("--with-deps",) if os.geteuid() == 0 and shutil.which("apt-get") else ()
    call(PYTHON, "-m", "playwright", "install", *deps, "chromium", why="there is no browser for the tests")
    path = playwright_chromium()
    if path is None or not works(path, "--version"):
        raise SetUpError("Playwright's Chromium does not start; install one and name it in TOPOWAVE_CHROMIUM")
    return path


def playwright_chromium() -> str | None:
    """Return where Playwright keeps its own Chromium, if it is there."""
    code = "from playwright.sync_api import sync_playwright\n" + (
        "with sync_playwright() as all: print(all.chromium.executable_path)"
    )
    done = subprocess.run([str(PYTHON), "-c", code], capture_output=True, text=True, check=False)
    path = done.stdout.strip()
    return path if done.returncode == 0 and Path(path).is_file() else None


def main(goals: Sequence[str]) -> int:
    """Do the steps of each goal, one set-up at a time in a clone."""
    began = time.monotonic()
    with (ROOT / "pyproject.toml").open() as guard:
        try:
            fcntl.flock(guard, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("another set-up is at work in this clone; waiting for it")
            fcntl.flock(guard, fcntl.LOCK_EX)
        try:
            for goal in goals:
                set_up(goal)
        except (SetUpError, OSError) as failed:  # a full disk, a clone of another user
            print(f"set-up: {failed}", file=sys.stderr)
            return 1
    took = time.monotonic() - began
    if took > 5:
        say(f"set up in {took:.0f} s")
    return 0


def set_up(goal: str) -> None:
    """Do the steps of one goal."""
    if goal == "run":
        environment()
        page()
    elif goal == "test":
        environment("dev")
        page()
        browser()
        database_server()
        prometheus()
    elif goal == "lint":
        environment("dev")
        node_modules()
    elif goal == "experiments":
        environment("experiments", "forecasts")
    elif goal in {"lock", "upgrade"}:
        lock(*(["--upgrade"] if goal == "upgrade" else []))
    else:
        raise SetUpError(f"{goal!r} is no goal; expected run, test, lint, experiments, lock or upgrade")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
