from __future__ import annotations

import hashlib
import io
import json

import pytest

from topowave.traces import writer as module
from topowave.traces.writer import Trace

NAMES = ["root", 'o"d']


def test_lines_are_json_in_a_fixed_order_without_what_is_not_known() -> None:
    trace = Trace({"version": 1}, NAMES)
    trace.event(1_500_000, 1, "send", wave="w-1", peer=0, message="[1]", message_id="o:1", kind="k")
    trace.event(2_000_000, None, "heal")
    assert trace.kept[0] == '{"version":1}'
    assert trace.kept[1] == (
        '{"seq":1,"t":1.5,"node":"o\\"d","event":"send","wave":"w-1","peer":"root","message":[1],'
        '"message_id":"o:1","kind":"k"}'
    )
    assert json.loads(trace.kept[2]) == {"seq": 2, "t": 2.0, "event": "heal"}


def test_the_digest_is_that_of_the_file() -> None:
    file = io.StringIO()
    with Trace({"version": 1}, NAMES, file) as trace:
        for number in range(3_000):
            trace.event(number, 0, "start")
    assert trace.sha256 == hashlib.sha256(file.getvalue().encode()).hexdigest()
    assert file.getvalue().splitlines() == trace.kept
    assert trace.complete


def test_without_a_file_a_trace_gives_up_when_there_are_too_many_events(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "KEPT_EVENTS", 5)
    kept, written = Trace({}, NAMES), io.StringIO()
    filed = Trace({}, NAMES, written)
    for number in range(20):
        kept.event(number, 0, "start")
        filed.event(number, 0, "start")
    filed.close()
    assert (kept.given_up, kept.sha256, len(kept.kept)) == (True, None, 6)
    assert (filed.given_up, filed.complete, len(filed.kept)) == (False, False, 6)
    assert len(written.getvalue().splitlines()) == 21
    assert filed.sha256 == hashlib.sha256(written.getvalue().encode()).hexdigest()
