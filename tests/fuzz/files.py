"""Topology and config files with something wrong in them, given to the real command: refused in words."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import Phase, given, seed, settings
from hypothesis import strategies as st

from tests.fuzz.frames import JSON, NO_HURRY
from tests.unit.topology.strategies import topologies

REFUSED = 2


@dataclass
class FileFigures:
    """What came of a run.

    Attributes:
        files: files given to `topowave up`, each refused with exit code 2 and one line a problem.
        problems: lines in all.
        slowest_s: the longest that one took, in seconds on the wall.
    """

    files: int = 0
    problems: int = 0
    slowest_s: float = 0.0


def fuzz_files(count: int, seed_number: int) -> FileFigures:
    """Give `count` bad files of each kind to the command. Raises AssertionError where one gets through."""
    found = FileFigures()
    with tempfile.TemporaryDirectory() as folder:
        for name, strategy in (("topology.json", _topologies()), ("config.json", _configs())):
            _fuzz(Path(folder), name, strategy, count, seed_number, found)
            (Path(folder) / name).write_text(json.dumps({"name": "root", "port": 1, "cpu": 1}))
    return found


def _fuzz(
    folder: Path, name: str, strategy: st.SearchStrategy[bytes], count: int, number: int, found: FileFigures
) -> None:
    @seed(number)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        suppress_health_check=NO_HURRY,
        phases=[Phase.generate, Phase.shrink],
    )
    @given(strategy)
    def refuse(text: bytes) -> None:
        (folder / name).write_bytes(text)
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "topowave", "up"], cwd=folder, capture_output=True, timeout=60, check=False
        )
        found.files += 1
        found.slowest_s = max(found.slowest_s, round(time.monotonic() - began, 2))
        lines = done.stderr.decode().splitlines()
        found.problems += len(lines)
        assert (done.returncode, done.stdout) == (REFUSED, b""), lines
        assert lines
        assert all(line.startswith(name) and line.isprintable() for line in lines), lines
        assert len(set(lines)) == len(lines)

    refuse()


NO_PORT: st.SearchStrategy[Any] = st.sampled_from([0, -1, 65_536, 10**30, 1.5, "8000", None, True, [], {}])
NO_CHILDREN: st.SearchStrategy[Any] = st.sampled_from(json.loads('[1, "none", [7], [[]], [null], {"a": 1}]'))
NO_NAME: st.SearchStrategy[Any] = st.sampled_from(["", " ", "a\nb", "\x00", "n" * 65, 7, None, [], {"a": 1}])
NO_FILE = st.one_of(
    st.binary(max_size=40).filter(lambda text: not text.strip().startswith(b"{")),
    st.integers(1, 30_000).map(lambda depth: b"[" * depth),
    st.integers(1, 30_000).map(lambda depth: b'{"children":[' * depth),
    st.sampled_from([b"", b"{", b"\xff\xfe", b'{"a": NaN}', b'{"a": 1, "a": 2}', b"[1, 2]", b'"a"', b"7 8"]),
    JSON.filter(lambda data: not isinstance(data, dict)).map(lambda data: json.dumps(data).encode()),
)  # fmt: skip


@st.composite
def _broken_topologies(draw: st.DrawFn) -> bytes:
    """A good topology with one thing wrong."""
    data: dict[str, Any] = draw(topologies(most=8)).to_json()
    nodes = _nodes(data)
    node = draw(st.sampled_from(nodes))
    kind = draw(st.integers(0, 7))
    if kind == 0:
        node["port"] = draw(NO_PORT)
    elif kind == 1:
        node["name"] = draw(NO_NAME)
    elif kind == 2:
        node["cpu"] = draw(st.sampled_from([0, -3, 2.5, "4", None, 10**9]))
    elif kind == 3:
        node[draw(st.text(max_size=8)) + "?"] = draw(JSON)
    elif kind == 4:
        node["children"] = draw(NO_CHILDREN)
    elif kind == 5:
        node.setdefault("children", []).append(dict(nodes[0], children=[]))  # the root's name once more
    elif kind == 6:
        data["links"] = draw(st.sampled_from([1, [1], [["a"]], [["no such node", "nor this"]]]))
    else:
        text = json.dumps(data).encode()
        return text[: draw(st.integers(0, len(text) - 1))]
    return json.dumps(data).encode()


def _nodes(node: dict[str, Any]) -> list[dict[str, Any]]:
    return [node, *(below for child in node.get("children", []) for below in _nodes(child))]


def _topologies() -> st.SearchStrategy[bytes]:
    return st.one_of(_broken_topologies(), NO_FILE)


@st.composite
def _broken_configs(draw: st.DrawFn) -> bytes:
    """Settings of which at least one cannot be."""
    numbers = ["max_cpu", "task_time", "rebalance_interval", "link_delay", "wave_timeout", "balancer_port"]
    bad: st.SearchStrategy[Any] = st.sampled_from([-1, 10**12, "75", None, [], True])
    data: dict[str, Any] = {draw(st.sampled_from(numbers)): draw(bad)}
    data |= draw(st.dictionaries(st.text(max_size=10).map(lambda key: f"{key}?"), JSON, max_size=3))
    data |= draw(
        st.dictionaries(st.sampled_from(["host", "answer_to"]), st.sampled_from(["a b", ["a b"], 7, {}]))
    )
    return json.dumps(data).encode()


def _configs() -> st.SearchStrategy[bytes]:
    return st.one_of(_broken_configs(), NO_FILE)
