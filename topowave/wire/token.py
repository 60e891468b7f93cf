"""The token of a lab that other machines can reach: who knows it may talk to the lab.

It is made when the lab starts, shown once, and handed to the lab's processes through the fork. It is in no
file, log or argument of a process: its own text form hides it. The lab's programs say it to each other in the
addresses that they open and in the `sender` of their frames, so that any program that answers there gets in.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

TOKEN_BYTES = 32
"""Random bytes in a token."""
PARAMETER = "token"
"""The parameter of an address that carries a token."""


class Token:
    """A secret that is compared in constant time and does not show itself.

    Args:
        secret: its text, of the characters that an address may have.
    """

    __slots__ = ("_secret",)

    def __init__(self, secret: str) -> None:
        self._secret = secret

    @classmethod
    def new(cls) -> Token:
        """Return a token that nobody can guess."""
        return cls(secrets.token_urlsafe(TOKEN_BYTES))

    def __repr__(self) -> str:
        return "Token(hidden)"

    def reveal(self) -> str:
        """Return its text, for the one who started the lab."""
        return self._secret

    def on(self, url: str) -> str:
        """Return `url`, which has no parameters yet, with the token."""
        return f"{url}?{PARAMETER}={self._secret}"

    def hide(self, text: str) -> str:
        """Return `text`, which people will read, without the token."""
        return text.replace(self._secret, "...")

    def in_header(self, authorization: str) -> bool:
        """Whether the `Authorization` header of a request carries it, as `Bearer TOKEN`."""
        scheme, _, said = authorization.strip().partition(" ")
        return scheme.lower() == "bearer" and self._is(said.strip())

    def in_query(self, query: str) -> bool:
        """Whether the parameters of a request carry it."""
        try:
            said = parse_qs(query, max_num_fields=100).get(PARAMETER, [])
        except ValueError:
            return False
        return len(said) == 1 and self._is(said[0])

    def in_cookie(self, cookies: str, name: str) -> bool:
        """Whether the `Cookie` header of a request carries it under that name."""
        try:
            said = SimpleCookie(cookies).get(name)
        except CookieError:
            return False
        return said is not None and self._is(said.value)

    def cookie(self, name: str) -> str:
        """Return a `Set-Cookie` header: no script can read it, and no other site's page can use it."""
        return f"{name}={self._secret}; Path=/; HttpOnly; SameSite=Strict"

    def _is(self, said: str) -> bool:
        return hmac.compare_digest(said.encode(errors="replace"), self._secret.encode())


def bearer(token: Token | None) -> Mapping[str, str]:
    """Return the headers with which a program of the lab asks another one."""
    return {} if token is None else {"Authorization": f"Bearer {token.reveal()}"}
