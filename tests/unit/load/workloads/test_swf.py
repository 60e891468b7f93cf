"""Logs in the Standard Workload Format: what becomes of a job, and the place of everything that is wrong."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topowave.load.limits import LINE_BYTES, LOG_BYTES
from topowave.load.workloads import log_lines
from topowave.load.workloads.make import SHIPPED
from topowave.load.workloads.swf import read_swf
from topowave.topology import Problems

HEAD = "; Version: 2.2\n; MaxProcs: 128\n\n"


def job(submit: object = 0, run: object = 5, cores: object = 2, status: object = 1, user: object = 7) -> str:
    return f"1 {submit} -1 {run} {cores} -1 -1 3 -1 -1 {status} {user} 2 4 1 -1 -1 -1\n"


def log(folder: Path, text: str, *, packed: bool = False) -> Path:
    file = folder / ("jobs.swf.gz" if packed else "jobs.swf")
    file.write_bytes(gzip.compress(text.encode()) if packed else text.encode())
    return file


def problems_of(file: Path) -> list[str]:
    with pytest.raises(Problems) as caught:
        read_swf(file)
    return [each.removeprefix(f"{file}: ") for each in caught.value.problems]


@pytest.mark.parametrize("packed", [False, True])
def test_a_job_is_a_task(tmp_path: Path, packed: bool) -> None:
    found = read_swf(log(tmp_path, f"{HEAD}{job(0)}{job(3, 1.5, -1, 0, -1)}", packed=packed))
    assert (found.times, found.durations, found.weights) == ([0, 3], [5, 1.5], [2, 3])
    assert (found.categories, found.name, found.notes) == (["user 7", ""], "jobs", ())
    found.check()


@pytest.mark.parametrize(
    ("processors", "weights", "count"), [("weight", [4], 1), ("split", None, 4), ("ignore", None, 1)]
)
def test_the_processors_of_a_job_are_what_one_says(
    tmp_path: Path, processors: Literal["weight", "split", "ignore"], weights: list[int] | None, count: int
) -> None:
    found = read_swf(log(tmp_path, job(cores=4)), processors, category="queue")
    assert (found.weights, len(found), found.categories) == (weights, count, ["queue 1"] * count)


def test_what_is_left_out_is_counted(tmp_path: Path) -> None:
    jobs = [
        job(run=0),
        job(run=-1),
        job(status=2),
        job(),
        job(status=0),
        job().replace(" 2 -1 -1 3", " -1 -1 -1 -1"),
    ]
    file = log(tmp_path, "".join(jobs))
    assert read_swf(file, category="none").notes == (
        "2 lines that did not run, or for less than a second: left out",
        "1 line that tell a part of a job: left out, since the whole job is there",
        "1 line of which the processors are not known: taken as one",
    )
    assert read_swf(file, category="none").categories is None
    assert len(read_swf(file)) == 3
    assert len(read_swf(file, only_completed=True)) == 2


def test_jobs_that_stand_late_are_sorted(tmp_path: Path) -> None:
    found = read_swf(log(tmp_path, job(5, 1) + job(2, 2) + job(5, 3)))
    assert (found.times, found.durations) == ([2, 5, 5], [2, 1, 3])
    assert found.notes == ("1 line stands behind a later one: they were sorted by their times",)


def test_every_bad_line_is_told_with_its_number(tmp_path: Path) -> None:
    bad = [
        "1 2 3\n",
        job("x"),
        job(-2),
        job(run="nan"),
        job(cores=1.5),
        job(cores=10**9),
        job(status="done"),
        job("1_0"),
        job(user="7\xff"),
    ]
    assert problems_of(log(tmp_path, HEAD + "".join(bad))) == [
        "line 4: has 3 fields; expected the 18 of a job, or a comment that begins with ;",
        'line 5: submit time (field 2): "x": expected a number, or -1 where it is not known',
        'line 6: submit time (field 2): "-2": expected seconds from 0 to 1e+09',
        'line 7: run time (field 4): "nan": expected seconds up to 1e+09, or -1 where it is not known',
        'line 8: processors (field 5): "1.5": expected an integer, or -1 where it is not known',
        'line 9: processors (field 5): "1000000000": expected at most 100,000,000',
        'line 10: status (field 11): "done": expected an integer, or -1 where it is not known',
        'line 11: submit time (field 2): "1_0": expected digits without underscores',
    ]


def test_more_bad_lines_than_anybody_reads_are_counted(tmp_path: Path) -> None:
    problems = problems_of(log(tmp_path, "x\n" * 70))
    assert (len(problems), problems[-1]) == (51, "... and 20 more")


def test_a_file_that_is_no_log_is_one_sentence(tmp_path: Path) -> None:
    assert problems_of(tmp_path / "none.swf") == ["there is no such file"]
    assert problems_of(tmp_path) == ["is a directory; expected a file"]
    assert problems_of(log(tmp_path, HEAD)) == ["there is no job in it that ran"]
    torn = log(tmp_path, job() * 100, packed=True)
    torn.write_bytes(torn.read_bytes()[:-20])
    assert problems_of(torn)[0].startswith("is torn: what was gzipped cannot be unpacked to its end")
    assert problems_of(log(tmp_path, job() + "x" * (LINE_BYTES + 1))) == [
        f"line 2: is longer than {LINE_BYTES:,} bytes"
    ]


def test_a_log_that_unpacks_to_more_than_any_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert LOG_BYTES > 2**30
    monkeypatch.setattr(log_lines, "LOG_BYTES", 1000)
    assert problems_of(log(tmp_path, job() * 100, packed=True)) == ["is larger than the limit of 1,000 bytes"]


def test_progress_is_told_in_bytes_of_the_file(tmp_path: Path) -> None:
    file = log(tmp_path, job() * 1000)
    told: list[tuple[int, int]] = []
    read_swf(file, progress=lambda done, total: told.append((done, total)))
    assert told == [(file.stat().st_size, file.stat().st_size)]


def test_the_shipped_log_is_what_its_header_says() -> None:
    found = read_swf(SHIPPED["@nasa-ipsc"])
    assert (len(found), found.span, max(found.weights or ())) == (18_066, 7_948_936.0, 128)
    assert 0.46 < found.utilisation(128) < 0.47


@given(
    st.binary(max_size=200)
    | st.lists(st.sampled_from(["-1", "0", "7", "1e9", "x", ";", "\n", "1_0"])).map(" ".join)
)
def test_no_bytes_are_more_than_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes | str) -> None:
    file = tmp_path_factory.getbasetemp() / "any.swf"
    file.write_bytes(data.encode() if isinstance(data, str) else data)
    try:
        found = read_swf(file, "ignore")
    except Problems:
        return
    found.check()
