"""What a request may say of a task, and the one sentence for each thing that it may not."""

from __future__ import annotations

import time
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from topowave.engine import limits as engine
from topowave.tasks import Attributes, NewTask, Script
from topowave.tasks.limits import (
    DEADLINE_MOST,
    DURATION_MOST,
    PARAMS_BYTES,
    REQUEST_CHARS,
    SCRIPT_CHARS,
    TITLE_CHARS,
    TRIES_MOST,
    WEIGHT_MOST,
)
from topowave.topology.limits import MAX_NAME, MAX_ROLES
from topowave.web.task_form import EmulatedForm, ScriptForm, TaskForm


def test_what_is_left_out_has_its_default_and_what_is_said_is_kept() -> None:
    assert ScriptForm(script="/e/pi.py").to_task() == NewTask(script=Script("/e/pi.py"))
    assert EmulatedForm().to_task() == NewTask()
    said = ScriptForm(
        script="/x.py",
        params=[1, None],
        type="io",
        timeout=2,
        title="T",
        category="C",
        priority="low",
        weight=2,
        roles=["gpu", "io", "gpu"],
        request="r",
        max_attempts=3,
        backoff=0.5,
        duration=1.5,
    ).to_task()
    assert said.script == Script("/x.py", "[1, null]", "io", 2)
    assert said.attributes == Attributes("T", "C", "low", 2, None, ("gpu", "io"), "r", 3, 0.5, 1.5)


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        (
            {"kind": "script"},
            "kind: is not given; a task with a `script` is a script task, and any other is emulated",
        ),
        ({"script": "pi", "kind": "script"}, "kind: is not given; a task with a `script`"),
        ({"params": {}}, "params: is for a task with a `script`, and this one has none"),
        ({"script_path": "pi"}, 'script_path: unknown; did you mean "script"?'),
        ({"wieght": 2}, 'wieght: unknown; did you mean "weight"?'),
        ({"script": "pi", "timout": 2}, 'timout: unknown; did you mean "timeout"?'),
        (
            {"script": "pi", "x": 1, "retries": 2},
            'x: unknown; retries: unknown; did you mean "max_attempts"?',
        ),
    ],
)
def test_what_a_form_does_not_have_is_told_with_what_may_be_meant(said: object, problem: str) -> None:
    form: TypeAdapter[EmulatedForm] = TypeAdapter(TaskForm)
    with pytest.raises(ValidationError) as caught:
        form.validate_python(said)
    (found,) = caught.value.errors()
    assert problem in found["msg"]


def test_a_deadline_is_a_time_from_now() -> None:
    before = time.time()
    deadline = EmulatedForm(deadline=60).attributes().deadline
    assert deadline is not None
    assert before + 60 <= deadline <= time.time() + 60


def test_a_form_is_a_scripts_where_it_names_one() -> None:
    form: TypeAdapter[EmulatedForm] = TypeAdapter(TaskForm)
    assert type(form.validate_python({"script": "pi", "weight": 2})) is ScriptForm
    assert type(form.validate_python({"weight": 2})) is EmulatedForm
    assert type(form.validate_python(ScriptForm(script="pi"))) is ScriptForm
    with pytest.raises(ValidationError, match="params"):
        form.validate_python({"params": 1})


@pytest.mark.parametrize(
    ("order", "words"),
    [
        ({}, "Field required"),
        ({"script": ""}, "at least 1 character"),
        ({"script": "a\0b"}, "printable"),
        ({"script": "x" * (SCRIPT_CHARS + 1)}, "at most 4096"),
        ({"script": "pi", "title": "\ud800"}, "title"),
        ({"script": "pi", "title": "\x1b[2J"}, "printable"),
        ({"script": "pi", "category": "x" * (TITLE_CHARS + 1)}, "at most 200"),
        ({"script": "pi", "priority": "urgent"}, "'critical', 'high', 'medium' or 'low'"),
        ({"script": "pi", "type": "gpu"}, "'cpu' or 'io'"),
        ({"script": "pi", "timeout": 0}, "greater than 0"),
        ({"script": "pi", "timeout": "3"}, "valid number"),
        ({"script": "pi", "timeout": float("inf")}, "finite"),
        ({"script": "pi", "params": {"x": float("nan")}}, "finite number"),
        (
            {"script": "pi", "params": "x" * PARAMS_BYTES},
            "1,000,002 bytes of JSON, expected at most 1,000,000",
        ),
        ({"script": "pi", "wieght": 2}, 'wieght: unknown; did you mean "weight"?'),
        ({"script": "pi", "weight": 0}, "greater than or equal to 1"),
        ({"script": "pi", "weight": WEIGHT_MOST + 1}, "less than or equal to 64"),
        ({"script": "pi", "weight": 1.5}, "valid integer"),
        ({"script": "pi", "roles": ["x"] * (MAX_ROLES + 1)}, "at most 16 items"),
        ({"script": "pi", "roles": ["x" * (MAX_NAME + 1)]}, "at most 64 characters"),
        ({"script": "pi", "roles": [""]}, "at least 1 character"),
        ({"script": "pi", "deadline": 0}, "greater than 0"),
        ({"script": "pi", "deadline": DEADLINE_MOST + 1}, "less than or equal to 31536000"),
        ({"script": "pi", "request": "x" * (REQUEST_CHARS + 1)}, "at most 100 characters"),
        ({"script": "pi", "max_attempts": TRIES_MOST + 1}, "less than or equal to 10"),
        ({"script": "pi", "max_attempts": 0}, "greater than or equal to 1"),
        ({"script": "pi", "backoff": 0}, "greater than 0"),
        ({"script": "pi", "duration": 0}, "greater than 0"),
        ({"script": "pi", "duration": DURATION_MOST + 1}, "less than or equal to 31536000"),
        ({"script": "pi", "backoff": 301}, "less than or equal to 300"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_sentence(order: Any, words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        ScriptForm.model_validate(order)
    (fault,) = caught.value.errors()
    assert words in f"{fault['loc']} {fault['msg']}"


def test_params_may_be_as_large_as_an_engine_takes() -> None:
    assert PARAMS_BYTES == engine.PARAMS_BYTES
    ScriptForm(script="pi", params="x" * (PARAMS_BYTES - 2))
