import errno
import json
import shutil
from io import FileIO
from pathlib import Path
from typing import Any, cast

import pytest

from tests.support.waiting import eventually
from tests.unit.balancer.lab import bench, owned
from tests.unit.balancer.reported_waves import reports_of, topology, tree
from topowave.algorithms.waves.finn import Finn
from topowave.algorithms.waves.finn_lab import FinnLab
from topowave.balancer.waves import trace as module
from topowave.balancer.waves.record import WaveRecord
from topowave.balancer.waves.trace import TraceWriter
from topowave.topology import Topology
from topowave.translation.translate import translate
from topowave.wire.observations import Event, Events

pytestmark = pytest.mark.anyio
THREE = topology(tree(2))


def ended(wave: str = "root-1", *, without: int = 0) -> WaveRecord:
    record = WaveRecord(wave, FinnLab, THREE, 1, bound=2, initiators=["root"], started=0, keep_messages=True)
    for report in reports_of(THREE, FinnLab, wave=wave):
        record.add(report)
    record.not_kept += without
    record.end()
    return record


def lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text().splitlines()]


async def written(path: Path, *records: WaveRecord, now_us: int = 500_000) -> TraceWriter:
    trace = TraceWriter(path, THREE, now_us)
    trace.open(owned())
    for record in records:
        trace.add(record)
    await trace.close()
    return trace


async def test_a_trace_begins_with_what_it_is_of(tmp_path: Path) -> None:
    await written(tmp_path / "trace")
    [header] = lines(tmp_path / "trace")
    assert (header["version"], header["algorithm"], header["seed"]) == (1, "live", None)
    assert Topology.from_json(header["topology"]) == THREE


async def test_every_event_is_a_line_in_the_order_of_time(tmp_path: Path) -> None:
    await written(tmp_path / "trace", ended())
    events = lines(tmp_path / "trace")[1:]
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert [event["t"] for event in events] == sorted(event["t"] for event in events)
    assert events[0] == {
        "seq": 1,
        "t": 0.50001,
        "node": "root",
        "event": "start",
        "wave": "root-1",
        "peer": None,
        "message": None,
        "message_id": None,
        "algorithm": "finn-lab",
    }
    # Each node names the algorithm once.
    assert sum("algorithm" in event for event in events) == 3
    receives = [event for event in events if event["event"] == "receive"]
    assert [(e["node"], e["peer"], e["message_id"]) for e in receives] == [
        ("root0", "root", "root:1"),
        ("root1", "root", "root:2"),
    ]


async def test_events_that_were_not_kept_are_owned_up_to(tmp_path: Path) -> None:
    await written(tmp_path / "trace", ended(without=3))
    last = lines(tmp_path / "trace")[-1]
    assert (last["event"], last["wave"], last["count"]) == ("lost", "root-1", 3)


async def test_a_later_life_of_the_balancer_goes_on_in_the_same_file(tmp_path: Path) -> None:
    path = tmp_path / "trace"
    await written(path, ended("root-1"))
    before = len(lines(path))
    await written(path, ended("root-2"), now_us=700_000)
    after = lines(path)
    assert sum("version" in line for line in after) == 1
    assert [line["seq"] for line in after[1:]] == list(range(1, len(after)))
    assert (after[before]["event"], after[before]["t"]) == ("topology", 0.2)
    # Times still count from the beginning of the lab.
    assert after[before + 1]["t"] == after[1]["t"]


async def test_a_file_that_is_no_trace_is_written_anew(tmp_path: Path) -> None:
    path = tmp_path / "trace"
    path.write_text("something else\n")
    await written(path)
    assert len(lines(path)) == 1


async def test_a_file_that_cannot_be_written_is_an_error_at_once(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="directory"):
        TraceWriter(tmp_path, THREE, 0)


async def test_what_a_slow_disk_cannot_take_is_left_out_and_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TRACE_EVENTS", 10)
    records = [ended(f"root-{number}") for number in range(1, 5)]
    trace = await written(tmp_path / "trace", *records)
    kept = {line["wave"] for line in lines(tmp_path / "trace")[1:]}
    assert (kept, trace.left_out) == ({"root-1"}, 3)


async def test_messages_are_not_kept_longer_than_needed(tmp_path: Path) -> None:
    record = WaveRecord("root-1", Finn, THREE, 1, bound=1, initiators=["root"], started=0, keep_messages=True)
    record.add(Events("root", "root-1", "finn-full", [Event(1, "join", message={"a": 1})]))
    record.end()
    assert record.events.body(0) == {"a": 1}
    await written(tmp_path / "trace", record)
    assert lines(tmp_path / "trace")[1]["message"] == {"a": 1}
    assert record.events.body(0) is None


async def test_the_trace_of_a_real_wave_has_inputs_messages_and_the_result(tmp_path: Path) -> None:
    path = tmp_path / "trace"
    async with bench(tree(2), trace=path) as lab:
        found = await lab.get("/echo")
        await lab.over("root-1")
    events = lines(path)[1:]
    assert [event["event"] for event in events if event["node"] == "root"][:2] == ["join", "start"]
    inputs = {event["node"]: event["message"]["cpu"] for event in events if event["event"] == "join"}
    assert inputs == {"root": 2, "root0": 2, "root1": 2}
    [decide] = [event for event in events if event["event"] == "decide"]
    assert decide["message"] == found
    sends = {event["message_id"] for event in events if event["event"] == "send"}
    assert sends == {event["message_id"] for event in events if event["event"] == "receive"}
    assert len(sends) == 4


