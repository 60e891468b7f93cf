"""Tasks from JSON lines: what a line may have, and what is said of each bad one."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

import pytest

from topowave.cli.task_lines import MOST_PROBLEMS, check, read_json, script_file, tasks_of_file
from topowave.engine import Priority, Task, TaskType
from topowave.engine.limits import PARAMS_BYTES
from topowave.examples import examples


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "script.py"
    path.write_text("", "utf-8")
    return path


def tasks(script: Path, text: str | bytes, **usual: Any) -> list[Task]:
    batch = script.parent / "batch.jsonl"
    batch.write_bytes(text if isinstance(text, bytes) else text.encode())
    return [each.task for each in tasks_of_file(batch, script, usual)]


def problem(script: Path, text: str | bytes) -> str:
    with pytest.raises(ValueError, match="batch") as caught:
        tasks(script, text)
    return str(caught.value).replace(f"{script.parent}/", "")


def test_a_line_says_what_differs_from_the_usual(script: Path) -> None:
    other = script.parent / "other.py"
    other.write_text("", "utf-8")
    first, second, third = tasks(
        script,
        f'{{}}\n\n  \n{{"params": [1], "type": "io", "priority": "high", "timeout": 2, "retries": 1}}\r\n'
        f'{{"script": "{other}"}}',
        timeout=7.0,
    )
    assert first == Task(script, timeout=7.0)
    assert second == Task(script, [1], TaskType.IO_BOUND, Priority.HIGH, 2, 1)
    assert third.script_path == other


def test_a_line_names_an_example_as_the_command_does(script: Path) -> None:
    assert tasks(script, '{"script": "pi"}')[0].script_path == examples()["pi"]


def test_a_number_that_is_too_long_is_told_in_one_sentence(script: Path) -> None:
    said = problem(script, '{"params": ' + "9" * 5000 + "}")
    assert said == "batch.jsonl: line 1: not JSON that is read here: a number of more than 4,300 digits"


def test_lines_are_those_of_the_file_not_of_the_text_in_them(script: Path) -> None:
    assert [task.params for task in tasks(script, '\ufeff{"params": "a\u2028b\x85"}\n{"params": 2}')] == [
        "a\u2028b\x85",
        2,
    ]


def test_each_task_is_called_by_its_line(script: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\n{}\n")))
    assert [each.place for each in tasks_of_file(Path("-"), script, {})] == ["standard input: line 2"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("hello", "not JSON: Expecting value (column 1)"),
        ("[]", 'expected an object like {"params": ...}'),
        ('{"params": NaN}', "NaN is no JSON"),
        ('{"params": 1e999}', "params are no JSON: Out of range float values"),
        ('{"params": 1, "params": 2}', "the key 'params' is there twice"),
        ('{"param": 1}', "unknown 'param'; there are params, type, priority, timeout, retries, script"),
        ('{"type": null}', "type must be cpu or io, found None"),
        ('{"priority": "urgent"}', "priority must be critical, high, medium or low, found 'urgent'"),
        ('{"timeout": "x"}', "timeout must be a number of seconds above 0, found 'x'"),
        ('{"retries": -1}', "retries must be a whole number"),
        ('{"script": 5}', "script must be a path, found 5"),
        ('{"script": "nothing.py"}', "nothing.py: there is no such file"),
        ('{"script": "."}', ".: is not a file"),
        (
            '{"script": "pie"}',
            "there is no example 'pie', and no such file; there are faulty, fetch, pi, transcode, word_count",
        ),
        ('{"params": ' + "[" * 100_000, "not JSON: it is nested too deeply"),
        (f'{{"params": "{"a" * PARAMS_BYTES}"}}', "bytes of JSON, more than 1,000,000"),
    ],
)
def test_a_bad_line_is_told_with_its_number(line: str, said: str, script: Path) -> None:
    found = problem(script, f"{{}}\n{line}\n{{}}\n")
    assert found.startswith("batch.jsonl: line 2: ")
    assert said in found
    assert "\n" not in found


def test_all_bad_lines_are_told_and_of_very_many_the_number(script: Path) -> None:
    assert problem(script, "1\n{}\n2").count("expected an object") == 2
    lines = problem(script, "{\n" * (MOST_PROBLEMS + 1_000)).splitlines()
    assert len(lines) == MOST_PROBLEMS + 1
    assert lines[-1] == "batch.jsonl: 1,000 more lines are bad"


def test_a_file_that_cannot_be_read_or_has_no_task_is_refused(script: Path) -> None:
    assert problem(script, "\n\n") == "batch.jsonl: there is no task in it"
    assert problem(script, b"{}\n\n\xff") == "batch.jsonl: line 3: is not UTF-8"
    with pytest.raises(ValueError, match=r"nothing\.jsonl: No such file or directory"):
        tasks_of_file(script.parent / "nothing.jsonl", script, {})


def test_a_word_is_an_example_unless_there_is_such_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert script_file("pi") == examples()["pi"]
    assert script_file("pi.py") == Path("pi.py")
    assert script_file("sub/pi") == Path("sub/pi")
    (tmp_path / "pi").write_text("", "utf-8")
    assert script_file("pi") == Path("pi")
    with pytest.raises(ValueError, match="there is no example ''"):
        script_file("")


def test_json_of_several_lines_is_told_with_its_line() -> None:
    assert read_json('{\n"a": 1\n}') == {"a": 1}
    with pytest.raises(ValueError, match=r"not JSON: .* \(line 2, column 6\)"):
        read_json('{\n"a": }')


def test_a_task_is_as_it_was_where_nothing_is_wrong(script: Path) -> None:
    task = Task(script, {"a": 1})
    assert check(task) is task
