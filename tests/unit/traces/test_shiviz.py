from __future__ import annotations

import json
import re

from topowave.algorithms import Network
from topowave.simulator import simulate
from topowave.traces.reader import parse_trace
from topowave.traces.shiviz import PARSER, shiviz_lines

PAIR = Network.from_links(2, [(0, 1)], names=["a", "b c"])


def lines() -> list[str]:
    run = simulate("echo", PAIR, faults={"faults": [{"at": 9, "heal": True}]})
    return list(shiviz_lines(parse_trace(run.events, "t")))


def test_every_event_is_read_by_the_expression_in_the_first_line() -> None:
    first, empty, *rest = lines()
    expression = re.compile(first.replace("(?<", "(?P<"))
    assert (first, empty) == (PARSER, "")
    events = [expression.fullmatch("\n".join(pair)) for pair in zip(rest[::2], rest[1::2], strict=True)]
    assert all(events)
    assert [match["host"] for match in events if match] == ["a", "a", "a", "b_c", "b_c", "b_c", "a", "a"]


def test_clocks_are_vector_clocks() -> None:
    clocks = [json.loads(line.split(" ", 1)[1]) for line in lines()[2::2]]
    assert clocks == [
        {"a": 1},
        {"a": 2},
        {"a": 3},
        {"b_c": 1},
        {"b_c": 2, "a": 3},
        {"b_c": 3, "a": 3},
        {"a": 4, "b_c": 3},
        {"a": 5, "b_c": 3},
    ]


def test_an_event_says_what_happened() -> None:
    assert 'send {"$": "Token"} to b c (t=0, wave a-1)' in lines()
