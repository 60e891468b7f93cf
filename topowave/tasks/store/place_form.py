"""Where a journal is, as JSON: what a lab tells programs of its own on other machines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from topowave.tasks.errors import JournalError
from topowave.tasks.store.base import JournalPlace
from topowave.tasks.store.journal_file import JournalFile
from topowave.tasks.store.postgres_connection import PostgresDatabase, library


class _File(msgspec.Struct, tag_field="kind", tag="file", frozen=True):
    path: str
    number: tuple[int, int] | None = None
    mark: str | None = None


class _Database(msgspec.Struct, tag_field="kind", tag="postgres", frozen=True):
    url: str
    mark: str | None = None


def place_to_json(place: JournalPlace) -> dict[str, Any]:
    """Return plain data; of a database with its password, since whoever reads it is to open it."""
    form: _File | _Database
    if isinstance(place, PostgresDatabase):
        form = _Database(place.url, place.mark)
    else:
        form = _File(str(place.path), place.number, place.mark)
    data: dict[str, Any] = msgspec.to_builtins(form)
    return data


def place_from_json(data: object) -> JournalPlace:
    """Return what `place_to_json` was given. Raises msgspec.ValidationError where the data is none of its."""
    form: _File | _Database = msgspec.convert(data, _File | _Database)
    if isinstance(form, _Database):
        return PostgresDatabase(form.url, form.mark)
    return JournalFile(Path(form.path), form.number, form.mark)


def place_problem(place: JournalPlace) -> str | None:
    """Return why programs of this machine cannot use a journal of another one; None where they may."""
    if isinstance(place, PostgresDatabase):
        try:
            library()
        except JournalError as error:
            return str(error)
    elif not place.path.exists():
        return (
            f"the lab keeps its tasks in {place.path}, which is not on this machine: "
            "PostgreSQL is needed where nodes are on more than one machine (database_url)"
        )
    return None
