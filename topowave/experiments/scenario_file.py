"""Reads the file of a scenario, and says what is wrong with it: every problem with its place and line."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from pydantic import BaseModel, ValidationError

from topowave.experiments.kinds import KINDS, AnyScenario
from topowave.experiments.yaml_lines import parse_yaml
from topowave.topology.files import read_text
from topowave.topology.problems import TOP, JsonPath, ProblemList, did_you_mean, shown
from topowave.translation import text as sentence


@dataclass(frozen=True)
class ScenarioFile:
    """A scenario, and where the files that it names lie.

    Attributes:
        scenario: what is run.
        folder: where its files are looked for.
        text: the file as it is written; empty where there is none.
        name: of the file, without its folder.
    """

    scenario: AnyScenario
    folder: Path
    text: str = ""
    name: str = "scenario.yaml"


def read_scenario(path: str | os.PathLike[str]) -> ScenarioFile:
    """Read a scenario from a YAML or JSON file, and check that all that it names can be had.

    Raises:
        Problems: every problem, with the place in the file and its line.
    """
    source = os.fspath(path)
    text = read_text(path)
    document = parse_yaml(text, source)
    problems = ProblemList(source, document.line)
    scenario = scenario_of(document.data, problems)
    folder = Path(source).parent.absolute()
    _check_names(scenario, folder, problems)
    return ScenarioFile(scenario, folder, text, Path(source).name)


def scenario_from(data: dict[str, Any], folder: Path | None = None) -> ScenarioFile:
    """Return the scenario of plain data; its files are looked for in `folder`, the working directory if None.

    Raises:
        Problems: every problem, with its place.
    """
    problems = ProblemList("")
    scenario = scenario_of(data, problems)
    folder = folder or Path.cwd()
    _check_names(scenario, folder, problems)
    return ScenarioFile(scenario, folder)


def _check_names(scenario: AnyScenario, folder: Path, problems: ProblemList) -> None:
    for path, refusal in KINDS[scenario.kind].problems(scenario, folder):
        for problem in refusal.problems:
            problems.add(path, problem)
    problems.raise_if_any()


def scenario_of(data: object, problems: ProblemList) -> AnyScenario:
    """Build a scenario of plain data. Raises Problems with all that is wrong in itself."""
    if not isinstance(data, dict):
        raise problems.refusal(
            sentence("expected a scenario with keys such as name and kind, found {value}", value=shown(data))
        )
    fields = cast("dict[str, Any]", data)
    kind = fields.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        first, second = KINDS
        known = sentence("{first} or {second}", first=first, second=second)
        problems.add(
            TOP.at("kind"),
            sentence("expected {kinds}", kinds=known)
            if kind is None
            else sentence("expected {kinds}, found {value}", kinds=known, value=shown(kind)),
        )
        problems.raise_if_any()
    model = KINDS[cast("Any", kind)].model
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        _report(error, model, fields, problems)
        problems.raise_if_any()
        raise


class Within(str):
    """A library's sentence within another one, where it begins with a small letter."""

    __slots__ = ()

    def __format__(self, form: str) -> str:
        """Write it into a template."""
        return format(f"{self[:1].lower()}{self[1:]}", form)


def _report(
    error: ValidationError, model: type[BaseModel], fields: dict[str, Any], problems: ProblemList
) -> None:
    reported: set[object] = set()
    for fault in error.errors(include_url=False, include_context=False):
        place = fault["loc"]
        if not place:  # of the scenario as a whole: the sentence begins with the field
            field, _, text = fault["msg"].removeprefix("Value error, ").partition(": ")
            problems.add(TOP.at(field), text)
            continue
        name = str(place[0])
        path = _path(name, fields.get(name), place[1:])
        if path.steps in reported:
            continue
        reported.add(path.steps)
        if fault["type"] == "missing":
            problems.add(path, sentence("it is missing. {about}", about=_about(model, name)))
        elif name not in model.model_fields:
            hint = did_you_mean(name, list(model.model_fields))
            problems.add(path, sentence("unknown key{did_you_mean}", did_you_mean=hint))
        else:
            problem = sentence(
                "{value} does not fit: {why}. {about}",
                value=shown(fault["input"]),
                why=Within(fault["msg"].removeprefix("Value error, ")),
                about=_about(model, name),
            )
            problems.add(path, problem)


def _path(name: str, value: object, inner: tuple[int | str, ...]) -> JsonPath:
    """Return where a fault is; pydantic names the kinds that it tried too, which are no place in the file."""
    path = TOP.at(name)
    for step in inner:
        if isinstance(step, int) and isinstance(value, list) and step < len(cast("list[object]", value)):
            path, value = path.at(step), cast("list[object]", value)[step]
    return path


def _about(model: type[BaseModel], name: str) -> str:
    about = model.model_fields[name].description
    return about or f"{name} is text"
