"""Every error of an app is a problem of RFC 9457."""

from __future__ import annotations

from typing import Annotated, Any

import httpx
import pytest
from fastapi import Body, FastAPI, Query
from pydantic import AfterValidator, JsonValue
from starlette.exceptions import HTTPException

from tests.unit.wire.loop import on_uvloop
from topowave.web.problem_details import PROBLEMS, Problem, install_problems, problem_response


def checked(number: int) -> int:
    if number % 2:
        raise ValueError("expected an even number")
    return number


def app() -> FastAPI:
    made = FastAPI()
    install_problems(made)

    @made.get("/known")
    async def known() -> None:
        raise Problem(409, "Queue full", "there is no room", room=0)

    @made.get("/count")
    async def count(count: Annotated[int, Query(ge=1, le=9)]) -> int:
        return count

    @made.get("/even")
    async def even(number: Annotated[int, AfterValidator(checked)]) -> int:
        return number

    @made.post("/tree")
    async def tree(tree: Annotated[JsonValue, Body(embed=True)]) -> JsonValue:
        return tree

    @made.get("/large")
    async def large() -> None:
        raise MemoryError

    @made.get("/login")
    async def login() -> None:
        raise HTTPException(401, "who are you?", {"www-authenticate": "Basic"})

    @made.get("/broken")
    async def broken() -> None:
        raise ZeroDivisionError("a secret")

    return made


async def ask(
    path: str, method: str = "GET", body_sent: object = None
) -> tuple[httpx.Response, dict[str, Any]]:
    transport = httpx.ASGITransport(app(), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
        answer = await http.request(method, path, json=body_sent)
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["status"] == answer.status_code
    assert body["type"] == "about:blank"
    return answer, body


@on_uvloop
async def test_a_problem_has_its_title_detail_and_more() -> None:
    _, body = await ask("/known")
    assert (body["status"], body["title"], body["detail"]) == (409, "Queue full", "there is no room")
    assert body["room"] == 0


@on_uvloop
async def test_what_a_check_of_ours_says_stands_there_in_its_own_words() -> None:
    _, body = await ask("/even?number=3")
    assert body["detail"] == "query.number: expected an even number"


@on_uvloop
async def test_a_bad_value_is_named_with_its_place() -> None:
    for query in ("", "?count=0", "?count=10", "?count=many"):
        _, body = await ask(f"/count{query}")
        assert (body["status"], body["title"]) == (422, "Invalid request")
        assert [problem.split(":")[0] for problem in body["problems"]] == ["query.count"]


@on_uvloop
async def test_unknown_paths_and_methods_are_problems_and_keep_their_headers() -> None:
    assert (await ask("/nowhere"))[1]["status"] == 404
    answer, body = await ask("/known", "POST")
    assert (body["status"], answer.headers["allow"]) == (405, "GET")
    answer, body = await ask("/login")
    assert (body["detail"], answer.headers["www-authenticate"]) == ("who are you?", "Basic")


@on_uvloop
async def test_an_error_of_ours_is_named_without_its_secrets() -> None:
    _, body = await ask("/broken")
    assert body["status"] == 500
    assert "ZeroDivisionError" in body["detail"]
    assert "secret" not in str(body)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            b'{"tree": ' + b"9" * 5000 + b"}",
            "body: not JSON that is read here: a number of more than 4,300 digits",
        ),
        (b'{"tree": "\xff"}', "body: not UTF-8: byte 0xff at position 10"),
        (b"[" * 100_000, "body: not JSON: it is nested too deeply"),
    ],
)
@on_uvloop
async def test_a_body_that_cannot_be_read_is_told_with_what_is_wrong(body: bytes, said: str) -> None:
    headers = {"content-type": "application/json"}
    transport = httpx.ASGITransport(app())
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
        answer = await http.post("/tree", content=body, headers=headers)
    assert (answer.status_code, answer.json()["detail"]) == (400, said)


def test_a_problem_can_be_made_without_an_app() -> None:
    answer = problem_response(Problem(503, "Busy", "later"))
    assert answer.status_code == 503
    assert b'"title":"Busy"' in answer.body


def test_the_form_of_a_problem_has_a_name_in_the_description() -> None:
    made = FastAPI(responses=PROBLEMS)
    install_problems(made)

    @made.get("/known")
    async def known() -> None:  # pyright: ignore[reportUnusedFunction]
        raise Problem(409, "Queue full", "there is no room")

    for _ in range(2):  # the second time from the cache
        described = made.openapi()
        answer = described["paths"]["/known"]["get"]["responses"]["4XX"]["content"]
        assert answer == {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        assert described["components"]["schemas"]["Problem"]["required"] == [
            "type",
            "title",
            "status",
            "detail",
        ]


@on_uvloop
async def test_what_an_error_repeats_is_short_and_a_deep_place_too() -> None:
    _, body = await ask(f"/count?count={'x' * 50_000}")
    assert len(body["detail"]) < 1000
    assert len(Problem(404, "No such node", "x" * 50_000).detail) < 1500
    nested: object = 1
    for _ in range(300):
        nested = [nested]
    _, body = await ask("/tree", "POST", {"tree": nested})
    assert body["detail"].startswith("body.tree.")
    assert "parts)..." in body["detail"]
    assert len(body["detail"]) < 500


@on_uvloop
async def test_too_little_memory_is_said_and_leaves_no_traceback() -> None:
    answer, body = await ask("/large")
    assert (answer.status_code, body["detail"]) == (503, "there is not enough memory for this request")
