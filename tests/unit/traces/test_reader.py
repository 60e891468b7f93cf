from __future__ import annotations

import json
from pathlib import Path

import pytest

from topowave.simulator import simulate
from topowave.topology import Problems
from topowave.traces.reader import graph_of, parse_trace, read_trace

HEADER = '{"version":1,"algorithm":"live"}'


def test_a_trace_that_was_written_is_read(tmp_path: Path) -> None:
    file = tmp_path / "t.jsonl"
    run = simulate("echo", "ring:5", trace=file)
    trace = read_trace(file)
    assert (len(trace.events), trace.cut) == (len(run.events) - 1, False)
    assert trace.header["algorithm"] == "echo"
    assert trace.graph().nodes == 5
    first = trace.events[2]
    assert (first.line, first.event, first.node, first.t) == (4, "send", "root", 0.0)
    assert (first.message, first.message_id) == ({"$": "Token"}, "root:1")


def test_no_more_is_read_than_is_wanted(tmp_path: Path) -> None:
    file = tmp_path / "t.jsonl"
    simulate("echo", "ring:5", trace=file)
    trace = read_trace(file, 3)
    assert (len(trace.events), trace.cut) == (3, True)


def test_a_live_line_may_say_null_and_more() -> None:
    line = '{"seq":1,"t":5.2,"node":"a","event":"join","wave":"a-1","peer":null,"algorithm":"echo"}'
    event = parse_trace([HEADER, line, ""], "t").events[0]
    assert (event.peer, event.more) == (None, {"algorithm": "echo"})


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], "t: is empty"),
        (["hello"], "line 1: is not a JSON object"),
        (["[1]"], "line 1: is not a JSON object"),
        (['{"version":9}'], "line 1: expected a trace's header with version 1, found 9"),
        ([HEADER, '{"t":1,"message":' + "[" * 9000 + "]" * 9000 + "}"], "line 2: is nested too deeply"),
        ([HEADER, "{"], "line 2: is not a JSON object"),
        ([HEADER, '{"event":"start"}'], "line 2: t: expected a time, found null"),
        ([HEADER, '{"t":true,"event":"start"}'], "found true"),
        ([HEADER, '{"t":1}'], "line 2: it does not say what happened"),
        ([HEADER, '{"t":1,"event":"start","node":3}'], "line 2: node: expected text, found 3"),
    ],
)
def test_what_is_no_trace_is_refused_with_its_line(lines: list[str], said: str) -> None:
    with pytest.raises(Problems, match=said):
        parse_trace(lines, "t")


@pytest.mark.parametrize("rest", [b"{", b'{"t":1,"event":"st', b'{"t":1,"event":"start","node":"Z\xc3'])
def test_a_last_line_that_is_cut_off_is_left_out(tmp_path: Path, rest: bytes) -> None:
    file = tmp_path / "t"
    line = '{"t":1,"event":"start","node":"a"}'
    file.write_bytes(f"{HEADER}\n{line}\n".encode() + rest)
    assert ([event.node for event in read_trace(file).events], read_trace(file).torn) == (["a"], True)
    file.write_bytes(f"{HEADER}\n{line}\n{line}".encode())
    assert (len(read_trace(file).events), read_trace(file).torn) == (2, False)
    file.write_bytes(f"{HEADER}\n".encode() + rest + f"\n{line}\n".encode())
    with pytest.raises(Problems):
        read_trace(file)


def test_no_more_of_a_line_is_read_than_a_line_may_have() -> None:
    with pytest.raises(Problems, match=r"^/dev/zero: line 1: longer than \d+ bytes$"):
        read_trace("/dev/zero")


@pytest.mark.parametrize("t", ["NaN", "Infinity", "1e400", "-1e16", "1" + "0" * 400, "true", '"1"'])
def test_what_is_no_time_is_refused_with_its_line(t: str) -> None:
    with pytest.raises(Problems, match="t: line 2: t: expected a time, found "):
        parse_trace([HEADER, f'{{"t":{t},"event":"start","node":"a"}}'], "t")


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Problems, match="No such file"):
        read_trace(tmp_path / "gone")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(Problems, match="not UTF-8"):
        read_trace(tmp_path / "binary")


@pytest.mark.parametrize(
    ("network", "said"),
    [
        (None, "expected a topology"),
        ({"nodes": ["a"], "neighbors": [[7]]}, "expected nodes, and the numbers"),
        ({"nodes": ["a"], "neighbors": [[0]], "into": [[7]]}, "expected nodes, and the numbers"),
        ({"neighbors": []}, "expected nodes, and the numbers"),
        ({"name": 7, "children": []}, "h: name"),
        ("rnig:5", 'h: "rnig:5" is not SHAPE:N:SEED'),
        (__file__, "is not SHAPE:N:SEED"),
        ("ring:" + "9" * 5_000, "is not SHAPE:N:SEED"),
    ],
)
def test_what_is_no_network_is_refused(network: object, said: str) -> None:
    with pytest.raises(Problems, match=said):
        graph_of(json.loads(json.dumps(network)), "h")
