"""Fetches a page over HTTP: it waits, so many of them fit into one process (`--type io`).

Params: `url`; `timeout`, how long the server may be silent (10 s).
"""

from __future__ import annotations

import urllib.error
import urllib.request
from typing import Any


class Fetch:
    """Asks a server for a page."""

    def run(self, params: dict[str, Any]) -> dict[str, object]:
        """Return the status of the answer, its type and its size. An answer that is an error is one too."""
        url: str = params["url"]
        if not url.startswith(("http://", "https://")):
            raise ValueError(f"url must begin with http:// or https://, found {url!r}")
        try:
            answer: Any = urllib.request.urlopen(url, timeout=params.get("timeout", 10))
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            size = len(answer.read())
            return {
                "url": url,
                "status": answer.status,
                "type": answer.headers.get_content_type(),
                "bytes": size,
            }


def module() -> Fetch:
    """Return what the engine runs."""
    return Fetch()
