"""A PostgreSQL server of the tests' own: in a folder of theirs, reached by a socket there."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Generator
from pathlib import Path
from typing import Final

import psycopg
import pytest
from psycopg import sql

START_DEADLINE_S = 60.0
DEBIAN = Path("/usr/lib/postgresql")
_OWNER: Final = "postgres"
_UNPRIVILEGED = ("postgres", "nobody")
"""Whom the server may be run as where the tests are root's: it refuses to be root's."""


def find_programs() -> Path | None:
    """Return the folder with `initdb` and `postgres`; None where there is none."""
    on_path = shutil.which("initdb")
    if on_path is not None and shutil.which("postgres") is not None:
        return Path(on_path).parent
    versions = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return versions[-1].parent if versions else None


class PostgresServer:
    """A server that runs.

    Args:
        programs: the folder with its programs.
    """

    def __init__(self, programs: Path) -> None:
        # A socket's path has room for about a hundred characters, and pytest's own folders are deep.
        self._folder = Path(tempfile.mkdtemp(prefix="topowave-pg-"))
        self._programs = programs
        self._as: tuple[str, ...] = ()
        if os.geteuid() == 0:
            user = next(name for name in _UNPRIVILEGED if _is_user(name))
            shutil.chown(self._folder, user)
            self._as = ("setpriv", f"--reuid={user}", f"--regid={_group_of(user)}", "--clear-groups")
        data = self._folder / "data"
        make = (
            "initdb",
            "--pgdata",
            data,
            "--username",
            _OWNER,
            "--auth=trust",
            "--encoding=UTF8",
            "--no-sync",
        )
        self._run(*make, "--locale=C.UTF-8")
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def url(self, database: str = "postgres", options: str = "") -> str:
        """Return where a database is."""
        return f"postgresql:///{database}?host={self._folder}&user={_OWNER}{options}"

    def empty(self) -> None:
        """Remove all that labs have left in it."""
        asked = "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'topowave%'"
        with psycopg.connect(self.url(), autocommit=True) as db:
            for (name,) in db.execute(asked).fetchall():
                db.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(name)))

    def new_database(self, name: str) -> str:
        """Make a database, and return where it is."""
        with psycopg.connect(self.url(), autocommit=True) as db:
            db.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.url(name)

    def start(self) -> None:
        """Start it, and wait until it answers."""
        command = ("postgres", "-D", self._folder / "data", "-k", self._folder, "-h", "", "-F")
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(self._words(*command), stdout=log, stderr=log)
        deadline = time.monotonic() + START_DEADLINE_S
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError((self._folder / "log").read_text())
            time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """End it: by default at once, as if the machine had failed."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(START_DEADLINE_S)
            self._process = None

    def crash(self) -> None:
        """Let one of its processes be killed, and wait until it has ended the others, too.

        It begins anew with what it has. Until the last of the others has ended it may still take connections,
        which it then cuts off.
        """
        others = set(self.pids()[1:])
        with psycopg.connect(self.url()) as db:
            os.kill(db.info.backend_pid, signal.SIGKILL)
        deadline = time.monotonic() + START_DEADLINE_S
        while not others.isdisjoint(self.pids()):
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def wait_until_up(self) -> None:
        """Wait until it takes connections again."""
        deadline = time.monotonic() + START_DEADLINE_S
        while True:
            try:
                psycopg.connect(self.url()).close()
            except psycopg.OperationalError:
                assert time.monotonic() < deadline
                time.sleep(0.05)
            else:
                return

    def pids(self) -> list[int]:
        """Return the numbers of all its processes."""
        assert self._process is not None
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text()
        return [self._process.pid, *map(int, children.split())]

    def close(self) -> None:
        """End it, and remove its folder."""
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _answers(self) -> bool:
        state = self._folder / "data" / "postmaster.pid"
        return state.is_file() and state.read_text().splitlines()[7:8] == ["ready   "]

    def _words(self, program: str, *words: str | Path) -> list[str]:
        return [*self._as, str(self._programs / program), *map(str, words)]

    def _run(self, program: str, *words: str | Path) -> None:
        done = subprocess.run(self._words(program, *words), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session", autouse=True)
def any_postgres() -> Generator[PostgresServer | None]:
    """A server for all tests of a process, if there is one to start; there before any test looks around."""
    programs = find_programs()
    server = None if programs is None else PostgresServer(programs)
    yield server
    if server is not None:
        server.close()


@pytest.fixture
def postgres_server(any_postgres: PostgresServer | None) -> PostgresServer:
    """A server with nothing of a lab's in it; where there is none to start the test is skipped."""
    if any_postgres is None:
        pytest.skip("PostgreSQL is not installed here, so this was not run")
    any_postgres.empty()
    return any_postgres


def _is_user(name: str) -> bool:
    return subprocess.run(("id", "-u", name), capture_output=True, check=False).returncode == 0


def _group_of(name: str) -> str:
    return subprocess.run(("id", "-g", name), capture_output=True, text=True, check=True).stdout.strip()
