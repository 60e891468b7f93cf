"""`SimulationConfig` is the one list of options: whoever has options has these."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import pytest

from topowave.cli.simulate import simulate as command
from topowave.simulator import SimulationConfig, simulate, simulate_waves
from topowave.simulator.config import options

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "simulator.md"
NAMES = [each.name for each in fields(SimulationConfig)]


def test_every_field_is_described() -> None:
    assert [option.name for option in options()] == NAMES
    assert all(option.help.endswith(".") or option.about for option in options())


@pytest.mark.parametrize("function", [simulate, simulate_waves])
def test_simulate_takes_each_as_a_keyword_with_its_default(function: object) -> None:
    assert callable(function)
    parameters = inspect.signature(function).parameters
    assert list(parameters)[2:] == NAMES
    assert {name: parameters[name].default for name in NAMES} == vars(SimulationConfig())
    assert all(f"    {name}: " in str(function.__doc__) for name in NAMES)


def test_a_keyword_that_there_is_not_is_refused_as_by_any_function() -> None:
    with pytest.raises(TypeError, match="dealy"):
        simulate("echo", "ring:3", dealy="constant:2")  # type: ignore[call-arg]


def test_the_command_takes_all_that_can_be_typed_and_the_page_describes_them() -> None:
    typed = [option for option in options() if option.flags]
    parameters = list(inspect.signature(command).parameters)
    assert parameters == ["algorithm", "topology", *(option.name for option in typed), "largest", "as_json"]
    page = PAGE.read_text("utf-8")
    assert [option.flags[0] for option in typed if f"`{option.flags[0]}`" not in page] == []


def test_a_trace_has_what_is_recorded() -> None:
    recorded = [option.name for option in options() if option.recorded == "always"]
    header = json.loads(simulate("echo", "ring:3", loss=0.5, fifo=True).events[0])
    assert list(header["options"]) == recorded
    assert (header["options"]["loss"], header["options"]["fifo"]) == (0.5, True)


def test_it_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        SimulationConfig().seed = 2  # type: ignore[misc]


def test_the_command_line_is_made_without_the_kernels() -> None:
    script = (
        "import sys, topowave.simulator.config; print([name for name in sys.modules if 'kernel' in name])"
    )
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
