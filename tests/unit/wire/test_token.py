"""The token is told only where it is asked for, and only its exact text counts."""

from __future__ import annotations

import pytest

from topowave.wire.token import TOKEN_BYTES, Token, bearer

TOKEN = Token("a-secret_of-the-lab")


def test_two_tokens_are_different_and_long() -> None:
    one, other = Token.new().reveal(), Token.new().reveal()
    assert one != other
    assert min(len(one), len(other)) >= TOKEN_BYTES


def test_a_token_hides_itself_wherever_it_is_written_out() -> None:
    assert "secret" not in f"{TOKEN} {TOKEN!r} {[TOKEN]}"


def test_a_program_says_it_in_a_header() -> None:
    assert TOKEN.in_header(bearer(TOKEN)["Authorization"])
    assert TOKEN.in_header("bearer   a-secret_of-the-lab ")
    assert bearer(None) == {}


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "a-secret_of-the-lab", "Basic a-secret_of-the-lab", "Bearer a-secret_of-the-la",
     "Bearer a-secret_of-the-lab2", "Bearer A-SECRET_OF-THE-LAB", "Bearer \udcff\u00fc", "Bearer a secret"],
)  # fmt: skip
def test_another_header_is_none(header: str) -> None:
    assert not TOKEN.in_header(header)


def test_an_address_carries_it() -> None:
    url = TOKEN.on("ws://127.0.0.1:8000/ws")
    assert url == "ws://127.0.0.1:8000/ws?token=a-secret_of-the-lab"
    assert TOKEN.in_query(url.partition("?")[2])
    assert TOKEN.in_query("count=2&token=a-secret_of-the-lab")


@pytest.mark.parametrize(
    "query",
    ["", "token", "token=", "token=a", "Token=a-secret_of-the-lab", "a-secret_of-the-lab",
     "token=a-secret_of-the-lab&token=a-secret_of-the-lab", "token=a-secret_of-the-lab%00",
     "&".join("token=a-secret_of-the-lab" for _ in range(200))],
)  # fmt: skip
def test_another_address_is_none(query: str) -> None:
    assert not TOKEN.in_query(query)


def test_a_browser_keeps_it_where_no_script_and_no_other_site_gets_at_it() -> None:
    pair, *attributes = TOKEN.cookie("topowave-3000").split("; ")
    assert {"HttpOnly", "SameSite=Strict"} <= set(attributes)
    assert TOKEN.in_cookie(f"other=1; {pair}", "topowave-3000")
    assert not TOKEN.in_cookie(pair, "topowave-3001")
    for cookies in ("", "topowave-3000", "topowave-3000=a", ";;;=\x00", "topowave-3000=\u00e4"):
        assert not TOKEN.in_cookie(cookies, "topowave-3000")
