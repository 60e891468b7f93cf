from __future__ import annotations

import json

from topowave.traces.format import LIVE, VERSION, header, wave_json
from topowave.traces.reader import parse_trace


def test_a_header_says_only_what_its_runtime_has() -> None:
    live = header(topology={"name": "root"}, algorithm=LIVE, seed=None, began_us=7)
    assert live == {
        "version": VERSION,
        "topology": {"name": "root"},
        "seed": None,
        "began_us": 7,
        "algorithm": "live",
    }
    waves = [wave_json("a-1", "echo", ("a",))]
    checked = header(runtime="checker", topology="ring:3", algorithm="echo", waves=waves, options={})
    assert list(checked) == ["version", "runtime", "topology", "algorithm", "waves", "options"]
    assert checked["waves"] == [{"id": "a-1", "algorithm": "echo", "initiators": ["a"], "start": 0.0}]


def test_a_header_alone_is_a_trace_of_nothing() -> None:
    about = header(topology="ring:3", algorithm="echo", runtime="simulator", waves=[], options={})
    recorded = parse_trace([json.dumps(about)], "here")
    assert (recorded.header, recorded.events) == (about, [])
    assert recorded.graph().nodes == 3
