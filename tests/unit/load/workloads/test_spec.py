"""Descriptions of workloads: as a text and as a mapping, and a sentence for every mistake."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topowave.load.limits import CHOICES, LARGEST_RATE, SPEC_CHARS
from topowave.load.workloads import read_spec
from topowave.load.workloads.durations import Constant, Exponential, Pareto, Uniform
from topowave.load.workloads.kinds import KINDS
from topowave.load.workloads.parameters import Deadline
from topowave.topology import Problems


def problems_of(said: Any) -> list[str]:
    with pytest.raises(Problems) as caught:
        read_spec(said)
    return list(caught.value.problems)


def test_a_text_says_kind_and_parameters() -> None:
    spec = read_spec(" poisson: rate=100, duration=pareto(1.5, low=0.1, high=10), tasks=10_000,weight=1/2/4 ")
    assert spec.kind is KINDS["poisson"]
    assert spec["rate"] == 100
    assert spec["duration"] == Pareto(1.5, 0.1, 10)
    assert (spec["tasks"], spec["weight"], spec["priority"]) == (10_000, (1, 2, 4), None)
    assert read_spec("poisson:rate=1")["duration"] == Exponential(1.0)
    assert read_spec("batch").given == {}
    assert read_spec("batch:duration=2.5")["duration"] == Constant(2.5)
    assert read_spec("batch:duration=uniform(high=2, low=1)")["duration"] == Uniform(1, 2)
    assert read_spec("batch:deadline=5x")["deadline"] == Deadline(5, times_duration=True)


def test_a_log_is_named_by_its_file_and_its_ending_says_what_it_is() -> None:
    for said in ("swf:a,b.swf.gz?tasks=5,load=2", "a,b.swf.gz?tasks=5,load=2"):
        spec = read_spec(said)
        assert (spec.kind.name, spec.file, spec["tasks"], spec["load"]) == ("swf", "a,b.swf.gz", 5, 2)
    assert read_spec("C.CSV").file == "C.CSV"
    assert (read_spec("csv:what?").file, read_spec("csv:what?.txt").file) == ("what", "what?.txt")
    assert read_spec("csv:what?.csv?skip=1").file == "what?.csv"


def test_a_mapping_says_the_same() -> None:
    mapping = {"kind": "poisson", "rate": 100, "duration": 0.5, "weight": [1, 2], "deadline": "5x"}
    text = "poisson:rate=100,duration=0.5,weight=1/2,deadline=5x"
    assert read_spec(mapping) == read_spec(text)
    assert read_spec({"file": "jobs.csv", "tasks": 3}).text == "csv:jobs.csv?tasks=3"
    assert read_spec({"kind": "batch"}).text == "batch"


MISTAKES: list[tuple[Any, list[str]]] = [
    (
        "poison:rate=1",
        [
            'there is no kind of workload "poison"; did you mean "poisson"?; there are '
            "poisson, mmpp, diurnal, pareto, hotspot, constant, batch, swf, csv, or a file that ends in "
            ".swf, .swf.gz, .csv, .csv.gz"
        ],
    ),
    (
        "poisson:rte=1,tasks=0,duration=ex(1)",
        [
            'poisson: there is no parameter "rte"; did you mean "rate"?; there are tasks, rate, utilisation, '
            "duration, weight, priority, category, node, deadline, seed",
            'poisson: tasks: "0": expected an integer from 1 to 10,000,000',
            'poisson: duration: there is no distribution "ex"; did you mean "exp"?; expected seconds, '
            "constant(seconds), exp(mean), uniform(low, high), lognormal(mean, sigma) or "
            "pareto(alpha, low, high)",
            "poisson: how many tasks come is missing: rate=R (tasks a second) or utilisation=U (a share of "
            "the network's cores)",
        ],
    ),
    ("poisson:rate", ['poisson: "rate": expected NAME=VALUE']),
    ("poisson:rate=1,,tasks=2", ["poisson: there is nothing between two commas, or at an end"]),
    ("poisson:rate=1,", ["poisson: there is nothing between two commas, or at an end"]),
    ("poisson:rate=1,rate=2", ["poisson: rate is there twice"]),
    ("poisson:rate=1,duration=exp(1", ['poisson: "duration=exp(1": a bracket is not closed']),
    (
        "poisson:rate=1,utilisation=1",
        ["poisson: rate and utilisation say the same in two ways; expected one of them"],
    ),
    ("poisson:rate=0", ['poisson: rate: "0": expected a number above 0 and up to 1e+09']),
    (
        f"poisson:rate={2 * LARGEST_RATE}",
        ['poisson: rate: "2000000000.0": expected a number above 0 and up to 1e+09'],
    ),
    ("poisson:rate=nan", ['poisson: rate: "nan": expected a number above 0 and up to 1e+09']),
    (
        "poisson:rate=1,duration=exp(0)",
        ['poisson: duration: exp: "0": expected a number from 1e-06 to 1e+08'],
    ),
    (
        "poisson:rate=1,duration=pareto(1.5,x,2)",
        ['poisson: duration: low of pareto(alpha, low, high): "x": expected a number from 1e-06 to 1e+08'],
    ),
    (
        "poisson:rate=1,duration=pareto(1.5)",
        ["poisson: duration: low and high of pareto(alpha, low, high) are missing"],
    ),
    ("batch:duration=exp", ['batch: duration: "exp": expected exp(mean)']),
    ("poisson:rate=1,duration=exp(1,2)", ["poisson: duration: 1, 2: expected exp(mean)"]),
    (
        "poisson:rate=1,duration=uniform(2,1)",
        ["poisson: duration: uniform: low is 2 and high 1; expected a high above low"],
    ),
    ("batch:weight=65", ['batch: weight: "65": expected an integer from 1 to 64']),
    (
        "batch:priority=hihg",
        ['batch: priority: "hihg": expected critical, high, medium or low; did you mean "high"?'],
    ),
    (
        "batch:deadline=x",
        ['batch: deadline: "x": expected seconds after the arrival, or a multiple of the duration as 5x'],
    ),
    ("batch:node=" + "/" * CHOICES, ["batch: node: has 1,001 values; expected 1 to 1,000"]),
    ("batch:node=a/", ['batch: node: "": expected a text of 1 to 200 characters']),
    ("swf:", ["swf: which file is missing: swf:FILE"]),
    (
        "swf:x?load=1,utilisation=1",
        ["swf: load and utilisation say the same in two ways; expected one of them"],
    ),
    (
        "swf:x?processors=both",
        ['swf: processors: "both": expected weight, split or ignore'],
    ),
    ({"kind": "batch", "file": "x"}, ["batch: it is drawn, and has no file"]),
    (
        {"kind": 3},
        ["kind: expected one of poisson, mmpp, diurnal, pareto, hotspot, constant, batch, swf, csv"],
    ),
    ({"file": 3}, ["file: 3: expected the name of a file"]),
    ({"kind": "batch", "tasks": True}, ["batch: tasks: true: expected an integer from 1 to 10,000,000"]),
    (
        {"kind": "batch", "tasks": 10**400},
        ["batch: tasks: a huge integer: expected an integer from 1 to 10,000,000"],
    ),
    ({"kind": "batch", "weight": []}, ["batch: weight: has 0 values; expected 1 to 1,000"]),
    ("x" * (SPEC_CHARS + 1), ["a workload of 5,001 characters: at most 5,000 are allowed"]),
]


@pytest.mark.parametrize(("said", "sentences"), MISTAKES, ids=lambda each: str(each)[:30])
def test_every_mistake_has_its_sentence(said: Any, sentences: list[str]) -> None:
    assert problems_of(said) == sentences


@given(st.text(max_size=40) | st.from_regex(r"(poisson|swf|batch):[a-z=,()0-9.?/]*", fullmatch=True))
def test_no_text_is_more_than_refused(said: str) -> None:
    try:
        spec = read_spec(said)
    except Problems:
        return
    assert read_spec(spec.text) == spec
