"""What a request may say of a script task, and the one sentence for each thing that it may not."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from topowave.engine import limits as engine
from topowave.tasks import Attributes, Script
from topowave.tasks.limits import PARAMS_BYTES, SCRIPT_CHARS, TITLE_CHARS
from topowave.web.script_form import ScriptForm


def test_what_is_left_out_has_its_default_and_what_is_said_is_kept() -> None:
    assert ScriptForm(script="pi").to_script("/e/pi.py") == Script("/e/pi.py")
    said = ScriptForm(
        script="x.py", params=[1, None], type="io", timeout=2, title="T", category="C", priority="low"
    )
    assert said.to_script("/x.py") == Script("/x.py", "[1, null]", "io", 2)
    assert said.attributes() == Attributes("T", "C", "low")


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
        ({"script": "pi", "weight": 2}, "Extra inputs"),
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
