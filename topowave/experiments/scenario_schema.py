"""The JSON Schema of scenarios, by which editors complete and check them."""

from __future__ import annotations

from typing import Any

from topowave.experiments.kinds import KINDS

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def scenario_schema() -> dict[str, Any]:
    """Return the schema. A field that takes a list takes a single value too, as the reader does."""
    kinds: list[dict[str, Any]] = []
    for kind in KINDS.values():
        schema = kind.model.model_json_schema()
        for field in schema["properties"].values():
            _take_single_values(field)
        kinds.append(schema)
    return {
        "$schema": DRAFT,
        "title": "A scenario of topowave experiment",
        "oneOf": kinds,
    }


def _take_single_values(field: dict[str, Any]) -> None:
    choices = [field, *field.get("anyOf", [])]
    if any(each.get("type") == "integer" for each in choices):  # seeds: a number means how many
        return
    for each in [each for each in choices if each.get("type") == "array"]:
        single = each["items"]
        if each is field:
            rest = {key: field.pop(key) for key in ("type", "items", "minItems", "maxItems") if key in field}
            field["anyOf"] = [single, rest]
        else:
            field["anyOf"].append(single)
