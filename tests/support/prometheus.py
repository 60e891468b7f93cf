"""A Prometheus server of the tests' own, in a folder and on a port of theirs."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.waiting import PATIENCE_S, until

ROOT = Path(__file__).parents[2]
UNPACKED = ROOT / ".venv" / "prometheus" / "usr" / "bin"
"""Where `make test` unpacks Debian's package."""


def program(name: str) -> Path:
    """Return where `prometheus` or `promtool` is; where it is nowhere the test is skipped."""
    found = shutil.which(name) or shutil.which(name, path=str(UNPACKED))
    if found is None:
        pytest.skip(f"{name} is not here (Debian has it in its package prometheus), so this was not run")
    return Path(found)


class Prometheus:
    """A server that runs, as its HTTP API tells of it."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    def get(self, path: str, **params: str | float) -> Any:
        """Return the data that the API answers with."""
        answer = self._http.get(f"/api/v1/{path}", params=params).raise_for_status().json()
        assert answer["status"] == "success", answer
        return answer["data"]

    def query(self, expression: str) -> list[dict[str, Any]]:
        """Return the series that an expression has now."""
        found: list[dict[str, Any]] = self.get("query", query=expression)["result"]
        return found

    def until_value(self, expression: str, value: float) -> None:
        """Wait until an expression has one series with this value."""
        until(
            lambda: self.query(expression),
            lambda found: [float(each["value"][1]) for each in found] == [value],
        )

    def is_ready(self) -> bool:
        """Whether it answers questions."""
        try:
            return self._http.get("/-/ready").is_success
        except httpx.HTTPError:
            return False


@contextmanager
def running_prometheus(folder: Path, port: int, config: Path) -> Generator[Prometheus]:
    """Run a server on a config file until the context ends.

    Args:
        folder: where its data and its log go.
        port: where it listens, on the loopback.
        config: its configuration.
    """
    command = (
        program("prometheus"),
        f"--config.file={config}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--enable-feature=exemplar-storage",
    )
    log = folder / "prometheus.log"
    with log.open("wb") as out, subprocess.Popen(command, cwd=folder, stdout=out, stderr=out) as process:
        try:
            with httpx.Client(
                base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE_S, trust_env=False
            ) as http:
                server = Prometheus(http)
                until(lambda: (process.poll(), server.is_ready()), lambda now: now != (None, False))
                assert process.poll() is None, log.read_text()
                yield server
        finally:
            process.terminate()
            process.wait(PATIENCE_S)
