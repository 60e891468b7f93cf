from __future__ import annotations

import re

import httpx
import pytest
from fastapi import FastAPI

from topowave.web.api_docs import install_docs

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(("host", "page"), [("localhost", "localhost"), ("[::1]", "[::1]")])
async def test_everything_that_the_page_asks_for_comes_from_the_lab(host: str, page: str) -> None:
    app = FastAPI(title="Some server", docs_url=None)
    install_docs(app, 3000)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}:8000") as browser:
        answer = await browser.get("/docs")
        assert (await browser.get("/openapi.json")).json()["paths"] == {}
    assert answer.headers["content-type"].startswith("text/html")
    assert "<title>Some server</title>" in answer.text
    assert set(re.findall(r"https?://[^/\"']+", answer.text)) == {f"http://{page}:3000"}
    assert '"validatorUrl": null' in answer.text


async def test_without_the_built_page_it_says_what_is_missing() -> None:
    app = FastAPI(docs_url=None)
    install_docs(app, 3000)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as browser:
        text = (await browser.get("/docs")).text
    assert text.index('<div id="swagger-ui">') < text.index("make run") < text.index("</div>")
