"""What every JSON form of the balancer has in common: a route that returns it describes it, too."""

from __future__ import annotations

from typing import cast

from pydantic import BaseModel, ConfigDict, model_validator


class JsonForm(BaseModel):
    """A JSON object as the balancer writes it. It never changes, and has no members but its fields."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_serialization_defaults_required=True)


class Order(BaseModel):
    """What somebody asks for; "" and null in an optional field are as good as nothing."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _without_empty_fields(cls, said: object) -> object:
        if not isinstance(said, dict):
            return said
        fields = cls.model_fields
        return {
            name: value
            for name, value in cast("dict[str, object]", said).items()
            if not (value in ("", None) and name in fields and not fields[name].is_required())
        }
