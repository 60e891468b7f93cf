"""`topowave task spans` sends real OTLP: parents, nodes and durations are those of `GET /tasks/{id}`."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.support.http_stand_in import Quiet, served
from tests.support.live_lab import ROOT, LiveLab, live_lab
from tests.support.waiting import PATIENCE_S

pytest.importorskip("opentelemetry.exporter.otlp.proto.http", reason="the extra opentelemetry is not here")


@contextmanager
def collector(received: list[bytes]) -> Generator[str]:
    """Run a collector that keeps the bodies of what it is sent; yields its address."""

    class Handler(Quiet, BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.headers["content-type"] == "application/x-protobuf"
            received.append(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.end_headers()

    with served(Handler) as address:
        yield f"{address}/v1/traces"


def spans_in(bodies: list[bytes]) -> list[Any]:
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (  # noqa: PLC0415
        ExportTraceServiceRequest,
    )

    found: list[Any] = []
    for body in bodies:
        request: Any = ExportTraceServiceRequest()
        request.ParseFromString(body)
        for resource in request.resource_spans:
            for scope in resource.scope_spans:
                found.extend(scope.spans)
    return found


def send(lab: LiveLab, to: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "topowave", "task", "spans", "--to", to, "--balancer", lab.balancer]
    return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)


def moved_tasks(lab: LiveLab) -> list[str]:
    """Let tasks be done, some of which have moved; returns all ids."""
    ids: list[str] = []

    def moved() -> int:
        ids.extend(lab.post("/tasks", {"node": lab.topology.nodes[0].name, "count": 12})["tasks"])
        return int(lab.post("/rebalance")["moved"])

    # None move where all have begun before the wave comes, on a machine that is busy.
    lab.until(moved, lambda count: count > 0)
    lab.until(
        lambda: lab.get("/tasks?sort=finished&limit=1000")["tasks"], lambda found: len(found) == len(ids)
    )
    return ids


def test_a_trace_tells_a_tasks_life_across_nodes_as_the_journal_has_it(tmp_path: Path) -> None:
    received: list[bytes] = []
    with (
        live_lab(tmp_path, ROOT / "topology.json", rebalance_interval=0, task_time=0.5) as lab,
        collector(received) as address,
    ):
        ids = moved_tasks(lab)
        done = send(lab, address)
        assert (done.returncode, done.stderr) == (0, "")
        spans = spans_in(received)
        whole = {_attributes(span)["topowave.task.id"]: span for span in spans if span.name == "task"}
        assert sorted(whole) == sorted(ids)
        assert len({span.trace_id for span in spans}) == len(ids)
        has_moved = 0
        for task, root in whole.items():
            told = lab.get(f"/tasks/{task}")
            entries = told["history"]
            assert not root.parent_span_id
            assert _ms(root) == (_to_ms(told["submitted_at"]), _to_ms(told["finished_at"]))
            own = [each for each in spans if each.trace_id == root.trace_id and each is not root]
            assert {each.parent_span_id for each in own} == {root.span_id}
            assert [(each.name, _attributes(each)["topowave.node"], *_ms(each)) for each in own] == [
                (entry["what"].split(" ")[0], entry["node"], _to_ms(entry["time"]), _to_ms(next_one["time"]))
                for entry, next_one in pairwise(entries)
            ]
            has_moved += len({entry["node"] for entry in entries}) > 1
        assert has_moved > 0

        file = tmp_path / "spans.jsonl"
        assert send(lab, str(file)).returncode == 0
        lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
        assert len(lines) == len(spans)


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with live_lab(tmp_path, ROOT / "topology.json", rebalance_interval=0, task_time=0.05) as lab:
        lab.post("/tasks", {"node": lab.topology.nodes[0].name, "count": 1})
        lab.until(lambda: lab.get("/tasks?sort=finished")["tasks"], lambda found: len(found) == 1)
        done = send(lab, "/nowhere/spans.jsonl")
        told = "--to /nowhere/spans.jsonl: No such file or directory\n"
        assert (done.returncode, done.stderr) == (2, told)


def _attributes(span: Any) -> dict[str, str]:
    return {each.key: each.value.string_value for each in span.attributes}


def _ms(span: Any) -> tuple[int, int]:
    return span.start_time_unix_nano // 1_000_000, span.end_time_unix_nano // 1_000_000


def _to_ms(seconds: float) -> int:
    return round(seconds * 1000)