class Disk:
    """Stands in for the file of a trace: its disk has so much room, and takes a little at a time."""

    def __init__(self, trace: TraceWriter, room: int) -> None:
        self._file = trace._file  # pyright: ignore[reportPrivateUsage]
        trace._file = cast("FileIO", self)  # pyright: ignore[reportPrivateUsage]
        self.room = room

    def write(self, text: memoryview) -> int:
        part = text[: min(100, self.room)]
        if not part:
            raise OSError(errno.ENOSPC, "No space left on device")
        self.room -= len(part)
        return self._file.write(part)

    def truncate(self, size: int) -> None:
        self._file.truncate(size)

    def close(self) -> None:
        self._file.close()


async def test_where_the_disk_was_full_a_trace_has_whole_waves_only_and_goes_on(tmp_path: Path) -> None:
    path, told = tmp_path / "trace", list[str]()
    trace = TraceWriter(path, THREE, 0, notify=told.append)
    disk = Disk(trace, 10)
    trace.open(owned())
    await eventually(lambda: len(told) == 1)
    assert path.read_bytes() == b""
    disk.room = 2000  # for the header and one wave
    trace.add(ended("root-1"))
    await eventually(lambda: len(told) == 2)
    trace.add(ended("root-2"))
    trace.replaced(topology(tree(1)), 1)
    trace.replaced(THREE, 2)
    trace.add(ended("root-3"))
    await eventually(lambda: trace.left_out == 2)
    before = lines(path)
    disk.room = 1_000_000
    trace.add(ended("root-4"))
    await trace.close()
    found = lines(path)
    assert found[: len(before)] == before
    assert [line["seq"] for line in found[1:]] == list(range(1, len(found)))
    assert {line["wave"] for line in before[1:]} == {"root-1"}
    assert (found[len(before)]["event"], found[len(before)]["t"]) == ("topology", 0.000002)
    assert {line["wave"] for line in found[len(before) + 1 :]} == {"root-4"}
    left_out = "No space left on device; waves are left out of it until it can be"
    assert [text.partition(": ")[2] or text for text in told] == [
        left_out,
        "The trace can be written again; 0 waves are not in it",
        left_out,
        "The trace can be written again; 2 waves are not in it",
    ]


@pytest.mark.parametrize("way", ["deleted", "emptied", "folder deleted"])
async def test_a_trace_whose_file_is_gone_begins_anew_with_the_network_of_that_time_and_says_so(
    tmp_path: Path, way: str
) -> None:
    path, told = tmp_path / "folder" / "trace", list[str]()
    path.parent.mkdir()
    trace = TraceWriter(path, topology(tree(1)), 0, notify=told.append)
    trace.open(owned())
    trace.replaced(THREE, 1)
    trace.add(ended("root-1"))
    await eventually(lambda: path.exists() and "root-1" in path.read_text())
    if way == "emptied":
        path.write_text("")
    elif way == "deleted":
        path.unlink()
    else:
        shutil.rmtree(path.parent)
        trace.add(ended("root-2"))
        await eventually(lambda: len(told) == 1)
        assert "No such file or directory; waves are left out" in told.pop()
        path.parent.mkdir()
    trace.add(ended("root-3"))
    await trace.close()
    first, *events = lines(path)
    assert Topology.from_json(first["topology"]) == THREE
    assert [line["seq"] for line in events] == list(range(1, len(events) + 1))
    assert {line["wave"] for line in events} == {"root-3"}
    assert told[0] == "The trace's file was deleted or emptied; a new one begins, without the waves before"


async def test_what_another_program_has_put_in_the_place_of_a_trace_is_left_alone(tmp_path: Path) -> None:
    path, told = tmp_path / "trace", list[str]()
    trace = TraceWriter(path, THREE, 0, notify=told.append)
    trace.open(owned())
    await eventually(lambda: path.read_bytes() != b"")
    path.unlink()
    path.write_text("mine")
    trace.add(ended("root-1"))
    await trace.close()
    assert path.read_text() == "mine"
    assert told == [
        "The trace cannot be written: another file is in its place; waves are left out of it until it can be"
    ]
    assert translate(told[0], "ru") == (
        "Трассу нельзя записать: на её месте другой файл; до тех пор волн в ней не будет"
    )
    assert trace.left_out == 1


async def test_half_a_line_of_a_balancer_that_was_killed_is_taken_back(tmp_path: Path) -> None:
    path = tmp_path / "trace"
    await written(path, ended("root-1"))
    before = path.read_bytes()
    path.write_bytes(before + b'{"seq":99,"t":0.1,"no')
    await written(path, ended("root-2"))
    assert path.read_bytes().startswith(before)
    found = lines(path)
    assert [line["seq"] for line in found[1:]] == list(range(1, len(found)))
