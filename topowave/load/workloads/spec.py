"""What a user writes to name a workload, read and checked: one text, or the same as a mapping of a scenario.

poisson:rate=100,duration=exp(0.5),tasks=10000
swf:jobs.swf.gz?tasks=1000,utilisation=0.8
jobs.csv                                        the ending says what it is

{"kind": "poisson", "rate": 100, "duration": "exp(0.5)", "tasks": 10000}
{"kind": "swf", "file": "jobs.swf.gz", "tasks": 1000, "utilisation": 0.8}
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from topowave.load.limits import SPEC_CHARS
from topowave.load.workloads.kinds import KINDS, Kind
from topowave.topology.problems import Problems, did_you_mean, shown

ENDINGS = {".swf": "swf", ".swf.gz": "swf", ".csv": "csv", ".csv.gz": "csv"}
_KIND = re.compile(r"\s*([A-Za-z][\w-]*)\s*(?::(.*))?", re.DOTALL)
_NOT_BOTH = (("rate", "utilisation"), ("load", "utilisation"))


@dataclass(frozen=True, slots=True)
class WorkloadSpec:
    """A workload that is described, and not made yet.

    Attributes:
        kind: what it is.
        given: the values of the parameters that were said.
        file: of a log, as it was named; empty where it is drawn.
        text: all of it, as it can be written again.
    """

    kind: Kind
    given: Mapping[str, Any]
    file: str
    text: str

    def __getitem__(self, name: str) -> Any:
        """Return what a parameter is: as said, by default, or None."""
        if name in self.given:
            return self.given[name]
        return next((each.default for each in self.kind.parameters if each.name == name), None)


def read_spec(said: str | Mapping[str, Any]) -> WorkloadSpec:
    """Return what is meant.

    Raises:
        Problems: it is no description of a workload; a sentence for each mistake.
    """
    if isinstance(said, str):
        if len(said) > SPEC_CHARS:
            raise Problems([f"a workload of {len(said):,} characters: at most {SPEC_CHARS:,} are allowed"])
        kind, file, pairs = _parts_of_text(said)
        text = said.strip()
    else:
        kind, file, pairs = _parts_of_mapping(said)
        text = _text(kind, file, pairs)
    if kind.form == "log" and not file:
        raise Problems([f"{kind.name}: which file is missing: {kind.name}:FILE"])
    return WorkloadSpec(kind, _values(kind, pairs), file, text)


def _parts_of_text(said: str) -> tuple[Kind, str, list[tuple[str, Any]]]:
    found = _KIND.fullmatch(said)
    kind = KINDS.get(found[1].lower()) if found else None
    rest = (found[2] or "") if found and kind else said
    if kind is None:
        before = said.rpartition("?")[0] or said
        kind = _kind_of_file(before.strip()) or _kind_of_file(said.strip())
        if kind is None:
            raise Problems([_no_kind(found[1] if found else said)])
    if kind.form == "drawn":
        return kind, "", list(_pairs(kind, rest))
    file, mark, parameters = rest.rpartition("?")
    if not mark or (parameters.strip() and "=" not in parameters):  # a question mark of the name
        file, parameters = rest, ""
    return kind, file.strip(), list(_pairs(kind, parameters))


def _parts_of_mapping(said: Mapping[str, Any]) -> tuple[Kind, str, list[tuple[str, Any]]]:
    name, file = said.get("kind"), said.get("file", "")
    if not isinstance(file, str):
        raise Problems([f"file: {shown(file)}: expected the name of a file"])
    kind = KINDS.get(name) if isinstance(name, str) else None
    if kind is None and name is None:
        kind = _kind_of_file(file)
    if kind is None:
        problem = _no_kind(name) if isinstance(name, str) else f"kind: expected one of {', '.join(KINDS)}"
        raise Problems([problem])
    if kind.form == "drawn" and "file" in said:
        raise Problems([f"{kind.name}: it is drawn, and has no file"])
    return kind, file, [(str(key), value) for key, value in said.items() if key not in {"kind", "file"}]


def _kind_of_file(file: str) -> Kind | None:
    ending = next((each for each in ENDINGS if file.lower().endswith(each)), None)
    return None if ending is None else KINDS[ENDINGS[ending]]


def _no_kind(name: str) -> str:
    known = ", ".join(KINDS)
    return (
        f"there is no kind of workload {shown(name)}{did_you_mean(name, KINDS)}; there are {known}, or a "
        f"file that ends in {', '.join(ENDINGS)}"
    )


def _pairs(kind: Kind, text: str) -> Iterator[tuple[str, Any]]:
    """Yield names and values; commas within brackets divide nothing."""
    depth = begin = 0
    for place, character in enumerate(f"{text},"):
        depth += (character == "(") - (character == ")")
        if character != "," or depth > 0:
            if place == len(text):
                raise Problems([f"{kind.name}: {shown(text[begin:])}: a bracket is not closed"])
            continue
        part, begin = text[begin:place].strip(), place + 1
        if not part:
            if text.strip():
                raise Problems([f"{kind.name}: there is nothing between two commas, or at an end"])
            continue
        name, equals, value = part.partition("=")
        if not equals:
            raise Problems([f"{kind.name}: {shown(part)}: expected NAME=VALUE"])
        yield name.strip(), value.strip()


def _values(kind: Kind, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    known = {each.name: each for each in kind.parameters}
    values: dict[str, Any] = {}
    problems: list[str] = []
    for name, value in pairs:
        if name not in known:
            problems.append(
                f"{kind.name}: there is no parameter {shown(name)}{did_you_mean(name, known)}; "
                f"there are {', '.join(known)}"
            )
        elif name in values:
            problems.append(f"{kind.name}: {name} is there twice")
        else:
            try:
                values[name] = known[name].read(value)
            except ValueError as error:
                values[name] = None
                problems.append(f"{kind.name}: {name}: {error}")
    for one, other in _NOT_BOTH:
        if one in values and other in values:
            problems.append(f"{kind.name}: {one} and {other} say the same in two ways; expected one of them")
    if "rate" in known and not {"rate", "utilisation"} & values.keys():
        problems.append(
            f"{kind.name}: how many tasks come is missing: rate=R (tasks a second) or "
            "utilisation=U (a share of the network's cores)"
        )
    if problems:
        raise Problems(problems)
    return values


def _text(kind: Kind, file: str, pairs: list[tuple[str, Any]]) -> str:
    written = ",".join(f"{name}={_written(value)}" for name, value in pairs)
    if kind.form == "log":
        return f"{kind.name}:{file}{'?' if written else ''}{written}"
    return f"{kind.name}{':' if written else ''}{written}"


def _written(value: object) -> str:
    if isinstance(value, list):
        return "/".join(map(str, value))  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    return str(value)
