"""Errors over HTTP: RFC 9457 problem details, the same on every server."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

import msgspec
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from topowave.short_text import (
    SENTENCE_CHARS,
    long_number,
    short_path,
    short_sentence,
)
from topowave.translation import Sentences, Text, in_json, text, told

_FORM = {
    "title": "Problem",
    "description": "What went wrong, and what can be done (RFC 9457); some problems have further members.",
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
        "code": {"type": "string", "description": "the template of `detail`, by which catalogs find it"},
        "parameters": {"type": "object", "additionalProperties": True},
        "problems": {"type": "array", "items": {"type": "string"}},
        "problem_codes": {
            "type": "array",
            "items": {"anyOf": [{"$ref": "#/components/schemas/Told"}, {"type": "null"}]},
        },
    },
}
_TOLD = {
    "title": "Told",
    "description": "What a sentence is made of, so that it can be said in another language.",
    "type": "object",
    "required": ["code", "parameters"],
    "properties": {
        "code": {"type": "string"},
        "parameters": {"type": "object", "additionalProperties": True},
    },
}
_NAMED = {"schema": {"$ref": "#/components/schemas/Problem"}}
_ANSWER = {"description": "A problem (RFC 9457)", "content": {"application/problem+json": _NAMED}}
PROBLEMS: dict[int | str, dict[str, Any]] = {"4XX": _ANSWER, "5XX": _ANSWER}
"""What an operation's description says of its errors; `install_problems` adds the form that it names."""
RETRY_SOON: Mapping[str, str] = {"Retry-After": "1"}
"""The headers of a refusal for now: nothing was done, and whoever asks again may find that it is.

An answer that has `Retry-After` is given to no later request,
so one that leaves open what was done has none.
"""
_TAG = re.compile(r"\(\w+\)")
BAD_REQUEST = 400
PROBLEMS_TOLD = 100
"""Most problems of one request that its answer lists."""
DETAIL_CHARS = 4000
"""Most characters of what an answer says went wrong, all its problems together."""


class Problem(Exception):  # noqa: N818 - the RFC's word
    """An answer that is an error.

    Args:
        status: HTTP status, 400 to 599.
        title: what kind of problem it is, in a few words.
        detail: what happened and what can be done.
        headers: further headers of the answer.
        extra: further members of the problem, such as `problems`, a list.
    """

    def __init__(
        self,
        status: int,
        title: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        **extra: object,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.title = title
        self.detail = short_sentence(detail, DETAIL_CHARS if "problems" in extra else SENTENCE_CHARS)
        self.headers = headers
        self.extra = extra


def problem_response(problem: Problem) -> Response:
    """Return `problem` as `application/problem+json`."""
    body: dict[str, object] = {
        "type": "about:blank",
        "title": str(problem.title),
        "status": problem.status,
        "detail": str(problem.detail),
        **(told(problem.detail) or {}),
        **problem.extra,
    }
    problems = problem.extra.get("problems")
    if isinstance(problems, list | tuple):
        each = cast("Sequence[str]", problems)
        body["problems"] = [str(said) for said in each]
        body["problem_codes"] = [told(said) for said in each]
    return Response(
        msgspec.json.encode(body, enc_hook=in_json),
        problem.status,
        headers=problem.headers,
        media_type="application/problem+json",
    )


def _said(found: Mapping[str, Any]) -> str:
    """What is wrong: of a check of ours in its own words, before which pydantic says "Value error, "."""
    if found["type"] != "value_error":
        return str(found["msg"])
    error = found["ctx"]["error"]
    ours = error.args[0] if isinstance(error, Exception) and error.args else None
    return ours if isinstance(ours, Text) else str(error)


def _unread_body(cause: BaseException | None) -> str | None:
    """Say why a body could not be read, where FastAPI says only that it could not; None of anything else."""
    match cause:
        case RecursionError():
            return text("body: not JSON: it is nested too deeply")
        case UnicodeDecodeError():
            return text(
                "body: not UTF-8: byte 0x{byte:02x} at position {position}",
                byte=cause.object[cause.start],
                position=cause.start,
            )
        case ValueError() if long_number(cause):
            return f"body: {long_number(cause)}"
        case _:
            return None


def install_problems(app: FastAPI) -> None:
    """Make every error of `app` a problem."""

    async def on_problem(_: Request, error: Exception) -> Response:
        assert isinstance(error, Problem)
        return problem_response(error)

    async def on_http(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        unread = _unread_body(error.__cause__) if error.status_code == BAD_REQUEST else None
        detail = unread or error.detail
        answer = problem_response(
            Problem(error.status_code, text("Invalid request") if unread else error.detail, detail)
        )
        answer.headers.update(error.headers or {})
        return answer

    async def on_invalid(_: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        errors = error.errors()[:PROBLEMS_TOLD]
        found = [_problem(each) for each in errors]
        detail = text("{problems}", problems=Sentences(found))
        return problem_response(Problem(422, text("Invalid request"), detail, problems=found))

    async def on_any(_: Request, error: Exception) -> Response:
        return problem_response(
            Problem(
                500,
                text("Internal error"),
                text("{error}; the server's log has more", error=type(error).__name__),
            )
        )

    async def on_no_memory(_: Request, __: Exception) -> Response:
        return problem_response(
            Problem(503, text("Out of memory"), text("there is not enough memory for this request"))
        )

    _describe_problems(app)
    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(MemoryError, on_no_memory)
    app.add_exception_handler(Exception, on_any)


def _problem(found: Mapping[str, Any]) -> str:
    """Return a sentence about one member of a request: where it is, and what is wrong."""
    place, said = short_path(_place(found["loc"])), _said(found)
    if not isinstance(said, Text) and len(said) > SENTENCE_CHARS // 2:
        return short_sentence(f"{place}: {said}")
    return text("{place}: {problem}", place=place, problem=said)


def form(name: str) -> str:
    """Return the tag of one of the forms that a body may have: where something is wrong it is not named."""
    return f"({name})"


def _place(found: Sequence[object]) -> Sequence[object]:
    """Return where in a request something is, without the forms that it may have there."""
    return [part for part in found if not (isinstance(part, str) and _TAG.fullmatch(part))]


def _describe_problems(app: FastAPI) -> None:
    """Add the form of a problem to the description: FastAPI would say that it comes as application/json."""
    describe = app.openapi

    def described() -> dict[str, Any]:
        found = describe()
        schemas = found.setdefault("components", {}).setdefault("schemas", {})
        schemas["Problem"], schemas["Told"] = _FORM, _TOLD
        return found

    app.openapi = described  # type: ignore[method-assign] # the way that FastAPI's manual shows
