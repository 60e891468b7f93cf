"""Every HTTP operation of a node and of the balancer, asked for what its description allows and does not.

schemathesis makes the requests from the servers' own descriptions, seeded and shrinking. `POST /shutdown` is
left out, since it ends the lab, `POST /balancer/kill` since it ends what is asked, and `POST /nodes`, which
needs no words to let a node join; `POST /topology`, `POST /deploy` and `PATCH /config`, which would make all
that follows slow, are only asked for what cannot be.
"""

from __future__ import annotations

import contextlib
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.specs.openapi import checks

from tests.fuzz.frames import NO_HURRY, TREE
from tests.support.live_lab import LiveLab, live_lab

half_typed: Any = schemathesis
half_typed_checks: Any = checks
CHECKS = [
    half_typed.checks.not_a_server_error,
    half_typed_checks.status_code_conformance,
    half_typed_checks.content_type_conformance,
    half_typed_checks.response_schema_conformance,
]
LEFT_OUT = {("POST", "/shutdown"), ("POST", "/balancer/kill"), ("POST", "/nodes")}
WRONG_ONLY = {("POST", "/topology"), ("PATCH", "/config"), ("POST", "/deploy")}
PATIENCE_S = 60.0


@dataclass
class OperationFigures:
    """What came of a run.

    Attributes:
        operations: operations that were asked for.
        requests: requests sent; each was answered in its described form, and none with 5xx.
        alive: whether every process is the one that it was at the start.
    """

    operations: int = 0
    requests: int = 0
    alive: bool = False


def fuzz_operations(examples: int, seed_number: int) -> OperationFigures:
    """Ask every operation `examples` times in each mode. Raises AssertionError where an answer is wrong."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "wanted.json"
        file.write_text(json.dumps(TREE), "utf-8")
        with live_lab(Path(folder), file, rebalance_interval=0, task_time=600) as lab:
            found = OperationFigures()
            before = _processes(lab)
            for url in (f"http://127.0.0.1:{lab.topology.node('target').port}", lab.balancer):
                _fuzz(url, examples, seed_number, found)
            after = _processes(lab)  # and those of programs that were registered
            changed = {name: (was, after.get(name)) for name, was in before.items() if after.get(name) != was}
            found.alive = not changed
            assert found.alive, changed
            return found


def _processes(lab: LiveLab) -> dict[str, Any]:
    return {node["name"]: (node["state"], node["pid"]) for node in lab.get("/status")["nodes"]}


def _fuzz(url: str, examples: int, seed_number: int, found: OperationFigures) -> None:
    schema = half_typed.openapi.from_url(f"{url}/openapi.json")
    for offered in schema.get_all_operations():
        operation = offered.ok()
        name = (operation.method.upper(), operation.path)
        if name in LEFT_OUT:
            continue
        found.operations += 1
        modes = list(half_typed.GenerationMode)
        for mode in modes[1:] if name in WRONG_ONLY else modes:
            _ask(operation.as_strategy(generation_mode=mode), url, examples, seed_number, found)


def _ask(cases: Any, url: str, examples: int, seed_number: int, found: OperationFigures) -> None:
    @seed(seed_number)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        suppress_health_check=NO_HURRY,
        phases=[Phase.generate, Phase.shrink],
    )
    @given(case=cases)
    def ask(case: Any) -> None:
        response = case.call(base_url=url, timeout=PATIENCE_S)
        found.requests += 1
        case.validate_response(response, checks=CHECKS)

    with contextlib.suppress(Unsatisfiable):  # an operation that takes nothing can be asked for nothing wrong
        ask()
