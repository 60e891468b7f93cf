"""Workloads as tables: read, written, and the place of everything that is wrong."""

from __future__ import annotations

import gzip
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topowave.load.workloads import Workload, workload_of
from topowave.load.workloads.csv_table import BATCH, csv_text, read_csv
from topowave.tasks.script import PRIORITIES
from topowave.topology import Problems


def table(folder: Path, text: str | bytes) -> Path:
    file = folder / "jobs.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def problems_of(file: Path) -> list[str]:
    with pytest.raises(Problems) as caught:
        read_csv(file)
    return [each.removeprefix(f"{file}: ") for each in caught.value.problems]


def test_a_table_may_have_all_columns_in_any_order(tmp_path: Path) -> None:
    text = (
        "\ufeffTime, duration,node,priority,category,weight,deadline\r\n"
        '0,1.5,palm,HIGH,"a, b",2,9\r\n\r\n1e1, 2 ,,,,,\r\n'
    )
    found = read_csv(table(tmp_path, text))
    assert (found.times, found.durations, found.nodes) == ([0, 10], [1.5, 2], ["palm", ""])
    assert (found.priorities, found.categories) == (["high", "medium"], ["a, b", ""])
    assert (found.weights, found.deadlines, found.name) == ([2, 1], [9, math.inf], "jobs")


def test_two_columns_are_enough_and_a_table_may_be_packed(tmp_path: Path) -> None:
    found = read_csv(table(tmp_path, gzip.compress(b"time,duration\n1,2")))
    assert found == Workload([1.0], [2.0], name="jobs", source=str(tmp_path / "jobs.csv"))


def test_every_bad_field_is_told_with_its_line(tmp_path: Path) -> None:
    text = (
        "time,duration,priority,weight,node,deadline,category\n"
        "0,1,,,,,\n"
        "-1,0,urgent,0,a/b,-1," + "x" * 201 + "\n"
        "nan,inf,,1.5,,x,\n"
        '1,1\n"1\n",1_0,,,,,\n'
    )
    assert problems_of(table(tmp_path, text)) == [
        'line 3: time: "-1": expected seconds from 0 to 1e+09',
        'line 3: duration: "0": expected seconds above 0 and up to 1e+09',
        'line 3: priority: "urgent": expected critical, high, medium, low, or nothing',
        'line 3: weight: "0": expected cores from 1 to 64, or nothing',
        'line 3: node: "a/b": expected the name of a node, or nothing',
        'line 3: deadline: "-1": expected seconds above 0 after the arrival, or nothing',
        f'line 3: category: "{"x" * 48}...": expected at most 200 characters',
        'line 4: time: "nan": expected seconds from 0 to 1e+09',
        'line 4: duration: "inf": expected seconds above 0 and up to 1e+09',
        'line 4: weight: "1.5": expected cores from 1 to 64, or nothing',
        'line 4: deadline: "x": expected seconds above 0 after the arrival, or nothing',
        "line 5: has 2 fields; expected 7: time,duration,priority,weight,node,deadline,category",
        'line 7: duration: "1_0": expected seconds above 0 and up to 1e+09',
    ]


def test_a_bad_line_far_down_is_found_in_its_batch(tmp_path: Path) -> None:
    text = "time,duration\n" + "1,1\n" * (BATCH + 5) + "1,x\n" + "1,1\n" * 5
    assert problems_of(table(tmp_path, text)) == [
        f'line {BATCH + 7}: duration: "x": expected seconds above 0 and up to 1e+09'
    ]


def test_the_first_line_names_the_columns(tmp_path: Path) -> None:
    assert problems_of(table(tmp_path, "time,time,durations\n")) == [
        'line 1: the column "time" is there twice',
        'line 1: there is no column "durations"; did you mean "duration"?; there are time, duration, '
        "category, priority, node, weight, deadline",
        'line 1: the column "duration" is missing',
    ]
    names = "time,duration,category,priority,node,weight,deadline"
    assert problems_of(table(tmp_path, "")) == [f"line 1: expected the names of the columns: {names}"]
    assert problems_of(table(tmp_path, "time,duration\n")) == ["there is no task in it"]


def test_what_is_no_text_or_no_table_is_told(tmp_path: Path) -> None:
    assert problems_of(table(tmp_path, b"time,duration\n1,\xff\n")) == [
        "line 2: not UTF-8: byte 0xff at column 3"
    ]
    (problem,) = problems_of(table(tmp_path, 'time,duration\n1,"2"3\n'))
    assert problem.startswith("line 2: is no line of a table: ")
    assert problems_of(tmp_path / "none") == ["there is no such file"]


seconds = st.floats(1e-6, 1e9)
rows = st.lists(
    st.tuples(
        st.floats(0, 1e9),
        seconds,
        st.integers(1, 64),
        st.sampled_from(PRIORITIES),
        st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20),
        st.sampled_from(["", "palm", "oak"]),
        seconds | st.just(math.inf),
    ),
    min_size=1,
    max_size=20,
)


@given(rows)
def test_what_is_written_is_read_back_to_the_last_bit(
    tmp_path_factory: pytest.TempPathFactory, tasks: list[tuple[float, float, int, str, str, str, float]]
) -> None:
    columns = list(map(list, zip(*sorted(tasks, key=lambda task: task[0]), strict=True)))
    workload = Workload(*columns)  # type: ignore[arg-type]
    workload.check()
    file = table(tmp_path_factory.getbasetemp(), "".join(csv_text(workload)))
    found = read_csv(file)
    assert found.columns() == workload.columns()


def test_a_drawn_workload_is_the_same_out_of_its_table(tmp_path: Path) -> None:
    drawn = workload_of(f"poisson:rate=7,tasks={BATCH + 10},priority=low/high,weight=1/2,deadline=4x", seed=3)
    read = workload_of(str(table(tmp_path, "".join(csv_text(drawn)))))
    assert read.columns() == drawn.columns()


@given(st.binary(max_size=200) | st.text(alphabet='0123456789.,e-_"\n\r\x00 ', max_size=100))
def test_no_bytes_are_more_than_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes | str) -> None:
    head = b"time,duration,weight,deadline,category\n"
    for begin in (b"", head):
        try:
            found = read_csv(
                table(
                    tmp_path_factory.getbasetemp(), begin + (data.encode() if isinstance(data, str) else data)
                )
            )
        except Problems:
            continue
        found.check()


def test_a_quote_that_nobody_closes_ends_before_memory_does(tmp_path: Path) -> None:
    (problem,) = problems_of(table(tmp_path, 'time,duration,category\n1,1,"' + "x\n" * 200_000))
    assert "is no line of a table: field larger than field limit" in problem
