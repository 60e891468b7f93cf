"""The units in which settings are given, as their descriptions and refusals say them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

Seconds = Annotated[float, Field(json_schema_extra={"unit": "s"})]
Milliseconds = Annotated[float, Field(json_schema_extra={"unit": "ms"})]
Megabytes = Annotated[int, Field(json_schema_extra={"unit": "MB"})]
Percent = Annotated[float, Field(json_schema_extra={"unit": "percent"})]
