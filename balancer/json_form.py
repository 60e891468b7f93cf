"""What every JSON form of the balancer has in common: a route that returns it describes it, too."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class JsonForm(BaseModel):
    """A JSON object as the balancer writes it. It never changes, and has no members but its fields."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_serialization_defaults_required=True)
